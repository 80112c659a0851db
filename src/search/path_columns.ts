import type { Snapshot } from "../store/mod.ts";
import type { BodyValue } from "./body_values.ts";

/** Gives an object's JSON without managedFields, or null where it is not held. */
export type ReadBody = (uid: string) => Uint8Array | null;

/** null: the body was not there to be read. */
type Values = readonly string[] | null;

interface Held {
  /** Epoch up to which rows were read. */
  epoch: number;
  readonly bySlot: Map<number, Values>;
}

const decoder = new TextDecoder();

export interface PathColumnsOptions {
  /** Annotations of one object that are looked at, the first ones by name. Default: all. */
  readonly maxAnnotations?: number | null | undefined;
}

/**
 * Values inside the objects of one kind, read once and again only of objects that changed. Reading a body costs
 * 0.1 ms, so `prepare` yields.
 */
export class PathColumns {
  readonly #readBody: ReadBody;
  readonly #maxAnnotations: number;
  readonly #columns = new Map<string, Held>();
  /** Rows whose body was not there when it was asked for. */
  readonly #unread = new Set<number>();
  /** Annotations that were not looked at, by slot. */
  readonly #leftOut = new Map<number, number>();
  #reads = 0;

  constructor(readBody: ReadBody, { maxAnnotations }: PathColumnsOptions = {}) {
    this.#readBody = readBody;
    this.#maxAnnotations = maxAnnotations ?? Infinity;
  }

  /**
   * Reads values, and forgets all others; false when some object's body is not held. `slots`: the only ones that changed
   * since the same values were read of a whole snapshot.
   */
  *prepare(
    values: readonly BodyValue[],
    snapshot: Snapshot,
    { slots }: { readonly slots?: Uint32Array | undefined } = {},
  ): Generator<void, boolean, void> {
    this.#keep(values);
    if (values.length === 0) return true;
    let read = 0;
    for (const slot of slots ?? Array.from({ length: snapshot.slots }, (_, at) => at)) {
      if (!snapshot.alive(slot)) this.#forget(slot);
      else if (this.#readRow(values, snapshot, slot) && (++read & 31) === 0) yield;
    }
    for (const { key } of values) this.#held(key).epoch = snapshot.epoch;
    return this.isWhole;
  }

  /** Whether every object's body was there that was asked for. */
  get isWhole(): boolean {
    return this.#unread.size === 0;
  }

  /** Annotations that were not looked at because their object has too many. */
  get annotationsLeftOut(): number {
    return this.#leftOut.values().reduce((sum, count) => sum + count, 0);
  }

  /** How many values were read or lost: while it stands, so do all of them. */
  get reads(): number {
    return this.#reads;
  }

  /** null: not known. */
  values(key: string, slot: number): Values {
    return this.#columns.get(key)?.bySlot.get(slot) ?? null;
  }

  #keep(values: readonly BodyValue[]): void {
    for (const key of this.#columns.keys()) {
      if (!values.some((value) => value.key === key)) this.#columns.delete(key);
    }
    if (values.length > 0) return;
    this.#unread.clear();
    this.#leftOut.clear();
  }

  #forget(slot: number): void {
    this.#unread.delete(slot);
    this.#leftOut.delete(slot);
    for (const { bySlot } of this.#columns.values()) bySlot.delete(slot);
  }

  /** Whether there was anything to read. */
  #readRow(values: readonly BodyValue[], snapshot: Snapshot, slot: number): boolean {
    const stale = values.filter(({ key }) => this.#isStale(key, snapshot, slot));
    if (stale.length === 0) return false;
    const body = this.#object(snapshot.uid(slot), slot);
    if (body === null) this.#unread.add(slot);
    else this.#unread.delete(slot);
    for (const value of stale) {
      const { bySlot } = this.#held(value.key);
      if (body !== null || bySlot.get(slot) !== null) this.#reads++;
      bySlot.set(slot, body === null ? null : value.read(body));
    }
    return true;
  }

  #held(key: string): Held {
    let held = this.#columns.get(key);
    if (held === undefined) this.#columns.set(key, held = { epoch: -1, bySlot: new Map() });
    return held;
  }

  #isStale(key: string, snapshot: Snapshot, slot: number): boolean {
    const held = this.#held(key);
    return snapshot.changed(slot) > held.epoch || (held.bySlot.get(slot) ?? null) === null;
  }

  #object(uid: string, slot: number): unknown {
    const json = this.#readBody(uid);
    this.#leftOut.delete(slot);
    if (json === null) return null;
    try {
      return this.#withoutMany(JSON.parse(decoder.decode(json)), slot);
    } catch {
      return {}; // No JSON, no values: the row says itself what is wrong with it.
    }
  }

  /** The object without the annotations past the cap. */
  #withoutMany(object: unknown, slot: number): unknown {
    if (this.#maxAnnotations === Infinity) return object ?? {};
    const { metadata } = (object ?? {}) as { metadata?: { annotations?: Record<string, unknown> } };
    const names = Object.keys(metadata?.annotations ?? {}).sort();
    if (names.length <= this.#maxAnnotations) return object ?? {};
    const { annotations } = metadata!;
    this.#leftOut.set(slot, names.length - this.#maxAnnotations);
    const kept = names.slice(0, this.#maxAnnotations).map((name) => [name, annotations![name]]);
    return { ...object as object, metadata: { ...metadata, annotations: Object.fromEntries(kept) } };
  }
}
