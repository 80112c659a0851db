/** Connections to the ports of one pod, over as many tunnels as they need. */
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { ChannelStream } from "./channel_stream.ts";
import { SpdyTunnel } from "./spdy_tunnel.ts";
import { FORWARD_PROTOCOLS, type PortStream } from "./tunnel.ts";

/** Connections that share a tunnel: who reads slowly holds up no more than these. */
const MAX_SHARED = 32;
/** A tunnel that is filled by others while one waits for it is no failure; one that is gone at once is. */
const MAX_TRIES = 5;

export interface PodPortsOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly signal: AbortSignal;
  /** A tunnel broke off. */
  readonly onLost: (error: OrkaError) => void;
}

/** What is closed with `close`, and before that serves `open` for every connection. */
export class PodPorts {
  readonly #client: Client;
  readonly #options: PodPortsOptions;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #tunnels = new Set<SpdyTunnel>();
  /** Being opened: those that come meanwhile share it, as many as it takes. */
  #opening: { readonly socket: Promise<SpdyTunnel | null>; waiting: number } | null = null;
  /** null until a server has chosen. */
  #isShared: boolean | null = null;

  constructor(client: Client, options: PodPortsOptions) {
    this.#client = client;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#closing.signal]);
  }

  /** A connection to the port. Throws OrkaError as a request does. */
  async open(port: number): Promise<PortStream> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (this.#isShared === false) return new ChannelStream(await this.#socket(port));
      const free = this.#freeTunnel();
      if (free !== undefined) return free.open(port);
      await this.#anotherTunnel(port);
    }
    throw new OrkaError("unreachable", "the server closes every connection to the pod at once");
  }

  /** Opens the first tunnel ahead of the first connection; tells what refuses it. */
  async warm(port: number): Promise<void> {
    await this.#anotherTunnel(port);
  }

  close(): void {
    this.#closing.abort(new OrkaError("unreachable", "the forward was closed"));
    for (const tunnel of this.#tunnels) tunnel.close();
  }

  /** No new connections; those that are alive stay so until they end. */
  retire(): void {
    for (const tunnel of this.#tunnels) tunnel.retire();
  }

  #freeTunnel(): SpdyTunnel | undefined {
    const fit = [...this.#tunnels].filter((tunnel) =>
      tunnel.isOpen && tunnel.connections < MAX_SHARED && !tunnel.isHeldUp
    );
    return fit.sort((a, b) => a.connections - b.connections)[0];
  }

  async #anotherTunnel(port: number): Promise<void> {
    if (this.#opening === null || this.#opening.waiting >= MAX_SHARED) {
      const opening = { socket: this.#openTunnel(port), waiting: 0 };
      this.#opening = opening;
      const done = () => {
        if (this.#opening === opening) this.#opening = null;
      };
      opening.socket.then(done, done);
    }
    const opening = this.#opening;
    opening.waiting++;
    await opening.socket;
  }

  async #openTunnel(port: number): Promise<SpdyTunnel | null> {
    const socket = await this.#socket(port);
    this.#isShared = socket.protocol.startsWith("SPDY");
    if (!this.#isShared) {
      socket.close(); // it was asked what it speaks
      return null;
    }
    const tunnel = new SpdyTunnel(socket);
    this.#tunnels.add(tunnel);
    void tunnel.done.then((error) => {
      this.#tunnels.delete(tunnel);
      if (error !== null && !this.#signal.aborted) this.#options.onLost(error);
    });
    return tunnel;
  }

  #socket(port: number) {
    const { namespace, pod } = this.#options;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${
      encodeURIComponent(pod)
    }/portforward`;
    return this.#client.open(`${path}?ports=${port}`, {
      protocols: FORWARD_PROTOCOLS,
      signal: this.#signal,
    });
  }
}
