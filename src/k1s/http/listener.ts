/**
 * The API on a port of this machine: TLS with HTTP/2 and 1.1 by node:http2, which sees client certificates, or plain
 * HTTP/1.1. Listens on loopback alone.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Certificates } from "./certificates.ts";
import { unauthorized } from "./api_error.ts";
import { answerError, STREAMED } from "./answer.ts";
import type { User } from "./exchange.ts";
import { ADMIN, type ApiServer } from "./handler.ts";

export interface ListenOptions {
  /** 0: any free one. */
  readonly port?: number | undefined;
  /** Absent: plain HTTP, where everybody is the administrator. */
  readonly certificates?: Certificates | undefined;
  /** A bearer token that is the administrator's. */
  readonly token?: string | undefined;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** What anybody may ask, as with the real server's default roles. */
const OPEN_PATHS = /^\/(version|livez|readyz|healthz)(\/|$)/;
const HOST = "127.0.0.1";

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
  static async listen(server: ApiServer, options: ListenOptions = {}): Promise<Listener> {
    const { certificates } = options;
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
    const sockets = new Set<{ destroy(): unknown }>();
    open.on(certificates ? "secureConnection" : "connection", (socket: TLSSocket) => {
      sockets.add(socket);
      socket.setNoDelay(true); // two writes in a row would wait for the first one's acknowledgement: 40 ms
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => {}); // a client that went away is no news
    });
    await new Promise<void>((resolve, reject) => {
      open.once("error", reject);
      open.listen(options.port ?? 0, HOST, () => resolve());
    });
    const { port } = open.address() as AddressInfo;
    const close = () =>
      new Promise<void>((resolve) => {
        open.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
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

interface Serving {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly options: ListenOptions;
}

async function serve(server: ApiServer, { incoming, outgoing, options }: Serving): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => outgoing.writableFinished || gone.abort());
  outgoing.on("error", () => gone.abort());
  const request = requestOf(incoming, gone.signal);
  const user = userOf(incoming, request, options);
  const response = user ? await server.handle(request, user) : answerError(request, unauthorized());
  await send(response, { outgoing, signal: gone.signal, head: request.method === "HEAD" });
}

function requestOf(incoming: Incoming, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  const host = headers.get("host") ?? incoming.headers[":authority"] ?? HOST;
  const url = new URL(incoming.url ?? "/", `http://${host}`);
  const body = method === "GET" || method === "HEAD"
    ? null
    : ReadableStream.from(incoming as AsyncIterable<Uint8Array>);
  return new Request(url, { method, headers, body, signal });
}

/** The user of a client certificate or a token; null for one that has neither and asks for more than the open paths. */
function userOf(incoming: Incoming, request: Request, { certificates, token }: ListenOptions): User | null {
  if (!certificates) return ADMIN;
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) return token !== undefined && sameText(bearer, token) ? ADMIN : null;
  const certified = certifiedUser(incoming.socket as TLSSocket);
  if (certified) return certified;
  if (!OPEN_PATHS.test(new URL(request.url).pathname)) return null;
  return { name: "system:anonymous", groups: ["system:unauthenticated"] };
}

/** Users of connections: a certificate is read once, not for each request. */
const CERTIFIED = new WeakMap<TLSSocket, User | null>();

function certifiedUser(socket: TLSSocket): User | null {
  let user = CERTIFIED.get(socket);
  if (user !== undefined) return user;
  const peer = socket.authorized ? socket.getPeerCertificate() : undefined;
  const { CN: name, O: groups } = (peer?.subject ?? {}) as { CN?: string; O?: string | string[] };
  user = name
    ? { name, groups: [...groups === undefined ? [] : [groups].flat(), "system:authenticated"] }
    : null;
  CERTIFIED.set(socket, user);
  return user;
}

/** Compares without telling by its time where texts differ. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

interface Sending {
  readonly outgoing: Outgoing;
  readonly signal: AbortSignal;
  readonly head: boolean;
}

async function send(response: Response, { outgoing, signal, head }: Sending): Promise<void> {
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
    if (!(outgoing as ServerResponse).write(value)) await drained(outgoing, signal);
  }
  outgoing.end();
}

/** Waits until the client has read on, or is gone: a watch is read no faster than it is taken. */
function drained(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    outgoing.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
