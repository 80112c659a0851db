import type { Snapshot } from "../../store/mod.ts";
import type { Row } from "../protocol.ts";

/** The changed places of a window, and how many rows it has. */
export interface Diff {
  readonly from: number;
  readonly length: number;
  readonly changed: readonly (readonly [number, Row])[];
}

/**
 * Remembers what a reader holds of a window, by slot and epoch, and says what it lacks. Applying every diff in
 * order gives the window (protocol.ts, WindowUpdate, 2).
 */
export class WindowDiff {
  #slots: number[] = [];
  #epochs: number[] = [];
  #columns: readonly unknown[] | null = null;

  next(snapshot: Snapshot, order: Uint32Array, window: { from: number; to: number }): Diff {
    const from = Math.max(0, window.from);
    const length = Math.max(0, Math.min(order.length, window.to) - from);
    // Other columns make every cell another.
    if (this.#columns !== snapshot.columns) this.#slots = [];
    this.#columns = snapshot.columns;
    const changed: (readonly [number, Row])[] = [];
    for (let i = 0; i < length; i++) {
      const slot = order[from + i]!;
      const epoch = snapshot.changed(slot);
      if (this.#slots[i] === slot && this.#epochs[i] === epoch) continue;
      this.#slots[i] = slot;
      this.#epochs[i] = epoch;
      changed.push([i, readRow(snapshot, slot)]);
    }
    this.#slots.length = this.#epochs.length = length;
    return { from, length, changed };
  }
}

/** A row as readers get it. */
export function readRow(snapshot: Snapshot, slot: number): Row {
  const malformed = snapshot.malformed(slot);
  const row: Row = {
    uid: snapshot.uid(slot),
    namespace: snapshot.namespace(slot),
    name: snapshot.name(slot),
    cells: snapshot.columns.map((_, column) => snapshot.cell(slot, column)),
    labels: snapshot.labels(slot),
    createdMs: snapshot.createdMs(slot),
    deleting: snapshot.deleting(slot),
  };
  return malformed === "" ? row : { ...row, malformed };
}
