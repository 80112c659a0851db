/** The rows that the person marked, by uid, in the order of marking. */
import type { Row } from "../../engine/protocol.ts";

export class RowMarks {
  #rows = new Map<string, Row>();
  /** Index of the last row marked or unmarked, where a range begins. */
  #anchor = -1;

  get size(): number {
    return this.#rows.size;
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  get uids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  get anchor(): number {
    return this.#anchor;
  }

  has(uid: string): boolean {
    return this.#rows.has(uid);
  }

  toggle(row: Row, index: number): void {
    if (!this.#rows.delete(row.uid)) this.#rows.set(row.uid, row);
    this.#anchor = index;
  }

  add(rows: readonly Row[], anchor: number): void {
    for (const row of rows) this.#rows.set(row.uid, row);
    this.#anchor = anchor;
  }

  /** An object that went takes its mark along: one that comes again under its name is another. */
  drop(uids: readonly string[]): void {
    for (const uid of uids) this.#rows.delete(uid);
  }

  clear(): void {
    this.#rows.clear();
    this.#anchor = -1;
  }
}
