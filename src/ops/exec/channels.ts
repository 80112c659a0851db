/**
 * The streams of a process in numbered channels of one message socket: `v5.channel.k8s.io`, whose clients can end
 * stdin, and `v4`, whose can't.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import type { Status } from "../../kube/mod.ts";

/** In order of preference. */
export const CHANNEL_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

/** Of the first byte of a message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, result: 3, resize: 4, close: 255 } as const;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a server says of a process. */
export type ServerMessage =
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "result"; readonly status: Partial<Status> }
  /** The server sends nothing more on that channel (v5). */
  | { readonly type: "closed"; readonly channel: number }
  /** Empty, or of a channel that no server is known to use: nothing to do. */
  | { readonly type: "nothing" };

export function decodeMessage(message: Uint8Array<ArrayBuffer>): ServerMessage {
  const bytes = message.subarray(1);
  switch (message[0]) {
    case CHANNEL.stdout:
      return bytes.length === 0 ? { type: "nothing" } : { type: "output", stream: "stdout", bytes };
    case CHANNEL.stderr:
      return bytes.length === 0 ? { type: "nothing" } : { type: "output", stream: "stderr", bytes };
    case CHANNEL.result:
      return bytes.length === 0 ? { type: "nothing" } : { type: "result", status: statusOf(bytes) };
    case CHANNEL.close:
      return bytes.length === 0 ? { type: "nothing" } : { type: "closed", channel: bytes[0]! };
    default:
      return { type: "nothing" };
  }
}

/** Servers before v4 wrote plain text there; what is no JSON is an error's message. */
function statusOf(bytes: Uint8Array): Partial<Status> {
  const text = new TextDecoder().decode(bytes);
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status === "object" && status !== null) return status as Partial<Status>;
  } catch {
    // told below
  }
  return { status: "Failure", message: text };
}

/** The message that tells a new size; the other side reads JSON. */
export function resizeMessage({ columns, rows }: TerminalSize): readonly Uint8Array[] {
  const size = JSON.stringify({ Width: columns, Height: rows });
  return [Uint8Array.of(CHANNEL.resize), new TextEncoder().encode(size)];
}

export function stdinMessage(bytes: Uint8Array): readonly Uint8Array[] {
  return [Uint8Array.of(CHANNEL.stdin), bytes];
}

/** Ends stdin; v5 alone knows it. */
export function closeStdinMessage(): Uint8Array {
  return Uint8Array.of(CHANNEL.close, CHANNEL.stdin);
}
