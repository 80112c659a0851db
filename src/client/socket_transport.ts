/**
 * Requests over Deno's own HTTP clients, in lanes. One HTTP/2 connection carries about 100 streams and lets the
 * 101st wait without a word, so watches get clients of their own, 80 to each.
 *
 * What Deno's client cannot do goes over node:https, loaded then: a server name other than the URL's host, no
 * verification, a server certificate that is itself a CA's, and a port that fetch blocks as browsers do (both of
 * which fetch refuses and kubectl accepts).
 */
import type { Lane } from "./client.ts";
import type { ServerSettings } from "./connection.ts";
import type { Identity } from "./credentials.ts";
import type { Transport, Upgrade } from "./http_client.ts";
import type { NodeTransport } from "./node_transport.ts";
import type { MessageSocket } from "./websocket/message_socket.ts";

/** An API server's limit is 100 streams a connection (http2-max-streams-per-connection). */
const MAX_WATCHES_PER_CLIENT = 80;

export interface SocketOptions {
  readonly server: ServerSettings;
  /** The client certificate for connections opened from now on. */
  readonly identity: () => Promise<Identity | null>;
  readonly maxWatches?: number | undefined;
  /** Headers that every request has and that may repeat: impersonation. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
}

interface WatchClient {
  readonly client: Deno.HttpClient;
  open: number;
}

export class SocketTransport implements Transport {
  readonly #options: SocketOptions;
  readonly #loopback: boolean;
  #viaNode: boolean;
  #identity: Identity | null = null;
  #unary: Deno.HttpClient | null = null;
  #watches: WatchClient[] = [];
  #node: Promise<NodeTransport> | null = null;

  constructor(options: SocketOptions) {
    this.#options = options;
    const { server, serverName, skipVerify } = options.server;
    const url = new URL(server);
    this.#loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    this.#viaNode = url.protocol === "https:" &&
      (skipVerify || (serverName !== "" && serverName !== url.hostname));
  }

  async send(request: Request, lane: Lane): Promise<Response> {
    await this.#useIdentity();
    request.signal.throwIfAborted(); // a plugin may answer when the transport is closed already
    // gzip costs 11 us a pod on both sides, which a loopback's wire does not pay back.
    if (this.#loopback) request.headers.set("accept-encoding", "identity");
    if (this.#viaNode) return await this.#sendByNode(request);
    const spare = request.body === null ? request : request.clone();
    try {
      return lane === "watch"
        ? await this.#sendWatch(request)
        : await this.#fetch(request, this.#unaryClient());
    } catch (error) {
      if (!isRefusedByFetch(error)) throw error;
      this.#viaNode = true;
      return await this.#sendByNode(spare);
    }
  }

  async open(upgrade: Upgrade): Promise<MessageSocket> {
    await this.#useIdentity();
    const { openStreams } = await import("./open_streams.ts");
    return await openStreams(this.#options.server, { ...upgrade, identity: this.#identity });
  }

  close(): void {
    this.#closeClients();
    void this.#node?.then((node) => node.close(), () => {});
    this.#node = null;
  }

  /** An exec plugin may hand out a new certificate: connections that carry the old one serve no new requests. */
  async #useIdentity(): Promise<void> {
    const identity = await this.#options.identity();
    const same = identity?.cert === this.#identity?.cert && identity?.key === this.#identity?.key;
    this.#identity = identity;
    if (same) return;
    this.#closeClients();
    void this.#node?.then((node) => node.retire(), () => {});
    this.#node = null;
  }

  /** Requests and bodies under way run on (their signals end them): a closed client only takes no new ones. */
  #closeClients(): void {
    this.#unary?.close();
    for (const { client } of this.#watches) client.close();
    this.#unary = null;
    this.#watches = [];
  }

  #unaryClient(): Deno.HttpClient {
    return this.#unary ??= this.#newClient();
  }

  #newClient(): Deno.HttpClient {
    const { ca, proxyUrl } = this.#options.server;
    return Deno.createHttpClient({
      ...(ca === null ? {} : { caCerts: [ca] }),
      ...(proxyUrl === "" ? {} : { proxy: { url: proxyUrl } }),
      ...(this.#identity ?? {}),
    });
  }

  #fetch(request: Request, client: Deno.HttpClient): Promise<Response> {
    return fetch(request, { client });
  }

  async #sendWatch(request: Request): Promise<Response> {
    const most = this.#options.maxWatches ?? MAX_WATCHES_PER_CLIENT;
    let slot = this.#watches.find((w) => w.open < most);
    if (!slot) this.#watches.push(slot = { client: this.#newClient(), open: 0 });
    const taken = slot;
    taken.open++;
    let released = false;
    const release = () => {
      if (!released) taken.open--;
      released = true;
    };
    try {
      const response = await this.#fetch(request, taken.client);
      return response.body === null ? (release(), response) : withEnd(response, response.body, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async #sendByNode(request: Request): Promise<Response> {
    const { server, headers = [] } = this.#options;
    this.#node ??= import("./node_transport.ts").then(({ NodeTransport }) =>
      new NodeTransport(server, { identity: this.#identity, headers })
    );
    const opening = this.#node;
    const node = await opening.catch((error) => {
      if (this.#node === opening) this.#node = null; // its failure is this request's alone
      throw error;
    });
    return await node.send(request);
  }
}

/** The same answer, and `onEnd` once its body has ended, failed or been cancelled. */
function withEnd(response: Response, body: ReadableStream<Uint8Array>, onEnd: () => void): Response {
  const reader = body.getReader();
  const followed = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
        onEnd();
        controller.close();
        controller.byobRequest?.respond(0);
      } catch (error) {
        onEnd();
        controller.error(error);
      }
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(followed, { status, statusText, headers });
}

/** Fetch gives these no codes. The ports are https://fetch.spec.whatwg.org/#port-blocking. */
function isRefusedByFetch(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/CaUsedAsEndEntity|Requests to port \d+ are blocked/.test(at.message)) return true;
  }
  return false;
}
