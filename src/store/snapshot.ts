import {
  type Chunk,
  CHUNK_BITS,
  CHUNK_MASK,
  CHUNK_ROWS,
  F,
  FLAG,
  packedString,
  type Strides,
  U,
} from "./chunk.ts";
import type { CellPlace, CellValue, StoreColumn } from "./columns.ts";
import type { LabelSets, StringPool } from "./string_pool.ts";
import { uuidText } from "./uid.ts";

export interface SnapshotParts {
  readonly epoch: number;
  readonly chunks: readonly Chunk[];
  readonly strides: Strides;
  readonly columns: readonly StoreColumn[];
  readonly places: readonly CellPlace[];
  readonly pool: StringPool;
  readonly labelSets: LabelSets;
  /** Slots ever used: every slot is below it. */
  readonly slots: number;
  /** Rows alive. */
  readonly size: number;
  /** Slots written since the snapshot before, each once; null: look at all. */
  readonly changes: Uint32Array | null;
}

/**
 * One kind's rows as they were when it was published.
 *
 * 1. Nothing that it gives ever changes: later writes go to copies of its chunks.
 * 2. `epoch` is higher than that of every snapshot published before.
 * 3. A slot is a row's place; it is only stable as long as the row lives, and is given to another row later.
 */
export class Snapshot {
  readonly epoch: number;
  readonly columns: readonly StoreColumn[];
  readonly pool: StringPool;
  readonly labelSets: LabelSets;
  readonly slots: number;
  readonly size: number;
  readonly changes: Uint32Array | null;
  readonly #chunks: readonly Chunk[];
  readonly #strides: Strides;
  readonly #places: readonly CellPlace[];

  constructor(parts: SnapshotParts) {
    this.epoch = parts.epoch;
    this.columns = parts.columns;
    this.pool = parts.pool;
    this.labelSets = parts.labelSets;
    this.slots = parts.slots;
    this.size = parts.size;
    this.changes = parts.changes;
    this.#chunks = parts.chunks;
    this.#strides = parts.strides;
    this.#places = parts.places;
  }

  alive(slot: number): boolean {
    return slot < this.slots && (this.#u(slot, U.flags) & FLAG.alive) !== 0;
  }

  deleting(slot: number): boolean {
    return (this.#u(slot, U.flags) & FLAG.deleting) !== 0;
  }

  name(slot: number): string {
    return this.#chunks[slot >> CHUNK_BITS]!.names[slot & CHUNK_MASK]!;
  }

  namespace(slot: number): string {
    return this.pool.get(this.namespaceId(slot));
  }

  /** Pool number of the namespace. */
  namespaceId(slot: number): number {
    return this.#u(slot, U.namespace);
  }

  uid(slot: number): string {
    const text = this.#u(slot, U.uidText);
    if (text !== 0) return this.pool.get(text);
    const u = (i: number) => this.#u(slot, U.uid + i);
    return uuidText(u(0), u(1), u(2), u(3));
  }

  resourceVersion(slot: number): string {
    const value = this.#f(slot, F.resourceVersion);
    const text = packedString(value);
    return text < 0 ? String(value) : this.pool.get(text);
  }

  /** Epoch ms; 0 where the object carries none. */
  createdMs(slot: number): number {
    return this.#u(slot, U.created) * 1000;
  }

  /** Epoch of the row's last change. */
  changed(slot: number): number {
    return this.#u(slot, U.changed);
  }

  /** Number of the row's label set in `labelSets`. */
  labelSetId(slot: number): number {
    return this.#u(slot, U.labels);
  }

  labels(slot: number): Readonly<Record<string, string>> {
    return this.labelSets.get(this.labelSetId(slot));
  }

  /** What is wrong with the object; empty when nothing is. */
  malformed(slot: number): string {
    return this.pool.get(this.#u(slot, U.malformed));
  }

  cell(slot: number, column: number): CellValue {
    const place = this.#places[column];
    if (place === undefined) return "";
    if (place.in === "name") return this.name(slot);
    if (place.in === "u") return this.pool.get(this.#u(slot, place.at));
    const value = this.#f(slot, place.at);
    const text = packedString(value);
    return text < 0 ? value : this.pool.get(text);
  }

  /** Pool number of a cell that is text (or text in a column of times or numbers), or -1. */
  cellTextId(slot: number, column: number): number {
    const place = this.#places[column];
    if (place === undefined || place.in === "name") return -1;
    return place.in === "u" ? this.#u(slot, place.at) : packedString(this.#f(slot, place.at));
  }

  /** Slots of the rows alive, in no particular order. */
  *rows(): IterableIterator<number> {
    for (let slot = 0; slot < this.slots; slot++) if (this.alive(slot)) yield slot;
  }

  /** Estimated bytes of rows, names and strings. */
  get bytes(): number {
    const row = this.#strides.u * 4 + this.#strides.f * 8;
    let names = 0;
    for (const chunk of this.#chunks) for (const name of chunk.names) names += name.length;
    // A name's string header and its slot in the array: 24 bytes.
    return this.#chunks.length * CHUNK_ROWS * (row + 24) + names + this.pool.bytes + this.labelSets.bytes;
  }

  #u(slot: number, field: number): number {
    return this.#chunks[slot >> CHUNK_BITS]!.u[(slot & CHUNK_MASK) * this.#strides.u + field]!;
  }

  #f(slot: number, field: number): number {
    return this.#chunks[slot >> CHUNK_BITS]!.f[(slot & CHUNK_MASK) * this.#strides.f + field]!;
  }
}
