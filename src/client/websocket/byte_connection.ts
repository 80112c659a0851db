/** A connection to the server under a WebSocket: Deno's own where it can, Node's where it can't. */
import type { ServerSettings } from "../connection.ts";
import type { Identity } from "../credentials.ts";
import { proxyFromEnv } from "../proxy.ts";

/** `Deno.Conn` has this shape. */
export interface ByteConnection {
  /** Bytes read into the buffer; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Bytes written, at least one. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface DialOptions {
  readonly identity: Identity | null;
  readonly signal: AbortSignal;
}

/**
 * Connects to the server, past proxies. A closed `Deno.Conn` may be closed once only: what is returned may be closed
 * more than once.
 */
export async function dial(
  server: ServerSettings,
  { identity, signal }: DialOptions,
): Promise<ByteConnection> {
  const { hostname, port, protocol } = new URL(server.server);
  const proxy = server.proxyUrl === "" ? proxyFromEnv(server.server) : new URL(server.proxyUrl);
  const named = server.serverName !== "" && server.serverName !== hostname;
  if (server.skipVerify || named || proxy !== null) return await dialByNode(server, { identity, signal });
  const at = {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (protocol === "http:" ? 80 : 443)),
  };
  if (protocol === "http:") return closable(await abortable(Deno.connect(at), signal));
  const tls = {
    ...at,
    alpnProtocols: ["http/1.1"],
    ...(server.ca === null ? {} : { caCerts: [server.ca] }),
    ...identity,
  };
  try {
    const connection = await abortable(Deno.connectTls(tls), signal);
    const open = closable(connection);
    await abortable(connection.handshake(), signal).catch((error) => {
      open.close();
      throw error;
    });
    return open;
  } catch (error) {
    // A server certificate that is itself a CA's: node:https takes it, as kubectl does.
    if (!(error instanceof Error) || !/CaUsedAsEndEntity/.test(error.message)) throw error;
    return await dialByNode(server, { identity, signal });
  }
}

async function dialByNode(server: ServerSettings, options: DialOptions): Promise<ByteConnection> {
  const { dialNode } = await import("./node_connection.ts");
  return await dialNode(server, options);
}

/** What comes too late is closed. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    reject(signal.reason);
    work.then((late) => (late as { close?: () => void } | undefined)?.close?.(), () => {});
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function closable(connection: Deno.Conn): ByteConnection {
  let isOpen = true;
  return {
    read: (buffer) => connection.read(buffer),
    write: (bytes) => connection.write(bytes),
    close() {
      if (isOpen) connection.close();
      isOpen = false;
    },
  };
}
