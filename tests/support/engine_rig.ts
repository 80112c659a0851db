/** A local engine on a test server, on a clock that tests move, with a reader that holds what a pane would. */
import { defaultKnobs, type Knobs, type ManualClock, MetricSet, seededRandom } from "../../src/base/mod.ts";
import { type LocalEngineOptions, openLocalEngine } from "../../src/engine/engine.ts";
import type {
  Column,
  Engine,
  FeedStatus,
  Row,
  View,
  ViewSpec,
  WindowSpec,
  WindowUpdate,
} from "../../src/engine/protocol.ts";
import type { TestObject, TestServer } from "./two_servers.ts";

export const EVERYTHING: WindowSpec = { from: 0, to: 1_000_000, sort: null, filter: null };

/** A reader of a view: applies updates as protocol.ts says. */
export class Held {
  rows: Row[] = [];
  columns: readonly Column[] = [];
  status: FeedStatus | null = null;
  total = 0;
  matched = 0;
  generation = -1;
  readonly updates: WindowUpdate[] = [];
  view!: View;

  readonly take = (update: WindowUpdate): void => {
    this.updates.push(update);
    this.rows.length = update.length;
    for (const [at, row] of update.changed) this.rows[at] = row;
    if (update.columns) this.columns = update.columns;
    if (update.status) this.status = update.status;
    this.total = update.total;
    this.matched = update.matched;
    this.generation = update.generation;
  };

  get names(): string[] {
    return this.rows.map((row) => row.name);
  }

  get phase(): string {
    return this.status?.phase ?? "";
  }
}

/** What a test says of a pod; its own namespace and no phase unless it says otherwise. */
export interface PodOptions {
  readonly namespace?: string;
  readonly phase?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export class EngineRig implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly metrics = new MetricSet();
  readonly engine: Engine;

  constructor(
    readonly server: TestServer,
    knobs: Partial<Knobs> = {},
    options: Partial<LocalEngineOptions> = {},
  ) {
    this.clock = server.clock;
    this.engine = openLocalEngine(server.client(), {
      discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.resolve(this.#discovered()) },
      clock: this.clock,
      random: seededRandom(1),
      metrics: this.metrics,
      knobs: { ...defaultKnobs(), ...knobs },
      ...options,
    });
  }

  /** A view of the pods of the test's namespace unless the spec says otherwise. */
  open(spec: Partial<ViewSpec> = {}, window: WindowSpec = EVERYTHING): Held {
    const held = new Held();
    const resource = spec.resource ?? this.server.resource("pods");
    const { namespace } = this.server;
    held.view = this.engine.openView({ namespace, ...spec, resource }, window, held.take);
    return held;
  }

  /** Such a view, once it is live. */
  async live(spec: Partial<ViewSpec> = {}, window: WindowSpec = EVERYTHING): Promise<Held> {
    const held = this.open(spec, window);
    await this.until(() => held.phase === "live", "live");
    return held;
  }

  /** Lets things happen, in real order and manual time, until the condition holds. */
  async until(condition: () => boolean, what: string, { stepMs = 5, steps = 2000 } = {}): Promise<void> {
    for (let i = 0; i < steps; i++) {
      if (condition()) return;
      await this.clock.advance(stepMs);
    }
    throw new Error(`never came: ${what}`);
  }

  async pod(name: string, options: PodOptions = {}): Promise<void> {
    await this.server.put(podOf(name, options));
  }

  /** Many, in whatever order. */
  async pods(names: readonly string[], options: PodOptions = {}): Promise<void> {
    await this.server.putAll(names.map((name) => podOf(name, options)));
  }

  async removePod(name: string): Promise<void> {
    await this.server.remove({ apiVersion: "v1", kind: "Pod", name });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }

  #discovered() {
    return { resources: this.server.resources, broken: [], cached: false };
  }
}

function podOf(name: string, { namespace, phase, labels = {} }: PodOptions): TestObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) },
    ...(phase === undefined ? {} : { status: { phase } }),
  };
}
