/** Requests over node:https and node:http, for what Deno's client cannot do. HTTP/1.1: one socket a request, kept alive. */
import { Agent, type AgentOptions, request as sendRequest } from "node:https";
import {
  Agent as PlainAgent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as sendPlain,
  type RequestOptions,
} from "node:http";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, rootCertificates } from "node:tls";
import { OrkaError } from "../base/mod.ts";
import type { ServerSettings } from "./connection.ts";
import type { Identity } from "./credentials.ts";
import { proxyFromEnv } from "./proxy.ts";

export interface NodeOptions {
  readonly identity: Identity | null;
  readonly headers: readonly (readonly [string, string])[];
}

export class NodeTransport {
  readonly #repeated: Readonly<Record<string, string[]>>;
  readonly #agent: Agent;
  readonly #plainAgent = new PlainAgent({ keepAlive: true });
  readonly #isPlain: boolean;
  readonly #server: ServerSettings;
  readonly #tls: AgentOptions;
  readonly #proxy: URL | null;
  readonly #tunnels = new Set<Socket>();

  constructor(server: ServerSettings, { identity, headers }: NodeOptions) {
    this.#repeated = byName(headers);
    this.#server = server;
    this.#isPlain = server.server.startsWith("http:");
    this.#proxy = server.proxyUrl === "" ? proxyFromEnv(server.server) : new URL(server.proxyUrl);
    const known = this.#isPlain ? ["http:"] : ["http:", "https:"];
    if (this.#proxy !== null && !known.includes(this.#proxy.protocol)) {
      const message = `the proxy ${this.#proxy.protocol}//${this.#proxy.host} cannot be used for this server`;
      throw new OrkaError("kubeconfig", message, {
        hint:
          "for commands in pods and forwards, and with insecure-skip-tls-verify, tls-server-name, a CA's certificate as the server's or a port that browsers block, only http:// proxies work, and https:// ones for https:// servers",
      });
    }
    this.#tls = {
      rejectUnauthorized: !server.skipVerify,
      ...(server.ca === null ? {} : { ca: server.ca }),
      ...(server.serverName === "" ? {} : { servername: server.serverName }),
      ...(identity ?? {}),
    };
    this.#agent = new Agent({ keepAlive: true, ...this.#tls });
  }

  async send(request: Request): Promise<Response> {
    const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
    const socket = this.#proxy === null || this.#isPlain
      ? null
      : await this.#tunnel(this.#proxy, request.signal);
    return await new Promise((resolve, reject) => {
      const headers = Object.fromEntries(request.headers);
      headers["accept-encoding"] = "identity";
      const options = {
        method: request.method,
        headers: { ...headers, ...this.#repeated },
        signal: request.signal,
      };
      const answer = (incoming: IncomingMessage) => resolve(toResponse(incoming));
      // Through a tunnel the socket speaks TLS already: https.request would ignore it and connect by itself.
      const outgoing = this.#isPlain
        ? this.#sendPlain(request.url, options, answer)
        : socket === null
        ? sendRequest(request.url, { ...options, agent: this.#agent }, answer)
        : sendPlain(
          request.url.replace(/^https:/, "http:"),
          { ...options, createConnection: () => socket },
          answer,
        );
      outgoing.on("error", (error) => reject(request.signal.aborted ? request.signal.reason : error));
      outgoing.end(body ?? undefined);
    });
  }

  /** A connection of its own to the server, past proxies, for what is no HTTP: the caller closes it. */
  async open(signal: AbortSignal): Promise<Socket> {
    if (this.#proxy !== null) return await this.#tunnel(this.#proxy, signal);
    const { hostname, port } = new URL(this.#server.server);
    const host = hostname.replace(/^\[|\]$/g, "");
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const at = { host, port: Number(port || (this.#isPlain ? 80 : 443)) };
    const socket = this.#isPlain
      ? connectPlain(at)
      : connectTls({ ...at, ...name, ...this.#tls, ALPNProtocols: ["http/1.1"] });
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const onAbort = () => {
      reject(signal.reason);
      socket.destroy();
    };
    socket.once(this.#isPlain ? "connect" : "secureConnect", () => resolve(socket)).once("error", reject);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    return await promise.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** Idle sockets close; those in use end with their requests. */
  retire(): void {
    for (const { freeSockets } of [this.#agent, this.#plainAgent]) {
      for (const sockets of Object.values(freeSockets)) sockets?.forEach((socket) => socket.destroy());
    }
  }

  close(): void {
    this.#agent.destroy();
    this.#plainAgent.destroy();
    for (const socket of this.#tunnels) socket.destroy();
  }

  /** Without TLS; a proxy is asked for the whole URL. */
  #sendPlain(
    url: string,
    options: RequestOptions & { headers: OutgoingHttpHeaders },
    answer: (incoming: IncomingMessage) => void,
  ): ClientRequest {
    const pooled = { ...options, agent: this.#plainAgent };
    const proxy = this.#proxy;
    if (proxy === null) return sendPlain(url, pooled, answer);
    const headers = { ...options.headers, host: new URL(url).host, ...proxyAuthorization(proxy) };
    return sendPlain(
      { ...pooled, hostname: proxy.hostname, port: proxy.port || "80", path: url, headers },
      answer,
    );
  }

  /** The proxy's own certificate may be one of the cluster's CA, or anyone's: as Deno's client, and kubectl, take it. */
  #askProxy(proxy: URL, options: RequestOptions): ClientRequest {
    const at = { ...options, hostname: proxy.hostname, agent: false as const };
    if (proxy.protocol === "http:") return sendPlain({ ...at, port: proxy.port || "80" });
    const { ca, skipVerify } = this.#server;
    return sendRequest({
      ...at,
      port: proxy.port || "443",
      rejectUnauthorized: !skipVerify,
      ...(ca === null ? {} : { ca: [...rootCertificates, ca] }),
    });
  }

  /** A socket to the server through an HTTP proxy's CONNECT, with TLS where the server has it. */
  #tunnel(proxy: URL, signal: AbortSignal): Promise<Socket> {
    const { hostname, port } = new URL(this.#server.server);
    const authority = `${hostname}:${port || (this.#isPlain ? "80" : "443")}`;
    const isAddress = /^[\d.]+$|^\[/.test(hostname); // TLS names no addresses; they are checked as the host
    const name = isAddress ? {} : { servername: hostname };
    return new Promise((resolve, reject) => {
      const connect = this.#askProxy(proxy, {
        method: "CONNECT",
        path: authority,
        headers: { host: authority, ...proxyAuthorization(proxy) },
        signal,
      });
      connect.on("error", reject);
      connect.on("connect", (answer: IncomingMessage, socket: Socket) => {
        if (answer.statusCode !== 200) {
          socket.destroy();
          return reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT`));
        }
        if (this.#isPlain) return resolve(socket);
        const tls = connectTls({ host: hostname, ...name, ...this.#tls, socket }, () => {
          signal.removeEventListener("abort", give);
          resolve(tls);
        });
        // The request's signal ends with CONNECT's answer: until there is a new request, nothing else ends this.
        const give = () => {
          reject(signal.reason);
          tls.destroy();
          socket.destroy();
        };
        this.#tunnels.add(socket);
        tls.on("error", reject);
        tls.once("close", () => {
          this.#tunnels.delete(socket);
          signal.removeEventListener("abort", give);
          reject(new Error(`the proxy ${proxy.host} closed the connection`));
        });
        if (signal.aborted) give();
        else signal.addEventListener("abort", give);
      });
      connect.end();
    });
  }
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  return { "proxy-authorization": `Basic ${btoa(decodeURIComponent(`${username}:${password}`))}` };
}

/** Headers that repeat, as Node sends them: the web's Headers would join them, and a server read one odd value. */
function byName(headers: NodeOptions["headers"]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of headers) (found[name.toLowerCase()] ??= []).push(value);
  return found;
}

function toResponse(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
  }
  const status = incoming.statusCode ?? 502;
  const empty = status === 204 || status === 304;
  if (empty) incoming.resume();
  return new Response(empty ? null : toStream(incoming), { status, headers });
}

function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let over = false;
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      incoming.on("data", (chunk: Uint8Array) => {
        if (over) return;
        controller.enqueue(new Uint8Array(chunk)); // Node's chunk may share a pool's memory
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      incoming.on("end", () => {
        if (over) return;
        over = true;
        controller.close();
        controller.byobRequest?.respond(0);
      });
      incoming.on("error", (error: Error) => {
        if (!over) controller.error(error);
        over = true;
      });
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      over = true;
      incoming.destroy();
    },
  });
}
