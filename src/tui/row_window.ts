/**
 * The reader's side of a view: what the engine's updates add up to, and which cells changed just now.
 *
 * 1. Rows are what the last update left: padded or cut to its length, then its changes applied in order.
 * 2. A cell counts as changed for `CHANGED_MS` after a live update gave the same object another value there.
 */
import type { Cell, Column, FeedStatus, Row, WindowUpdate } from "../engine/protocol.ts";

/** Long enough to be seen from the corner of the eye, short enough that a busy table stays calm. */
export const CHANGED_MS = 2500;

interface Change {
  readonly cells: ReadonlySet<number>;
  readonly untilMs: number;
}

export class RowWindow {
  from = 0;
  total = 0;
  matched = 0;
  columns: readonly Column[] = [];
  status: FeedStatus | null = null;
  /** What a person should know of the filter's answer; empty when nothing. */
  note = "";
  /** Of the last update. */
  generation = -1;
  #rows: readonly (Row | undefined)[] = [];
  #changes = new Map<string, Change>();

  get rows(): readonly (Row | undefined)[] {
    return this.#rows;
  }

  /** One past the last row held. */
  get to(): number {
    return this.from + this.#rows.length;
  }

  /** The row at an index of the whole view; undefined when it is not held. */
  at(index: number): Row | undefined {
    return this.#rows[index - this.from];
  }

  /** The index of an object, or -1 when it is not in the window. */
  indexOf(uid: string): number {
    const at = this.#rows.findIndex((row) => row?.uid === uid);
    return at < 0 ? -1 : at + this.from;
  }

  apply(update: WindowUpdate, nowMs: number): void {
    const before = new Map(this.#rows.map((row) => [row?.uid ?? "", row]));
    const wasLive = this.status?.phase === "live";
    const rows = Array.from({ length: update.length }, (_, at) => this.#rows[at]);
    for (const [at, row] of update.changed) {
      if (wasLive && update.columns === undefined) this.#note(before.get(row.uid), row, nowMs);
      rows[at] = row;
    }
    this.#rows = rows;
    this.from = update.from;
    this.total = update.total;
    this.matched = update.matched;
    this.generation = update.generation;
    if (update.columns !== undefined) this.columns = update.columns;
    if (update.status !== undefined) this.status = update.status;
    if (update.note !== undefined) this.note = update.note;
  }

  /** The cells of an object that changed lately; `wakeAt` learns when they stop counting as changed. */
  changedCells(uid: string, nowMs: number, wakeAt: (atMs: number) => void): ReadonlySet<number> | null {
    const change = this.#changes.get(uid);
    if (change === undefined) return null;
    if (change.untilMs > nowMs) {
      wakeAt(change.untilMs);
      return change.cells;
    }
    this.#changes.delete(uid);
    return null;
  }

  #note(before: Row | undefined, after: Row, nowMs: number): void {
    if (before === undefined || before.uid === "") return;
    const cells = after.cells.flatMap((cell, at) => differs(cell, before.cells[at]) ? [at] : []);
    if (cells.length === 0) return;
    for (const [uid, change] of this.#changes) if (change.untilMs <= nowMs) this.#changes.delete(uid);
    this.#changes.set(after.uid, { cells: new Set(cells), untilMs: nowMs + CHANGED_MS });
  }
}

function differs(a: Cell, b: Cell | undefined): boolean {
  return b !== undefined && a !== b;
}
