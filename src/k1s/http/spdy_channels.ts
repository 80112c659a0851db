/**
 * A pod's streams over SPDY, as kubectl without WebSockets asks for them: those of a process as the numbered channels
 * of `pod_channels.ts`, and forwarded ports each by a pair of streams.
 */
import { type MessageSocket, serveChannels } from "./pod_channels.ts";
import type { PodPart } from "./pod_parts.ts";
import type { PodRuntime } from "./pod_runtime.ts";
import type { SpdyConnection, SpdyStream } from "./spdy_connection.ts";

export const SPDY_PROTOCOLS = { process: "v4.channel.k8s.io", ports: "portforward.k8s.io" } as const;

const CHANNELS: Readonly<Record<string, number>> = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 };
const CLOSE = 255;

export interface ServeSpdy {
  readonly runtime: PodRuntime;
  readonly signal: AbortSignal;
}

/** Serves a part of a pod until both sides are done. Never throws. */
export async function serveSpdy(
  connection: SpdyConnection,
  part: Exclude<PodPart, { readonly type: "log" }>,
  { runtime, signal }: ServeSpdy,
): Promise<void> {
  if (part.type === "portforward") return await servePorts(connection, part, { runtime, signal });
  const { stdin, stdout, stderr, tty } = part.options;
  const expected = [stdin, stdout, stderr && !tty, tty].filter((asked) => asked).length + 1;
  const channels = await openedChannels(connection, expected);
  const socket = new ChannelSocket(connection, channels);
  // Streams are closed one by one here, as in v5.
  await serveChannels(socket, part, { runtime, signal, protocol: "v5.channel.k8s.io" });
}

/** As many as the query asks for; fewer when the client goes away. */
async function openedChannels(
  connection: SpdyConnection,
  expected: number,
): Promise<Map<number, SpdyStream>> {
  const channels = new Map<number, SpdyStream>();
  const reader = connection.streams.getReader();
  while (channels.size < expected) {
    const { done, value } = await reader.read();
    if (done) break;
    const channel = CHANNELS[value.headers.get("streamtype") ?? ""];
    if (channel !== undefined) channels.set(channel, value);
  }
  reader.releaseLock();
  return channels;
}

class ChannelSocket implements MessageSocket {
  readonly messages: ReadableStream<Uint8Array>;
  readonly #connection: SpdyConnection;
  readonly #channels: ReadonlyMap<number, SpdyStream>;

  constructor(connection: SpdyConnection, channels: ReadonlyMap<number, SpdyStream>) {
    this.#connection = connection;
    this.#channels = channels;
    const merged = new TransformStream<Uint8Array, Uint8Array>();
    this.messages = merged.readable;
    const writer = merged.writable.getWriter();
    const inputs = [...channels].filter(([channel]) =>
      channel === CHANNELS["stdin"] || channel === CHANNELS["resize"]
    );
    // The input lasts as long as the client does, not only as its streams: those end before the process.
    const gone = Array.fromAsync(connection.streams).catch(() => {});
    void Promise.all([gone, ...inputs.map(([channel, stream]) => forward(channel, stream, writer))])
      .then(() => writer.close()).catch(() => {});
  }

  async send(message: Uint8Array): Promise<void> {
    await this.#channels.get(message[0]!)?.send(message.subarray(1));
  }

  close(): void {
    this.#connection.close();
  }
}

async function forward(
  channel: number,
  stream: SpdyStream,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  for await (const bytes of stream.bytes) await writer.write(Uint8Array.of(channel, ...bytes));
  await writer.write(Uint8Array.of(CLOSE, channel));
}

type PortPart = Extract<PodPart, { readonly type: "portforward" }>;

/** One pair of streams for a connection: they have the same `requestid`, and either may come first. */
async function servePorts(connection: SpdyConnection, part: PortPart, options: ServeSpdy): Promise<void> {
  const waiting = new Map<string, SpdyStream>();
  const onAbort = () => connection.close();
  options.signal.addEventListener("abort", onAbort, { once: true });
  for await (const stream of connection.streams) {
    const request = stream.headers.get("requestid") ?? "";
    const other = waiting.get(request);
    if (other === undefined) {
      waiting.set(request, stream);
      continue;
    }
    waiting.delete(request);
    const isData = stream.headers.get("streamtype") === "data";
    void servePort({ data: isData ? stream : other, errors: isData ? other : stream }, part, options);
  }
  options.signal.removeEventListener("abort", onAbort);
}

async function servePort(
  { data, errors }: { readonly data: SpdyStream; readonly errors: SpdyStream },
  { pod }: PortPart,
  { runtime, signal }: ServeSpdy,
): Promise<void> {
  const port = Number(data.headers.get("port"));
  try {
    const there = await runtime.portForward(pod, port, signal);
    const sending = data.bytes.pipeTo(there.writable).catch(() => {});
    for await (const bytes of there.readable) await data.send(bytes);
    data.end();
    errors.end();
    await sending;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const { name } = pod.metadata as { readonly name?: string };
    await errors.send(new TextEncoder().encode(`error forwarding port ${port} to pod ${name}: ${why}`));
    errors.end();
    data.end();
  }
}
