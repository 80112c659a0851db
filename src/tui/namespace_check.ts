/** Whether a namespace exists: asked for one name at a time, and only where its view is empty. */
import { type Clock, OrkaError } from "../base/mod.ts";
import type { Engine } from "../engine/protocol.ts";

/** An answer is good for so long: a namespace that is missing may be made. */
const FRESH_MS = 10_000;

interface Answer {
  readonly askedMs: number;
  readonly isMissing: boolean;
}

export class NamespaceCheck {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #answers = new Map<string, Answer>();
  #engine: Engine | null = null;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** True only when the server said so; who may not read namespaces is told nothing of them. */
  lacks(name: string, engine: Engine | null): boolean {
    if (engine !== this.#engine) this.#answers.clear();
    this.#engine = engine;
    const known = this.#answers.get(name);
    const isFresh = known !== undefined && this.#clock.now() - known.askedMs < FRESH_MS;
    if (engine !== null && !isFresh) this.#ask(name, engine, known?.isMissing ?? false);
    return known?.isMissing ?? false;
  }

  /** The next look asks again. */
  forget(): void {
    this.#answers.clear();
  }

  #ask(name: string, engine: Engine, wasMissing: boolean): void {
    const askedMs = this.#clock.now();
    this.#answers.set(name, { askedMs, isMissing: wasMissing });
    const tell = (isMissing: boolean) => {
      if (engine !== this.#engine) return;
      this.#answers.set(name, { askedMs, isMissing });
      if (isMissing !== wasMissing) this.#onChange();
    };
    engine.read(`/api/v1/namespaces/${encodeURIComponent(name)}`).then(
      () => tell(false),
      (error) => tell(error instanceof OrkaError && error.code === "not-found"),
    );
  }
}
