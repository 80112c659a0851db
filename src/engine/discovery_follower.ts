import { backoffMs, type Clock, isCancelled, type Knobs, type Logger, type MetricSet } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { groupResource, type Resource } from "../kube/mod.ts";
import { tableSource } from "./feed_source.ts";
import type { Discovered } from "./protocol.ts";
import { Reflector } from "./reflector.ts";

/** Where the list of served kinds comes from. */
export interface DiscoverySource {
  /** What an earlier run left on disk for this server; null when there is nothing. */
  cached(client: Client): Promise<Discovered | null>;
  /** Asks the server, and leaves the answer for the next run. */
  fetch(client: Client, options: { readonly signal: AbortSignal }): Promise<Discovered>;
}

export interface DiscoveryFollowerOptions {
  readonly source: DiscoverySource;
  /** Watches CRDs and asks anew when one comes or goes. */
  readonly follow: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly knobs: Knobs;
  readonly metrics: MetricSet;
  readonly log: Logger;
}

const CRDS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  singular: "customresourcedefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  verbs: ["list", "watch"],
  subresources: ["status"],
  preferred: true,
};

/** An operator's install brings its CRDs in a burst, and each is served a moment after it is made. */
const SETTLE_MS = 700;
/**
 * Aggregated discovery lags behind the CRDs by seconds: it is looked at again after 1, 2, 4, 8 and 16 s, until it
 * shows what came and hides what went. A CRD that serves no version never shows, so there is an end to it.
 */
const LOOKS = 6;
const LOOK_AGAIN_MS = 1000;

/** Keeps the list of served kinds: from disk at once, from the server behind it, anew when CRDs change. */
export class DiscoveryFollower implements AsyncDisposable {
  readonly #client: Client;
  readonly #options: DiscoveryFollowerOptions;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(discovered: Discovered) => void>();
  #known: Discovered | null = null;
  #first: Promise<Discovered> | null = null;
  #fetching: Promise<Discovered> | null = null;
  #crds: Reflector | null = null;
  #settle: Disposable | null = null;
  #retry: Disposable | null = null;
  /** Times in a row that the server could not be asked. */
  #failures = 0;
  /** CRDs by name (`widgets.example.com`) whose coming (true) or going discovery has not shown yet. */
  readonly #awaited = new Map<string, boolean>();

  constructor(client: Client, options: DiscoveryFollowerOptions) {
    this.#client = client;
    this.#options = options;
  }

  listen(listener: (discovered: Discovered) => void): Disposable {
    this.#listeners.add(listener);
    if (this.#known !== null) listener(this.#known);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** What is served, as far as known: a cached answer is checked with the server behind the caller's back. */
  get(): Promise<Discovered> {
    if (this.#known !== null) return Promise.resolve(this.#known);
    this.#first ??= this.#open().finally(() => this.#first = null);
    return this.#first;
  }

  /** Asks the server now. */
  async refresh(): Promise<Discovered> {
    // an answer under way may be of before
    await this.#fetching?.catch(() => {});
    return await this.#fetch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#settle?.[Symbol.dispose]();
    this.#retry?.[Symbol.dispose]();
    await Promise.all([this.#crds?.close(), this.#first?.catch(() => {}), this.#fetching?.catch(() => {})]);
  }

  async #open(): Promise<Discovered> {
    const cached = await this.#options.source.cached(this.#client);
    if (cached === null) return await this.#fetch();
    this.#tell(cached);
    void this.#refetch();
    return cached;
  }

  #fetch(): Promise<Discovered> {
    this.#fetching ??= this.#options.source.fetch(this.#client, { signal: this.#abort.signal })
      .then((discovered) => {
        this.#failures = 0;
        this.#retry?.[Symbol.dispose]();
        this.#retry = null;
        this.#tell(discovered);
        this.#followCrds();
        return discovered;
      }, (error) => {
        this.#retryLater();
        throw error;
      })
      .finally(() => this.#fetching = null);
    return this.#fetching;
  }

  /** Asks anew in the background; what is known stands when that fails. */
  async #refetch(): Promise<void> {
    try {
      await this.#fetch();
    } catch (error) {
      if (isCancelled(error) || this.#abort.signal.aborted) return;
      this.#options.log.warn("discovery failed", { error: String(error) });
      this.#followCrds();
    }
  }

  /** Until the server has told once what it serves, and after every failure since, it is asked again. */
  #retryLater(): void {
    const { clock, follow, knobs, random } = this.#options;
    if (!follow || this.#abort.signal.aborted) return;
    const maxMs = knobs.watchBackoffMaxSecs * 1000;
    const delayMs = backoffMs(this.#failures++, { baseMs: LOOK_AGAIN_MS, maxMs, random });
    this.#retry?.[Symbol.dispose]();
    this.#retry = clock.timer(delayMs, () => {
      this.#retry = null;
      void this.#refetch();
    });
  }

  #tell(discovered: Discovered): void {
    const before = this.#known;
    this.#known = discovered;
    if (before !== null && sameKinds(before, discovered)) return;
    for (const listener of this.#listeners) listener(discovered);
  }

  #followCrds(): void {
    if (!this.#options.follow || this.#crds !== null || this.#abort.signal.aborted) return;
    const { clock, random, knobs, metrics, log } = this.#options;
    const source = tableSource(this.#client, { resource: CRDS, namespace: null }, {
      clock,
      rawBudgetBytes: 0,
    });
    let listed = 0;
    this.#crds = new Reflector(source, {
      listBegins() {},
      page() {},
      listed() {},
      // The first list tells what discovery told already.
      listEnds: () => void (listed++ > 0 && this.#look(0)),
      listAbandoned() {},
      columns() {},
      changed: (type, { metadata }) => {
        if (metadata?.name !== undefined) this.#awaited.set(metadata.name, type !== "DELETED");
        this.#look(0);
      },
      fresh() {},
      stepped() {},
    }, { clock, random, metrics, log, backoffMaxMs: knobs.watchBackoffMaxSecs * 1000, verifyMs: 0 });
    this.#crds.start();
  }

  /** Asks anew after a while, the longer the more looks there were; any event begins at the first look again. */
  #look(looks: number): void {
    this.#settle?.[Symbol.dispose]();
    const delayMs = looks === 0 ? SETTLE_MS : LOOK_AGAIN_MS * 2 ** (looks - 1);
    const settle = this.#settle = this.#options.clock.timer(delayMs, async () => {
      await this.#refetch();
      if (this.#settle !== settle || this.#abort.signal.aborted) return;
      this.#settle = null;
      this.#forgetShown();
      if (looks + 1 >= LOOKS) this.#awaited.clear();
      if (this.#awaited.size > 0) this.#look(looks + 1);
    });
  }

  #forgetShown(): void {
    const served = new Set(this.#known?.resources.map(groupResource));
    for (const [name, comes] of this.#awaited) if (served.has(name) === comes) this.#awaited.delete(name);
  }
}

function sameKinds(a: Discovered, b: Discovered): boolean {
  return a.cached === b.cached &&
    JSON.stringify([a.resources, a.broken]) === JSON.stringify([b.resources, b.broken]);
}
