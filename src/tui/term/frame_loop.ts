/**
 * When to draw. Immediate mode: any change calls `invalidate`, a frame draws everything, the screen writes
 * what differs.
 *
 * 1. At most one frame per `minFrameMs`; the first after a pause comes at once.
 * 2. While a frame is still being written no other is drawn: a slow terminal drops frames, never queues them.
 * 3. Nothing invalidated: no timer, no work.
 */
import { type Clock, systemClock } from "../../base/mod.ts";
import type { Canvas } from "./canvas.ts";
import type { Screen } from "./screen.ts";

export interface FrameLoopOptions {
  readonly screen: Screen;
  readonly draw: (canvas: Canvas) => void;
  /** Writes one frame; resolves when the terminal has taken it. */
  readonly write: (text: string) => Promise<void>;
  /** Told once of a failed draw or write; the loop has stopped by then. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly minFrameMs?: number;
}

export interface FrameStats {
  /** Frames written, and characters in them. */
  readonly frames: number;
  readonly characters: number;
  /** Frames drawn that changed nothing. */
  readonly empty: number;
  /** Drawing and comparing of the last frame, milliseconds. */
  readonly drawMs: number;
  /** From starting to draw until the terminal had taken the last frame, milliseconds. */
  readonly writeMs: number;
}

type State = "idle" | "scheduled" | "drawing" | "writing" | "stopped";

export class FrameLoop {
  readonly #options: FrameLoopOptions;
  readonly #clock: Clock;
  readonly #minFrameMs: number;
  #state: State = "idle";
  #isDirty = false;
  #timer: Disposable | undefined;
  #lastMs = -Infinity;
  #stats: FrameStats = { frames: 0, characters: 0, empty: 0, drawMs: 0, writeMs: 0 };

  constructor(options: FrameLoopOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#minFrameMs = options.minFrameMs ?? 12;
  }

  get stats(): FrameStats {
    return this.#stats;
  }

  /** Something changed; a frame follows. Cheap to call many times. */
  invalidate(): void {
    if (this.#state === "stopped") return;
    this.#isDirty = true;
    if (this.#state === "idle") this.#schedule();
  }

  /** The terminal shows something else (a child ran, a resize, ctrl+l): the next frame repaints all of it. */
  repaint(): void {
    this.#options.screen.invalidate();
    this.invalidate();
  }

  /** No frame comes after this. */
  stop(): void {
    this.#state = "stopped";
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Draws now, unless a frame is being written. For the first frame, and tests. */
  frame(): void {
    if (this.#state !== "idle" && this.#state !== "scheduled") return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#state = "drawing";
    this.#isDirty = false;
    const startMs = this.#lastMs = this.#clock.monotonic();
    let out: string;
    try {
      this.#options.draw(this.#options.screen.begin());
      out = this.#options.screen.flush();
    } catch (error) {
      return this.#fail(error);
    }
    const drawMs = this.#clock.monotonic() - startMs;
    if (out !== "") return this.#write(out, { startMs, drawMs });
    this.#stats = { ...this.#stats, drawMs, empty: this.#stats.empty + 1 };
    this.#settle();
  }

  #write(out: string, { startMs, drawMs }: { startMs: number; drawMs: number }): void {
    this.#state = "writing";
    const { frames, characters } = this.#stats;
    this.#stats = { ...this.#stats, drawMs, frames: frames + 1, characters: characters + out.length };
    this.#options.write(out).then(() => {
      this.#stats = { ...this.#stats, writeMs: this.#clock.monotonic() - startMs };
      this.#settle();
    }, (error) => this.#fail(error));
  }

  #settle(): void {
    if (this.#state === "stopped") return;
    this.#state = "idle";
    if (this.#isDirty) this.#schedule();
  }

  #schedule(): void {
    this.#state = "scheduled";
    const waitMs = this.#lastMs + this.#minFrameMs - this.#clock.monotonic();
    if (waitMs > 0) this.#timer = this.#clock.timer(waitMs, () => this.#due());
    else queueMicrotask(() => this.#due());
  }

  #due(): void {
    if (this.#state === "scheduled") this.frame();
  }

  #fail(error: unknown): void {
    if (this.#state === "stopped") return;
    this.stop();
    this.#options.onError?.(error);
  }
}
