/**
 * A key whose deed waits for the server's word on its right: without it an editor or a form would open, be filled in,
 * and only then be refused.
 */
import type { Clock } from "../base/mod.ts";
import type { Pane } from "./pane.ts";

/** Answers come sooner than this as a rule, and a word about them would only flash, ms. */
const SILENT_MS = 200;

export interface AskedKeyOptions {
  readonly clock: Clock;
  readonly current: () => Pane | undefined;
  /** It takes longer than a moment. */
  readonly onSlow: () => void;
}

/** 1. One at a time: the next key gives up the one before. */
export class AskedKey {
  readonly #options: AskedKeyOptions;
  #waiting: symbol | null = null;
  #timer: Disposable | null = null;

  constructor(options: AskedKeyOptions) {
    this.#options = options;
  }

  /** Runs it once it has settled, if the person still looks at the same objects and has pressed nothing since. */
  async wait(settled: Promise<void>, run: () => void): Promise<void> {
    this.giveUp();
    const waiting = this.#waiting = Symbol();
    const pane = this.#options.current();
    const targets = targetsOf(pane);
    this.#timer = this.#options.clock.timer(SILENT_MS, this.#options.onSlow);
    // what can't be found out counts as allowed: the server will say
    await settled.catch(() => {});
    if (this.#waiting !== waiting) return;
    this.giveUp();
    const now = this.#options.current();
    if (now === pane && targetsOf(now) === targets) run();
  }

  giveUp(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#waiting = null;
  }
}

function targetsOf(pane: Pane | undefined): string {
  const targets = pane?.targets?.() ?? [];
  return JSON.stringify(targets.map(({ resource, namespace, name, uid }) => [
    resource.kind,
    namespace,
    name,
    uid ?? "",
  ]));
}
