/** The embedded server with pods whose logs a test writes, and a network that it breaks. */
import { type Clock, OrkaError } from "../../src/base/mod.ts";
import { type ServedLine, type ServedLog, serveLog } from "../../src/cli/embedded/serve_log.ts";
import { type Client, createClient, type Fetch, WriteGate } from "../../src/client/mod.ts";
import { ApiError, ApiServer, createMemoryStore, type PodRuntime } from "../../src/k1s/mod.ts";

/** What happens to one answer of a log request. `slow` hands it on in pieces of `bytes`, each at a later turn. */
export type Fault =
  | { readonly type: "cut" | "truncate" | "stall"; readonly bytes: number }
  | { readonly type: "slow"; readonly bytes: number }
  /** The connection is cut while TLS is agreed on. */
  | { readonly type: "handshake" }
  | { readonly type: "status"; readonly status: number; readonly retryAfter?: number };

/** A log that a test writes. */
class TestLog implements ServedLog {
  readonly lines: ServedLine[] = [];
  first = 0;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  add(...lines: ServedLine[]): void {
    this.lines.push(...lines);
    this.#tell();
  }

  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  count(): number {
    return this.lines.length;
  }

  line(at: number): ServedLine {
    return this.lines[at]!;
  }

  isOver(): boolean {
    return this.#isOver;
  }

  more(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const gone = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => gone.reject(signal.reason), { once: true });
    return Promise.race([this.#changed.promise, gone.promise]);
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

type State = { readonly [kind in "running" | "waiting" | "terminated"]?: object };

export interface PodMoment {
  readonly state: State;
  readonly lastState?: State;
  readonly restarts?: number;
  readonly phase?: string;
  /** Of the pod. */
  readonly reason?: string;
  readonly message?: string;
}

export class LogCluster implements AsyncDisposable {
  /** `pod/container/restarts`. */
  readonly #logs = new Map<string, TestLog>();
  readonly requests: URL[] = [];
  /** Restarts that the node knows of before the pod tells them, by pod. */
  readonly ahead = new Map<string, number>();
  /** Asked for every request of a log. */
  fault: (url: URL) => Fault | null = () => null;

  private constructor(
    readonly server: ApiServer,
    readonly client: Client,
    private readonly close: () => Promise<void>,
  ) {}

  static async open({ clock }: { readonly clock: Clock }): Promise<LogCluster> {
    let cluster: LogCluster | null = null;
    const store = createMemoryStore({ clock, upkeepMs: 0 });
    const runtime: Pick<PodRuntime, "logs"> = {
      logs: (pod, options, signal) => {
        const log = cluster!.#log(pod, options);
        return Promise.resolve(serveLog(log, options, { nowMs: clock.now(), signal }));
      },
    };
    const server = await ApiServer.open({ storage: store.tenant("t"), clock, pods: runtime as PodRuntime });
    const writes = new WriteGate({ isOpen: true });
    const fetch: Fetch = (request) => cluster!.#fetch(request);
    cluster = new LogCluster(server, createClient({ fetch, clock, writes }), async () => {
      await server.close();
      await store.close();
    });
    return cluster;
  }

  /** The log of an instance, by the number of restarts before it. */
  log(pod: string, { container = "main", restarts = 0 } = {}): TestLog {
    const key = `${pod}/${container}/${restarts}`;
    let log = this.#logs.get(key);
    if (log === undefined) this.#logs.set(key, log = new TestLog());
    return log;
  }

  /** Created, and running with its containers. */
  async run(name: string, { containers = ["main"], labels = {} }: {
    readonly containers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
  } = {}): Promise<void> {
    await this.create(name, { containers, labels });
    await this.set(name, { state: { running: {} } });
  }

  async create(name: string, { containers = ["main"], labels = {} }: {
    readonly containers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
  } = {}): Promise<void> {
    const spec = {
      nodeName: "n",
      containers: containers.map((container) => ({ name: container, image: "i" })),
    };
    await this.#send("POST", PODS, { metadata: { name, labels }, spec });
  }

  /** What the node says of a pod: the moment is its first container's, the others run. */
  async set(name: string, moment: PodMoment): Promise<void> {
    const { state, lastState, restarts = 0, phase = "Running", reason, message } = moment;
    const pod = await this.client.json(`${PODS}/${name}`) as {
      readonly spec: { readonly containers: readonly { readonly name: string }[] };
    };
    const containerStatuses = pod.spec.containers.map((container, at) => ({
      name: container.name,
      image: "i",
      imageID: "",
      ready: true,
      restartCount: at === 0 ? restarts : 0,
      containerID: `x://${container.name}-${at === 0 ? restarts : 0}`,
      state: at === 0 ? state : { running: {} },
      ...(at === 0 && lastState !== undefined ? { lastState } : {}),
    }));
    const status = { phase, containerStatuses, ...(reason && { reason }), ...(message && { message }) };
    await this.#send("PATCH", `${PODS}/${name}/status`, { status });
  }

  /** The instance before ended with `exitCode`; the next one runs. */
  async restart(
    name: string,
    { restarts, exitCode = 1 }: { readonly restarts: number; readonly exitCode?: number },
  ) {
    const containerID = `x://main-${restarts - 1}`;
    const lastState = { terminated: { exitCode, reason: "Error", containerID } };
    await this.set(name, { state: { running: {} }, lastState, restarts });
  }

  async remove(name: string): Promise<void> {
    await this.#send("DELETE", `${PODS}/${name}?gracePeriodSeconds=0`, null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.close();
  }

  async #send(method: string, path: string, body: object | null): Promise<void> {
    const type = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
    await this.client.json(path, {
      method,
      headers: { "content-type": type },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
  }

  #log(
    pod: Parameters<PodRuntime["logs"]>[0],
    { container, previous }: { container: string; previous: boolean },
  ) {
    const { metadata, status } = pod as unknown as {
      readonly metadata: { readonly name: string };
      readonly status?: {
        readonly containerStatuses?: readonly {
          readonly name: string;
          readonly restartCount: number;
          readonly state?: State;
        }[];
      };
    };
    const found = status?.containerStatuses?.find(({ name }) => name === container);
    const known = this.ahead.get(metadata.name) ?? found?.restartCount ?? 0;
    const restarts = known - (previous ? 1 : 0);
    const log = this.#logs.get(`${metadata.name}/${container}/${restarts}`);
    if (log !== undefined) return log;
    const who = `container "${container}" in pod "${metadata.name}"`;
    const message = previous
      ? `previous terminated ${who} not found`
      : `${who} is waiting to start: ContainerCreating`;
    throw new ApiError(400, "BadRequest", message);
  }

  async #fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (!url.pathname.endsWith("/log")) return await this.server.handler(request);
    this.requests.push(url);
    const fault = this.fault(url);
    if (fault?.type === "handshake") {
      throw new TypeError(
        "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/x",
      );
    }
    if (fault?.type === "status") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      return new Response("refused", { status: fault.status, headers });
    }
    const response = await this.server.handler(request);
    if (fault === null || response.body === null || !response.ok) return response;
    return new Response(broken(response.body, fault, request.signal), response);
  }
}

const PODS = "/api/v1/namespaces/default/pods";

/** The body with what the fault does to it. */
function broken(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { type, bytes }: Exclude<Fault, { readonly type: "status" | "handshake" }>,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let left = bytes;
  return new ReadableStream({
    async pull(controller) {
      if (type !== "slow" && left <= 0) {
        void reader.cancel().catch(() => {});
        if (type === "truncate") return controller.close();
        if (type === "cut") return controller.error(new TypeError("connection reset by peer"));
        return await new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (type === "slow") {
        for (let at = 0; at < value.length; at += bytes) controller.enqueue(value.slice(at, at + bytes));
        return;
      }
      controller.enqueue(value.slice(0, left));
      left -= value.length;
    },
    cancel: () => reader.cancel(),
  }, { highWaterMark: 0 });
}

/** Whether an error has a code, for assert.rejects. */
export function hasCode(code: OrkaError["code"], message?: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof OrkaError && error.code === code &&
    (message === undefined || message.test(error.message));
}
