import {
  type Chunk,
  CHUNK_BITS,
  CHUNK_MASK,
  CHUNK_ROWS,
  copyChunk,
  F,
  FLAG,
  newChunk,
  packedString,
  packString,
  type Strides,
  U,
} from "./chunk.ts";
import {
  type CellPlace,
  type CellReader,
  cellReaders,
  type CellValue,
  sameColumns,
  type StoreColumn,
} from "./columns.ts";
import { type RowInput, versionNumber } from "./row_input.ts";
import { Snapshot } from "./snapshot.ts";
import { grown, LabelSets, StringPool } from "./string_pool.ts";
import { uidWords } from "./uid.ts";
import { UidIndex } from "./uid_index.ts";

export interface RowTableOptions {
  /** `ORKA_MAX_LABELS_PER_OBJ`; null: no limit. */
  readonly maxLabels?: number | null;
}

export interface UpsertOptions {
  /** Epoch ms of arrival. */
  readonly receivedMs: number;
  /**
   * Who says so. `watch` is believed unless it is older than what is held. `list` is believed where it differs. `verify` is a list taken while a
   * watch runs, which may have said newer things since: only what is newer is believed.
   */
  readonly by: "watch" | "list" | "verify";
}

/** What an upsert did: the row's slot, and whether anything was written. */
export interface Upserted {
  readonly slot: number;
  readonly written: boolean;
}

/** Garbage below this many strings is not worth a compaction. */
const COMPACT_LEAST = 8192;

/**
 * One kind's rows as the writer sees them.
 *
 * 1. Readers see nothing of a write until `publish`, then all writes since the last one at once.
 * 2. `publish` gives the same snapshot, with the same epoch, when nothing was written.
 * 3. Between `beginSweep` and `sweep`, rows listed or upserted are kept; the others go at `sweep`.
 * 4. A verified row never overwrites a newer one; no listed row brings back one removed since `beginSweep`.
 */
export class RowTable {
  readonly #maxLabels: number;
  #pool = new StringPool();
  #labelSets = new LabelSets(this.#pool);
  #columns: readonly StoreColumn[] = [];
  #places: readonly CellPlace[] = [];
  #readers: readonly CellReader[] = [];
  #strides: Strides = { u: U.cells, f: F.cells };
  #chunks: Chunk[] = [];
  /** Epoch that the next publish gets; chunks of it are the writer's own. */
  #epoch = 1;
  #slots = 0;
  #size = 0;
  #free: number[] = [];
  #index: UidIndex;
  readonly #uid = new Uint32Array(4);
  #changes: number[] = [];
  #rebuilt = false;
  #garbage = 0;
  #compactAt = COMPACT_LEAST;
  /** Sweep generation by slot. */
  #marks = new Uint32Array(1024);
  #generation = 0;
  #removedMeanwhile: Set<string> | null = null;
  #published: Snapshot;

  constructor({ maxLabels = null }: RowTableOptions = {}) {
    this.#maxLabels = maxLabels ?? Infinity;
    this.#index = this.#newIndex();
    this.#published = this.#freeze(0);
  }

  get size(): number {
    return this.#size;
  }

  get snapshot(): Snapshot {
    return this.#published;
  }

  /** Adopts a list's columns. Where they differ from the held ones every cell is empty until its row comes again. */
  setColumns(columns: readonly StoreColumn[]): void {
    if (sameColumns(columns, this.#columns)) return;
    const old = this.#strides;
    this.#columns = columns;
    this.#readers = cellReaders(columns);
    this.#layOut();
    this.#chunks = this.#chunks.map((chunk) => this.#widen(chunk, old));
    this.#rebuilt = true;
  }

  hasColumns(columns: readonly StoreColumn[]): boolean {
    return sameColumns(columns, this.#columns);
  }

  /** The slot of a uid, or -1. */
  find(uid: string): number {
    uidWords(uid, this.#uid);
    return this.#index.find(this.#uid);
  }

  upsert(row: RowInput, { receivedMs, by }: UpsertOptions): Upserted {
    const isUuid = uidWords(row.uid, this.#uid);
    let slot = this.#index.find(this.#uid);
    if (by !== "watch" && this.#removedMeanwhile?.has(row.uid)) return { slot: -1, written: false };
    if (slot >= 0) {
      this.#marks[slot] = this.#generation;
      if (!this.#supersedes(row, slot, by)) return { slot, written: false };
    } else {
      slot = this.#take();
      this.#marks[slot] = this.#generation;
      const chunk = this.#own(slot);
      chunk.u.set(this.#uid, (slot & CHUNK_MASK) * this.#strides.u + U.uid);
      this.#index.add(this.#uid, slot);
    }
    this.#write(slot, row, { receivedMs, isUuid });
    return { slot, written: true };
  }

  /** Removes a row; its slot, or -1 when there was none. */
  remove(uid: string): number {
    this.#removedMeanwhile?.add(uid);
    uidWords(uid, this.#uid);
    const slot = this.#index.find(this.#uid);
    if (slot >= 0) this.#wipe(slot);
    return slot;
  }

  beginSweep(): void {
    this.#generation++;
    this.#removedMeanwhile = new Set();
  }

  /** Removes every row not seen since `beginSweep`; returns their slots. */
  sweep(): number[] {
    const gone: number[] = [];
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#marks[slot] === this.#generation || !this.#isAlive(slot)) continue;
      this.#readUid(slot);
      this.#wipe(slot);
      gone.push(slot);
    }
    this.#removedMeanwhile = null;
    return gone;
  }

  /** Gives up a sweep: nothing is removed. */
  abandonSweep(): void {
    this.#removedMeanwhile = null;
  }

  publish(): Snapshot {
    if (this.#changes.length === 0 && !this.#rebuilt) return this.#published;
    if (this.#garbage >= this.#compactAt) this.#compact();
    this.#published = this.#freeze(this.#epoch++);
    this.#changes = [];
    this.#rebuilt = false;
    return this.#published;
  }

  #newIndex(): UidIndex {
    // The index reads through to whatever chunks the table has by then.
    const chunks = () => this.#chunks;
    const strides = () => this.#strides;
    return new UidIndex({
      get chunks() {
        return chunks();
      },
      get strideU() {
        return strides().u;
      },
    });
  }

  #layOut(): void {
    let u: number = U.cells;
    let f: number = F.cells;
    this.#places = this.#columns.map((column) => {
      if (column.format === "name") return { in: "name", at: 0 };
      const wide = column.cell === "time" || column.cell === "number";
      return wide ? { in: "f", at: f++ } : { in: "u", at: u++ };
    });
    this.#strides = { u, f };
  }

  /** A chunk in the present layout with the fixed fields of one in an older. */
  #widen(chunk: Chunk, old: Strides): Chunk {
    const wide = newChunk(this.#epoch, this.#strides);
    for (let row = 0; row < CHUNK_ROWS; row++) {
      wide.u.set(chunk.u.subarray(row * old.u, row * old.u + U.cells), row * this.#strides.u);
      // No resourceVersion: a list must not take the row for unchanged.
      wide.f[row * this.#strides.f + F.resourceVersion] = -1;
      wide.names[row] = chunk.names[row]!;
    }
    return wide;
  }

  #freeze(epoch: number): Snapshot {
    return new Snapshot({
      epoch,
      chunks: this.#chunks.slice(),
      strides: this.#strides,
      columns: this.#columns,
      places: this.#places,
      pool: this.#pool,
      labelSets: this.#labelSets,
      slots: this.#slots,
      size: this.#size,
      changes: this.#rebuilt ? null : Uint32Array.from(this.#changes),
    });
  }

  #take(): number {
    const slot = this.#free.pop() ?? this.#slots++;
    if (slot >> CHUNK_BITS === this.#chunks.length) this.#chunks.push(newChunk(this.#epoch, this.#strides));
    if (slot >= this.#marks.length) this.#marks = grown(this.#marks);
    this.#size++;
    return slot;
  }

  /** The slot's chunk, copied first when a snapshot shares it. */
  #own(slot: number): Chunk {
    const at = slot >> CHUNK_BITS;
    const chunk = this.#chunks[at]!;
    if (chunk.epoch === this.#epoch) return chunk;
    return (this.#chunks[at] = copyChunk(chunk, this.#epoch));
  }

  /** Whether a row says something new about the slot's. */
  #supersedes(row: RowInput, slot: number, by: UpsertOptions["by"]): boolean {
    // Aggregated servers, as metrics.k8s.io's, give none: nothing says that the row is the same.
    if (row.resourceVersion === "") return true;
    const held = this.#chunks[slot >> CHUNK_BITS]!.f[(slot & CHUNK_MASK) * this.#strides.f]!;
    const text = packedString(held);
    if (text >= 0) return this.#pool.get(text) !== row.resourceVersion;
    const listed = versionNumber(row.resourceVersion);
    // Versions that are no numbers can only be told apart; numbers grow.
    if (listed === null) return true;
    if (by === "watch") return listed >= held;
    return by === "list" ? listed !== held : listed > held;
  }

  #write(slot: number, row: RowInput, how: { receivedMs: number; isUuid: boolean }): void {
    const { u, f, names } = this.#own(slot);
    const at = (slot & CHUNK_MASK) * this.#strides.u;
    const atF = (slot & CHUNK_MASK) * this.#strides.f;
    names[slot & CHUNK_MASK] = row.name;
    u[at + U.uidText] = how.isUuid ? 0 : this.#pool.intern(row.uid);
    u[at + U.namespace] = this.#pool.intern(row.namespace);
    u[at + U.labels] = this.#labelSets.intern(row.labels, this.#maxLabels);
    u[at + U.created] = row.createdMs / 1000;
    u[at + U.flags] = FLAG.alive | (row.deleting ? FLAG.deleting : 0);
    u[at + U.malformed] = this.#pool.intern(row.malformed);
    f[atF + F.resourceVersion] = versionNumber(row.resourceVersion) ??
      packString(this.#pool.intern(row.resourceVersion));
    this.#writeCells(row, { u, f, at, atF, receivedMs: how.receivedMs });
    this.#touch(slot, u);
  }

  #writeCells(
    row: RowInput,
    to: { u: Uint32Array; f: Float64Array; at: number; atF: number; receivedMs: number },
  ): void {
    const context = { receivedMs: to.receivedMs, createdMs: row.createdMs };
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.in === "name") continue;
      const value = this.#readers[i]!(row.cells[i], context);
      if (place.in === "f") {
        to.f[to.atF + place.at] = this.#pack(value);
        continue;
      }
      const id = this.#pool.intern(String(value));
      const field = to.at + place.at;
      if (to.u[field] !== id && to.u[field] !== 0) this.#garbage++;
      to.u[field] = id;
    }
  }

  #pack(value: CellValue): number {
    return typeof value === "number" ? value : packString(this.#pool.intern(value));
  }

  #wipe(slot: number): void {
    this.#index.remove(this.#uid);
    const { u, names } = this.#own(slot);
    const at = (slot & CHUNK_MASK) * this.#strides.u;
    this.#touch(slot, u);
    const changed = u[at + U.changed]!;
    u.fill(0, at, at + this.#strides.u);
    u[at + U.changed] = changed;
    names[slot & CHUNK_MASK] = "";
    this.#free.push(slot);
    this.#size--;
    this.#garbage += this.#columns.length;
  }

  /** Notes a change, once a slot and epoch. */
  #touch(slot: number, u: Uint32Array): void {
    const at = (slot & CHUNK_MASK) * this.#strides.u + U.changed;
    if (u[at] === this.#epoch) return;
    u[at] = this.#epoch;
    this.#changes.push(slot);
  }

  #isAlive(slot: number): boolean {
    const { u } = this.#chunks[slot >> CHUNK_BITS]!;
    return (u[(slot & CHUNK_MASK) * this.#strides.u + U.flags]! & FLAG.alive) !== 0;
  }

  #readUid(slot: number): void {
    const at = (slot & CHUNK_MASK) * this.#strides.u + U.uid;
    this.#uid.set(this.#chunks[slot >> CHUNK_BITS]!.u.subarray(at, at + 4));
  }

  /** Moves the strings that rows still use to a new pool; the old one lives as long as its snapshots. */
  #compact(): void {
    const before = this.#pool.size;
    const [pool, sets] = [this.#pool, this.#labelSets];
    this.#pool = new StringPool();
    this.#labelSets = new LabelSets(this.#pool);
    const moved = new Uint32Array(before);
    const move = (id: number) => id === 0 ? 0 : (moved[id] ||= this.#pool.intern(pool.get(id)));
    const movedSets = new Uint32Array(sets.size);
    const moveSet = (id: number) => id === 0 ? 0 : (movedSets[id] ||= this.#labelSets.intern(sets.get(id)));
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#isAlive(slot)) this.#moveStrings(slot, move, moveSet);
    }
    this.#garbage = 0;
    // Much garbage by count can be little in truth (a status that flips): then wait longer for the next.
    const kept = this.#pool.size / before;
    this.#compactAt = kept > 0.75 ? this.#compactAt * 2 : Math.max(COMPACT_LEAST, this.#pool.size);
  }

  #moveStrings(slot: number, move: (id: number) => number, moveSet: (id: number) => number): void {
    const { u, f } = this.#own(slot);
    const at = (slot & CHUNK_MASK) * this.#strides.u;
    const atF = (slot & CHUNK_MASK) * this.#strides.f;
    for (const field of [U.uidText, U.namespace, U.malformed]) u[at + field] = move(u[at + field]!);
    for (let field: number = U.cells; field < this.#strides.u; field++) u[at + field] = move(u[at + field]!);
    u[at + U.labels] = moveSet(u[at + U.labels]!);
    for (let field = 0; field < this.#strides.f; field++) {
      const id = packedString(f[atF + field]!);
      if (id >= 0) f[atF + field] = packString(move(id));
    }
  }
}
