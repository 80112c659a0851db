/** Whether this session may change the cluster: as flags and config have it for a context, until the person says else. */
import type { Engine } from "../engine/protocol.ts";
import type { SessionOptions, WriteRule } from "./session_options.ts";

const CLOSED: WriteRule = { write: false, protected: false };

/**
 * 1. A connection begins read-only; the rule of its context opens it as soon as it is known.
 * 2. What the person switched holds until the session goes to another context.
 */
export class WriteMode {
  readonly #ruleOf: SessionOptions["writeRule"];
  #rule: WriteRule = CLOSED;
  #context: string | undefined;
  /** What the person said; null: nothing yet. */
  #said: boolean | null = null;

  constructor(ruleOf: SessionOptions["writeRule"]) {
    this.#ruleOf = ruleOf;
  }

  get readOnly(): boolean {
    return !(this.#said ?? this.#rule.write);
  }

  get isProtected(): boolean {
    return this.#rule.protected;
  }

  /** An engine was opened. Throws what is wrong with the config file; the session stays read-only then. */
  async opened(engine: Engine): Promise<void> {
    const { context } = engine.target;
    if (context !== this.#context) {
      this.#said = null;
      this.#rule = CLOSED;
      this.#context = context;
      engine.allowWrites(false);
      const rule = await this.#ruleOf?.(context) ?? CLOSED;
      if (this.#context !== context) return;
      this.#rule = rule;
    }
    engine.allowWrites(!this.readOnly);
  }

  toggle(engine: Engine | null): void {
    this.#said = this.readOnly;
    engine?.allowWrites(!this.readOnly);
  }
}
