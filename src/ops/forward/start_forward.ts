/** Opens local ports and keeps a pod behind them. */
import { backoffMs, type Clock, isCancelled, OrkaError, systemClock } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { readObject } from "../../apply/mod.ts";
import { SERVICES } from "../builtin_kinds.ts";
import { findTargetPod, isRunning, notFound, POD_TIMEOUT_MS, type PodView } from "../target_pod.ts";
import { carry, LocalEnd } from "./carry.ts";
import type { BoundPort, Forward, ForwardEvent, ForwardListener, ForwardSpec } from "./forward_spec.ts";
import { acceptAll, openLocalPort, type OpenPort } from "./local_ports.ts";
import { podEnd } from "./pod_end.ts";
import { podPort, servicePort } from "./pod_port_numbers.ts";
import { PodPorts } from "./pod_ports.ts";

export interface StartForwardOptions {
  readonly onEvent?: ForwardListener | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** How long to wait for a pod that runs, ms, at first and whenever one is gone; 60,000 unless given. */
  readonly podTimeoutMs?: number | undefined;
}

/**
 * Resolves when the ports are open and the pod has answered. Throws OrkaError `not-found`, `invalid` (pod not running, port
 * not known), `io` (port in use), `timeout`, `forbidden`.
 */
export async function startForward(
  client: Client,
  spec: ForwardSpec,
  options: StartForwardOptions = {},
): Promise<Forward> {
  const forward = new PodForward(client, spec, options);
  await forward.begin();
  return forward;
}

/** A pod, and the numbers of its ports in the order of the spec. */
interface Behind {
  readonly pod: PodView;
  readonly remotes: readonly number[];
  readonly ports: PodPorts;
}

interface Local extends OpenPort {
  /** Index into the spec's ports. */
  readonly index: number;
}

class PodForward implements Forward {
  readonly #client: Client;
  readonly #spec: ForwardSpec;
  readonly #options: StartForwardOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #connections = new Set<Deno.Conn>();
  readonly #done = Promise.withResolvers<void>();
  #locals: readonly Local[] = [];
  /** What new connections wait for. */
  #behind: Promise<Behind> = Promise.reject(new Error("it has not begun"));
  #last: Behind | null = null;
  #isReconnecting = false;
  readonly bytes = { sent: 0, received: 0 };

  constructor(client: Client, spec: ForwardSpec, options: StartForwardOptions) {
    this.#client = client;
    this.#spec = spec;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#behind.catch(() => {});
    this.#done.promise.catch(() => {});
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  get pod(): string {
    return this.#last?.pod.metadata.name ?? "";
  }

  get connections(): number {
    return this.#connections.size;
  }

  get ports(): readonly BoundPort[] {
    return this.#locals.map((local) => this.#bound(local));
  }

  /** Throws what `startForward` throws. */
  async begin(): Promise<void> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const onAbort = () => this.#finish(null);
    signal?.addEventListener("abort", onAbort, { once: true });
    void this.#done.promise.catch(() => {}).then(() => signal?.removeEventListener("abort", onAbort));
    try {
      this.#last = await this.#find();
      this.#locals = openAll(this.#spec);
      await this.#last.ports.warm(this.#last.remotes[0]!);
    } catch (error) {
      this.#finish(null, { silent: true });
      signal?.throwIfAborted();
      throw error;
    }
    this.#behind = Promise.resolve(this.#last);
    this.#tellReady(this.#last);
    for (const local of this.#locals) void this.#accept(local);
  }

  close(): void {
    this.#finish(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #bound({ address, local, index }: Local): BoundPort {
    return { address, local, remote: this.#last?.remotes[index] ?? 0 };
  }

  #tell(event: ForwardEvent): void {
    this.#options.onEvent?.(event);
  }

  #tellReady(behind: Behind): void {
    this.#last = behind;
    this.#tell({ type: "ready", pod: behind.pod.metadata.name, ports: this.ports });
    const { namespace } = this.#spec;
    podEnd(this.#client, behind.pod, { namespace, clock: this.#clock, signal: this.#closing.signal }).then(
      (why) => this.#leave(behind, why),
      () => {},
    );
  }

  async #find(): Promise<Behind> {
    const { namespace, target } = this.#spec;
    const { podTimeoutMs } = this.#options;
    const { signal } = this.#closing;
    const pod = await findTargetPod(this.#client, target, {
      namespace,
      podTimeoutMs,
      clock: this.#clock,
      signal,
    });
    if (!isRunning(pod)) {
      const { deletionTimestamp } = pod.metadata;
      const status = deletionTimestamp === undefined ? pod.status?.phase ?? "unknown" : "Terminating";
      const message = `unable to forward port because pod is not running. Current status=${status}`;
      throw new OrkaError("invalid", message);
    }
    const remotes = await this.#remotes(pod);
    const ports: PodPorts = new PodPorts(this.#client, {
      namespace,
      pod: pod.metadata.name,
      signal,
      onLost: (error) => {
        if (this.#last?.ports === ports) this.#leave(this.#last, error);
      },
    });
    return { pod, remotes, ports };
  }

  async #remotes(pod: PodView): Promise<readonly number[]> {
    const { namespace, target, ports } = this.#spec;
    if (target.type !== "service") return ports.map(({ remote }) => podPort(pod, remote));
    const service = await readObject(this.#client, { resource: SERVICES, namespace, name: target.name }, {
      signal: this.#closing.signal,
    });
    if (service === null) throw notFound(SERVICES, target.name);
    return ports.map(({ remote }) => servicePort(service, pod, remote));
  }

  /** Looks for the next pod; connections wait for it meanwhile. */
  #leave(behind: Behind, error: OrkaError): void {
    if (this.#closing.signal.aborted || this.#last !== behind || this.#isReconnecting) return;
    this.#isReconnecting = true;
    behind.ports.retire();
    this.#tell({ type: "reconnecting", pod: behind.pod.metadata.name, error });
    this.#behind = this.#findNext();
    this.#behind.then((next) => {
      this.#isReconnecting = false;
      this.#tellReady(next);
    }, (failure) => {
      if (!this.#closing.signal.aborted) this.#finish(asOrkaError(failure));
    });
  }

  async #findNext(): Promise<Behind> {
    const { podTimeoutMs = POD_TIMEOUT_MS } = this.#options;
    const deadlineMs = this.#clock.monotonic() + podTimeoutMs;
    for (let attempt = 0;; attempt++) {
      try {
        const next = await this.#find();
        await next.ports.warm(next.remotes[0]!);
        return next;
      } catch (error) {
        if (!isPassing(error) || this.#clock.monotonic() >= deadlineMs) throw error;
        const delayMs = backoffMs(attempt, { baseMs: 200, maxMs: 5_000, random: Math.random });
        await this.#clock.sleep(delayMs, { signal: this.#closing.signal });
      }
    }
  }

  async #accept(local: Local): Promise<void> {
    await acceptAll(local.listener, {
      signal: this.#closing.signal,
      clock: this.#clock,
      onConnection: (connection) => void this.#serve(connection, local),
      onError: (error) => this.#tell({ type: "error", port: this.#bound(local), error: asOrkaError(error) }),
    });
  }

  async #serve(connection: Deno.TcpConn, local: Local): Promise<void> {
    this.#connections.add(connection);
    this.#tell({ type: "connection", port: this.#bound(local) });
    try {
      connection.setNoDelay();
      const stream = await this.#open(local);
      try {
        await carry(connection, stream, this.bytes);
      } finally {
        stream.close();
      }
    } catch (error) {
      if (!(error instanceof LocalEnd) && !this.#closing.signal.aborted) {
        this.#tell({ type: "error", port: this.#bound(local), error: asOrkaError(error) });
      }
    } finally {
      this.#connections.delete(connection);
      closeQuietly(connection);
    }
  }

  /** A tunnel that proves to be gone when the connection comes is not the connection's fault: the next pod takes it. */
  async #open({ index }: Local) {
    const behind = await this.#behind;
    try {
      return await behind.ports.open(behind.remotes[index]!);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#leave(behind, asOrkaError(error));
      const next = await this.#behind;
      return await next.ports.open(next.remotes[index]!);
    }
  }

  #finish(error: OrkaError | null, { silent = false }: { readonly silent?: boolean } = {}): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(
      this.#options.signal?.reason ?? new OrkaError("unreachable", "the forward was closed"),
    );
    for (const { listener } of this.#locals) listener.close();
    for (const connection of this.#connections) closeQuietly(connection);
    this.#last?.ports.close();
    if (!silent) this.#tell({ type: "closed", error });
    if (error === null) this.#done.resolve();
    else this.#done.reject(error);
  }
}

function openAll({ ports, addresses = ["localhost"] }: ForwardSpec): Local[] {
  const opened: Local[] = [];
  try {
    for (const [index, { local }] of ports.entries()) {
      opened.push(...openLocalPort(local, addresses).map((open) => ({ ...open, index })));
    }
    return opened;
  } catch (error) {
    for (const { listener } of opened) listener.close();
    throw error;
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // it is already
  }
}

/** Whether the same may go well a moment later. */
function isPassing(error: unknown): boolean {
  return error instanceof OrkaError && ["unreachable", "server", "throttled"].includes(error.code);
}

function asOrkaError(error: unknown): OrkaError {
  if (error instanceof OrkaError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new OrkaError(isCancelled(error) ? "unreachable" : "protocol", why, { cause: error });
}
