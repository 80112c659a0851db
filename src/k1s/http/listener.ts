/**
 * The API on a port of this machine: TLS with HTTP/2 and 1.1 by node:http2, which sees client certificates, or plain
 * HTTP/1.1. Listens on loopback alone.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { type Clock, systemClock } from "../../base/mod.ts";
import type { Certificates } from "./certificates.ts";
import type { Credentials } from "../auth/mod.ts";
import { STREAMED } from "./answer.ts";
import { joinBytes, MAX_BODY_BYTES } from "./body.ts";
import { ADMIN, type ApiServer } from "./handler.ts";

export interface ListenOptions {
  /** 0: any free one. */
  readonly port?: number | undefined;
  /** A unix socket in place of a port, for its owner alone; plain HTTP, whatever the certificates. */
  readonly socket?: string | undefined;
  /** Absent: plain HTTP, where everybody is the administrator. */
  readonly certificates?: Certificates | undefined;
  /** A bearer token that is the administrator's. */
  readonly token?: string | undefined;
  readonly clock?: Clock | undefined;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

const HOST = "127.0.0.1";
/** How long a client may take nothing of an answer that is ready. */
const STALLED_MS = 60_000;

export class Listener implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly #close: () => Promise<void>;

  private constructor(url: string, port: number, close: () => Promise<void>) {
    this.url = url;
    this.port = port;
    this.#close = close;
  }

  /** Begins to answer. Throws the platform's error for a port that is taken. */
  static async listen(server: ApiServer, given: ListenOptions = {}): Promise<Listener> {
    const { socket: path } = given;
    // whoever may open a socket file is its owner: no certificate tells more
    const options = path === undefined ? given : { ...given, certificates: undefined };
    const { certificates, token } = options;
    if (token !== undefined) server.authenticator.admit(token, ADMIN);
    const onRequest = (incoming: Incoming, outgoing: Outgoing) =>
      void serve(server, { incoming, outgoing, options }).catch(() => outgoing.destroy());
    const open = certificates
      ? createSecureServer({
        allowHTTP1: true,
        key: certificates.serverKey,
        cert: certificates.server,
        ca: certificates.ca,
        requestCert: true,
        rejectUnauthorized: false,
      }, onRequest)
      : createServer(onRequest);
    open.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Uint8Array) => {
      void upgrade(server, { incoming, socket, head, options }).catch(() => socket.destroy());
    });
    open.on("session", destroyLater);
    const sockets = new Set<{ destroy(): unknown }>();
    open.on(certificates ? "secureConnection" : "connection", (socket: TLSSocket) => {
      sockets.add(socket);
      socket.setNoDelay(true); // two writes in a row would wait for the first one's acknowledgement: 40 ms
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => {}); // a client that went away is no news
    });
    await new Promise<void>((resolve, reject) => {
      open.once("error", reject);
      if (path === undefined) open.listen(options.port ?? 0, HOST, () => resolve());
      else open.listen(path, () => resolve());
    });
    const close = async () => {
      await new Promise<void>((resolve) => {
        open.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      if (path !== undefined) await Deno.remove(path).catch(() => {}); // closing may have removed it
    };
    if (path !== undefined) {
      await Deno.chmod(path, 0o600);
      return new Listener(`unix:${path}`, 0, close);
    }
    const { port } = open.address() as AddressInfo;
    return new Listener(`${certificates ? "https" : "http"}://${HOST}:${port}`, port, close);
  }

  /** Stops listening and drops connections. */
  close(): Promise<void> {
    return this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * A session that a client says goodbye to is destroyed by Deno in the middle of reading that frame, which frees memory
 * that is read on: the process dies, now or later (https://github.com/denoland/deno/issues/36788). So it is destroyed
 * when the reading is over.
 */
function destroyLater(session: ServerHttp2Session): void {
  const destroy = session.destroy.bind(session);
  session.destroy = (error, code) => queueMicrotask(() => destroy(error, code));
}

interface Serving {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly options: ListenOptions;
}

async function serve(server: ApiServer, { incoming, outgoing, options }: Serving): Promise<void> {
  const gone = new AbortController();
  // what is ended is nobody's to cut; HTTP/2 calls an answer finished also when the client reset it
  outgoing.on("close", () => outgoing.writableEnded || gone.abort());
  outgoing.on("error", () => gone.abort());
  const body = isWhole(incoming) ? await wholeBody(incoming) : undefined;
  const request = requestOf(incoming, gone.signal, body);
  const response = await server.answer(request, credentialsOf(incoming, request, options));
  const { clock = systemClock } = options;
  await send(response, { outgoing, signal: gone.signal, head: request.method === "HEAD", clock });
}

interface Upgrading {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Uint8Array;
  readonly options: ListenOptions;
}

/** The code for connections that change their protocol is loaded with the first of them. */
async function upgrade(server: ApiServer, { incoming, socket, head, options }: Upgrading): Promise<void> {
  const { answerUpgrade } = await import("./upgrade.ts");
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  const request = requestOf(incoming, gone.signal);
  const credentials = credentialsOf(incoming, request, options);
  await answerUpgrade(server, { incoming, socket, head, request, credentials });
}

/** True for a body of a length that is told and allowed: read at once, it costs a twentieth of a write less. */
function isWhole({ headers }: Incoming): boolean {
  return Number(headers["content-length"] ?? Infinity) <= MAX_BODY_BYTES;
}

/** Rejects when the client goes away in the middle. */
function wholeBody(incoming: Incoming): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    incoming.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) incoming.destroy(new Error("the body is longer than it said"));
      else chunks.push(chunk);
    });
    incoming.once("end", () => resolve(joinBytes(chunks)));
    incoming.once("error", reject);
    incoming.once("close", () => reject(new Error("the client went away")));
  });
}

function requestOf(incoming: Incoming, signal: AbortSignal, whole?: Uint8Array<ArrayBuffer>): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  const host = headers.get("host") ?? incoming.headers[":authority"] ?? HOST;
  const url = urlOf(incoming.url ?? "/", String(host));
  const body = method === "GET" || method === "HEAD"
    ? null
    : whole ?? ReadableStream.from(incoming as AsyncIterable<Uint8Array>);
  return new Request(url, { method, headers, body, signal });
}

/** A target of a request line: two slashes at its beginning name no host, and an odd host changes no path. */
function urlOf(target: string, host: string): URL {
  const path = target.startsWith("/") ? target : `/${target}`;
  return new URL(`http://${/^[\w.-]+(:\d{1,5})?$/.test(host) ? host : HOST}${withoutDots(path)}`);
}

/** A path whose `.` and `..` name nothing, as in the real server, where a URL would be shortened by them. */
function withoutDots(path: string): string {
  const [before = "", ...query] = path.split("?");
  if (!/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(before)) return path;
  const segments = before.split("/").map((part) => /^(\.|%2e){1,2}$/i.test(part) ? "%00" : part);
  return [segments.join("/"), ...query].join("?");
}

/** What a client shows; on plain HTTP one that shows nothing is the administrator. */
function credentialsOf(incoming: Incoming, request: Request, { certificates }: ListenOptions): Credentials {
  const authorization = request.headers.get("authorization");
  if (certificates) return { ...certificateOf(incoming.socket as TLSSocket), authorization };
  return authorization === null ? { trusted: ADMIN } : { authorization };
}

/** Certificates of connections: read once, not for each request. */
const CERTIFICATES = new WeakMap<TLSSocket, ShownCertificate>();

type ShownCertificate = Pick<Credentials, "certificate" | "refusedCertificate">;

function certificateOf(socket: TLSSocket): ShownCertificate {
  let shown = CERTIFICATES.get(socket);
  if (shown !== undefined) return shown;
  const peer = socket.getPeerCertificate();
  const { CN: commonName, O: groups } = (peer?.subject ?? {}) as { CN?: string; O?: string | string[] };
  if (commonName === undefined) shown = {};
  else if (!socket.authorized) shown = { refusedCertificate: true };
  else {
    const organizations = groups === undefined ? [] : [groups].flat();
    const fingerprint = peer.fingerprint256?.replaceAll(":", "").toLowerCase();
    shown = { certificate: { commonName, organizations, fingerprint } };
  }
  CERTIFICATES.set(socket, shown);
  return shown;
}

interface Sending {
  readonly outgoing: Outgoing;
  readonly signal: AbortSignal;
  readonly head: boolean;
  readonly clock: Clock;
}

async function send(response: Response, { outgoing, signal, head, clock }: Sending): Promise<void> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => headers[name] = value);
  if (response.body !== null && !head && !STREAMED.has(response)) {
    const body = await response.bytes();
    headers["content-length"] = String(body.length);
    (outgoing as ServerResponse).writeHead(response.status, headers).end(body);
    return;
  }
  (outgoing as ServerResponse).writeHead(response.status, headers);
  if (!response.body || head) {
    await response.body?.cancel();
    outgoing.end();
    return;
  }
  const reader = response.body.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  // the head goes out before the first event of a watch, which may be long in coming
  (outgoing as ServerResponse).flushHeaders();
  for (;;) {
    const { value, done } = await reader.read();
    if (done || signal.aborted) break;
    if (!(outgoing as ServerResponse).write(value)) await drained(outgoing, { signal, clock });
  }
  outgoing.end();
}

/**
 * Waits until the client has read on, or is gone: a watch is read no faster than it is taken. One that takes nothing
 * for a minute is cut: nothing can be told to it, and its connection would be held until the watch's own end.
 */
function drained(outgoing: Outgoing, { signal, clock }: Pick<Sending, "signal" | "clock">): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stalled = clock.timer(STALLED_MS, () => outgoing.destroy());
    const done = () => {
      stalled[Symbol.dispose]();
      outgoing.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    outgoing.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
