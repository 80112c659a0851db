/**
 * A pod's streams in numbered channels of one message socket: `v4.channel.k8s.io`, and `v5`, whose clients can close
 * one stream. https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 *
 * Of exec and attach: 0 stdin, 1 stdout, 2 stderr, 3 how it ended (a Status), 4 sizes of the terminal, 255 close.
 * Of portforward: 2i the data and 2i+1 the errors of the i-th port; the first message of each names the port.
 */
import type { PodPart } from "./pod_parts.ts";
import type { PodRuntime, ProcessExit, TerminalSize } from "./pod_runtime.ts";

/** Whole messages in both directions: a WebSocket, or a message port in this process. */
export interface MessageSocket {
  readonly messages: ReadableStream<Uint8Array>;
  /** Resolves when the message is on its way. */
  send(message: Uint8Array): Promise<void>;
  close(code?: number): void;
}

export const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;
export type ChannelProtocol = (typeof PROTOCOLS)[number];

/** The first protocol of the client's that is known. */
export function protocolOf(offered: string | null): ChannelProtocol | undefined {
  const names = (offered ?? "").split(",").map((name) => name.trim());
  return PROTOCOLS.find((known) => names.includes(known));
}

const [STDIN, STDOUT, STDERR, RESULT, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];

export interface ServeChannels {
  readonly runtime: PodRuntime;
  readonly protocol: ChannelProtocol;
  readonly signal: AbortSignal;
}

/** Serves a part of a pod until both sides are done; what a runtime refuses is told on the socket. Never throws. */
export async function serveChannels(
  socket: MessageSocket,
  part: Exclude<PodPart, { readonly type: "log" }>,
  options: ServeChannels,
): Promise<void> {
  const gone = new AbortController();
  const signal = AbortSignal.any([options.signal, gone.signal]);
  try {
    if (part.type === "portforward") await servePorts(socket, part, { ...options, signal });
    else await serveProcess(socket, part, { ...options, signal });
  } finally {
    gone.abort();
    socket.close();
  }
}

type ProcessPart = Extract<PodPart, { readonly type: "exec" | "attach" }>;

async function serveProcess(
  socket: MessageSocket,
  { type, pod, options }: ProcessPart,
  { runtime, signal }: ServeChannels,
): Promise<void> {
  const stdin = new TransformStream<Uint8Array, Uint8Array>();
  const sizes = new TransformStream<TerminalSize, TerminalSize>(undefined, { highWaterMark: 16 });
  const input = { stdin: options.stdin ? stdin.readable : emptyStream(), sizes: sizes.readable };
  const gone = new AbortController();
  const reading = readInput(socket, stdin.writable.getWriter(), sizes.writable.getWriter())
    .finally(() => gone.abort());
  let exit: ProcessExit;
  try {
    const ended = AbortSignal.any([signal, gone.signal]);
    const process = await runtime[type](pod, options, input, ended);
    await Promise.all([
      pump(options.stdout ? process.stdout : undefined, (bytes) => socket.send(framed(STDOUT, bytes))),
      pump(options.stderr ? process.stderr : undefined, (bytes) => socket.send(framed(STDERR, bytes))),
    ]);
    exit = await process.exit;
  } catch (error) {
    exit = { code: 1, error: error instanceof Error ? error.message : String(error) };
  }
  await socket.send(framed(RESULT, new TextEncoder().encode(JSON.stringify(statusOf(exit)))));
  socket.close();
  await reading;
}

function statusOf({ code, error }: ProcessExit): unknown {
  if (error !== undefined) {
    const message = `Internal error occurred: ${error}`;
    return { metadata: {}, status: "Failure", message, reason: "InternalError", code: 500 };
  }
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

/** What the client sends, until it is gone; a process that reads no more does not hold it up. */
async function readInput(
  socket: MessageSocket,
  stdin: WritableStreamDefaultWriter<Uint8Array>,
  sizes: WritableStreamDefaultWriter<TerminalSize>,
): Promise<void> {
  let isOpen = true;
  const endInput = () => {
    if (isOpen) void stdin.close().catch(() => {});
    isOpen = false;
  };
  for await (const message of socket.messages) {
    const rest = message.subarray(1);
    if (message[0] === STDIN && isOpen) await stdin.write(rest).catch(() => isOpen = false);
    else if (message[0] === CLOSE && rest[0] === STDIN) endInput();
    else if (message[0] === RESIZE) void sizes.write(sizeOf(rest)).catch(() => {});
  }
  endInput();
  void sizes.close().catch(() => {});
}

function sizeOf(bytes: Uint8Array): TerminalSize {
  try {
    const { Width: columns = 0, Height: rows = 0 } = JSON.parse(new TextDecoder().decode(bytes));
    return { columns: Number(columns), rows: Number(rows) };
  } catch {
    return { columns: 0, rows: 0 };
  }
}

type PortPart = Extract<PodPart, { readonly type: "portforward" }>;

async function servePorts(
  socket: MessageSocket,
  { pod, ports }: PortPart,
  { runtime, signal, protocol }: ServeChannels,
): Promise<void> {
  const writers: WritableStreamDefaultWriter<Uint8Array>[] = [];
  const running = ports.map(async (port, at) => {
    const [data, errors] = [at * 2, at * 2 + 1];
    const named = Uint8Array.of(port & 0xff, port >> 8);
    await socket.send(framed(data, named));
    await socket.send(framed(errors, named));
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    writers[at] = pipe.writable.getWriter();
    try {
      const connection = await runtime.portForward(pod, port, signal);
      const sending = pipe.readable.pipeTo(connection.writable).catch(() => {});
      await pump(connection.readable, (bytes) => socket.send(framed(data, bytes)));
      if (protocol === "v5.channel.k8s.io") await socket.send(Uint8Array.of(CLOSE, data));
      await Promise.race([sending, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const { name } = pod.metadata as { name?: string };
      const message = `error forwarding port ${port} to pod ${name}: ${why}`;
      await socket.send(framed(errors, new TextEncoder().encode(message)));
    }
  });
  const reading = (async () => {
    for await (const message of socket.messages) {
      const isClose = message[0] === CLOSE && protocol === "v5.channel.k8s.io";
      const writer = writers[(isClose ? message[1]! : message[0]!) / 2];
      if (isClose) void writer?.close().catch(() => {});
      else await writer?.write(message.subarray(1)).catch(() => {});
    }
  })();
  await Promise.race([reading, Promise.all(running)]);
  for (const writer of writers) void writer?.close().catch(() => {});
  socket.close();
  await reading;
}

/** Hands a stream's chunks on, one after the other. */
async function pump(
  stream: ReadableStream<Uint8Array> | undefined,
  send: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  if (!stream) return;
  for await (const chunk of stream) await send(chunk);
}

function framed(channel: number, bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 1);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}

/** A message port as a socket: messages are Uint8Arrays, and the end is `null`. */
export function portSocket(port: MessagePort): MessageSocket {
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    port.postMessage(null);
    port.close();
  };
  const messages = new ReadableStream<Uint8Array>({
    start(controller) {
      port.onmessage = ({ data }) => {
        if (data !== null) return controller.enqueue(data);
        isOpen = false;
        port.close();
        controller.close();
      };
    },
    cancel: close,
  });
  return {
    messages,
    send: (message) => {
      if (isOpen) port.postMessage(message);
      return Promise.resolve();
    },
    close() {
      if (!isOpen) return;
      close();
    },
  };
}
