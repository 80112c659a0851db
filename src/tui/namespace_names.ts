/** The cluster's namespaces for suggestions: asked for when the palette opens, at most every half minute. */
import type { Clock } from "../base/mod.ts";
import type { Engine } from "../engine/protocol.ts";

const FRESH_MS = 30_000;
/** More names than this are not worth waiting for while typing. */
const LIMIT = 2000;

export class NamespaceNames {
  names: readonly string[] = [];
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #engine: Engine | null = null;
  #askedMs = -Infinity;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Asks, unless it was asked lately. A refusal leaves the names as they were: they only help typing. */
  load(engine: Engine | null): void {
    const nowMs = this.#clock.now();
    if (engine === null || (engine === this.#engine && nowMs - this.#askedMs < FRESH_MS)) return;
    if (engine !== this.#engine) this.names = [];
    this.#engine = engine;
    this.#askedMs = nowMs;
    engine.read(`/api/v1/namespaces?limit=${LIMIT}`).then((answer) => {
      if (engine !== this.#engine) return;
      const { items = [] } = answer as { items?: readonly { metadata?: { name?: string } }[] };
      this.names = items.flatMap(({ metadata }) => metadata?.name === undefined ? [] : [metadata.name]);
      this.#onChange();
    }, () => {});
  }
}
