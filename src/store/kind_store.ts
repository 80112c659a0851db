import type { StoreColumn } from "./columns.ts";
import type { RawStore } from "./raw_store.ts";
import type { RowInput } from "./row_input.ts";
import { RowTable, type UpsertOptions } from "./row_table.ts";
import type { Snapshot } from "./snapshot.ts";

export interface KindStoreOptions {
  readonly maxLabels?: number | null;
  /** null: no bodies are kept, as for Secrets. */
  readonly raw: RawStore | null;
}

/** One kind's rows and, where they are kept, the JSON behind them. */
export class KindStore {
  readonly #table: RowTable;
  readonly #raw: RawStore | null;

  constructor({ maxLabels = null, raw }: KindStoreOptions) {
    this.#table = new RowTable({ maxLabels });
    this.#raw = raw;
  }

  get size(): number {
    return this.#table.size;
  }

  /** The last published rows. */
  get snapshot(): Snapshot {
    return this.#table.snapshot;
  }

  get rawBytes(): number {
    return this.#raw?.bytes ?? 0;
  }

  setColumns(columns: readonly StoreColumn[]): void {
    this.#table.setColumns(columns);
  }

  hasColumns(columns: readonly StoreColumn[]): boolean {
    return this.#table.hasColumns(columns);
  }

  /** Adds or updates a row; `json` is its object without managedFields, null when only the row is known. */
  upsert(row: RowInput, json: Uint8Array | null, options: UpsertOptions): void {
    const { slot, written } = this.#table.upsert(row, options);
    if (slot < 0 || this.#raw === null) return;
    if (json !== null) this.#raw.put(slot, json);
    // What is held is of an older version now.
    else if (written) this.#raw.drop(slot);
  }

  remove(uid: string): void {
    const slot = this.#table.remove(uid);
    if (slot >= 0) this.#raw?.drop(slot);
  }

  /** Whether there is a row of the uid, as the last delta left it. */
  has(uid: string): boolean {
    return this.#table.find(uid) >= 0;
  }

  beginSweep(): void {
    this.#table.beginSweep();
  }

  sweep(): void {
    for (const slot of this.#table.sweep()) this.#raw?.drop(slot);
  }

  abandonSweep(): void {
    this.#table.abandonSweep();
  }

  publish(): Snapshot {
    return this.#table.publish();
  }

  /** The object's JSON without managedFields, or null when it is not kept. */
  rawJson(uid: string): Uint8Array | null {
    const slot = this.#table.find(uid);
    return slot < 0 ? null : this.#raw?.get(slot) ?? null;
  }

  dropRaw(): void {
    this.#raw?.clear();
  }
}
