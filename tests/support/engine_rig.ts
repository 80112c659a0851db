/** A local engine on the fake API server, on a clock that tests move, with a reader that holds what a pane would. */
import { defaultKnobs, type Knobs, ManualClock, MetricSet, seededRandom } from "../../src/base/mod.ts";
import { createClient } from "../../src/client/http_client.ts";
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
import { FakeApi, type FakeApiOptions } from "./fake_api.ts";

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

export class EngineRig implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly api: FakeApi;
  readonly metrics = new MetricSet();
  readonly engine: Engine;

  constructor(
    knobs: Partial<Knobs> = {},
    { api = {}, ...options }: Partial<LocalEngineOptions> & { readonly api?: FakeApiOptions } = {},
  ) {
    this.api = new FakeApi({ clock: this.clock, ...api });
    const client = createClient({ fetch: this.api.fetch, clock: this.clock });
    this.engine = openLocalEngine(client, {
      discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.resolve(this.#discovered()) },
      clock: this.clock,
      random: seededRandom(1),
      metrics: this.metrics,
      knobs: { ...defaultKnobs(), ...knobs },
      ...options,
    });
  }

  open(spec: Partial<ViewSpec> = {}, window: WindowSpec = EVERYTHING): Held {
    const held = new Held();
    const resource = spec.resource ?? this.api.resource("pods");
    held.view = this.engine.openView({ namespace: null, ...spec, resource }, window, held.take);
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

  pod(name: string, more: { namespace?: string; phase?: string; labels?: Record<string, string> } = {}) {
    const { namespace = "default", phase = "Running", labels = {} } = more;
    return this.api.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels },
      status: { phase },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }

  #discovered() {
    return { resources: this.api.resources, broken: [], cached: false };
  }
}
