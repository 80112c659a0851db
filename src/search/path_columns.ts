import type { Snapshot } from "../store/mod.ts";
import type { Query } from "./query.ts";
import { isProperty } from "./query.ts";
import { findColumn } from "./row_terms.ts";

/** Gives an object's JSON without managedFields, or null where it is not held. */
export type ReadBody = (uid: string) => Uint8Array | null;

/** null: the body was not there to be read. */
type Values = readonly string[] | null;

interface Held {
  /** Epoch up to which rows were read. */
  epoch: number;
  readonly bySlot: Map<number, Values>;
}

const NONE: readonly string[] = [];
const decoder = new TextDecoder();

/**
 * Values inside the objects of one kind, by path, read once and again only of objects that changed. Reading a body
 * costs 0.1 ms, so `prepare` yields.
 */
export class PathColumns {
  readonly #readBody: ReadBody;
  readonly #columns = new Map<string, Held>();
  #reads = 0;

  constructor(readBody: ReadBody) {
    this.#readBody = readBody;
  }

  /** Reads what a query's paths need; false when some object's body is not held. */
  *prepare(query: Query, snapshot: Snapshot): Generator<void, boolean, void> {
    const paths = pathsOf(query, snapshot);
    if (paths.length === 0) return true;
    let whole = true;
    let read = 0;
    for (const slot of [...snapshot.rows()]) {
      const stale = paths.filter((path) => this.#isStale(path, snapshot, slot));
      if (stale.length > 0) {
        const body = this.#object(snapshot.uid(slot));
        if (body === null) whole = false;
        for (const path of stale) {
          const { bySlot } = this.#held(path);
          if (body !== null || bySlot.get(slot) !== null) this.#reads++;
          bySlot.set(slot, body === null ? null : valuesAt(body, path));
        }
        if ((++read & 31) === 0) yield;
      }
    }
    for (const path of paths) this.#held(path).epoch = snapshot.epoch;
    return whole;
  }

  /** How many values were read or lost: while it stands, so do all of them. */
  get reads(): number {
    return this.#reads;
  }

  /** Forgets all but these paths. */
  keep(paths: readonly string[]): void {
    for (const path of this.#columns.keys()) if (!paths.includes(path)) this.#columns.delete(path);
  }

  /** null: not known. */
  values(path: string, _snapshot: Snapshot, slot: number): Values {
    return this.#columns.get(path)?.bySlot.get(slot) ?? null;
  }

  #held(path: string): Held {
    let held = this.#columns.get(path);
    if (held === undefined) this.#columns.set(path, held = { epoch: -1, bySlot: new Map() });
    return held;
  }

  #isStale(path: string, snapshot: Snapshot, slot: number): boolean {
    const held = this.#held(path);
    return snapshot.changed(slot) > held.epoch || (held.bySlot.get(slot) ?? null) === null;
  }

  #object(uid: string): unknown {
    const json = this.#readBody(uid);
    if (json === null) return null;
    try {
      return JSON.parse(decoder.decode(json));
    } catch {
      return {}; // No JSON, no values: the row says itself what is wrong with it.
    }
  }
}

/** The paths that a query asks of a kind's bodies. */
export function pathsOf(query: Query, snapshot: Pick<Snapshot, "columns">): readonly string[] {
  const paths = query.filter(isProperty).flatMap(({ type, key }) => {
    if (type === "annotation") return [`metadata.annotations.${key}`];
    return type === "field" && key.includes(".") && !/^metadata\.(name|namespace|uid)$/i.test(key) &&
        findColumn(snapshot, key) < 0
      ? [key]
      : [];
  });
  return [...new Set(paths)];
}

/** Scalars at a path; keys may hold dots themselves (annotations), so the longest key that is there is taken. */
function valuesAt(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path === "") return isScalar(value) ? [String(value)] : NONE;
  if (typeof value !== "object" || value === null) return NONE;
  const map = value as Readonly<Record<string, unknown>>;
  if (SECRETIVE.test(path)) return NONE;
  if (Object.hasOwn(map, path)) return valuesAt(map[path], "");
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(map, key)) return valuesAt(map[key], path.slice(dot + 1));
  }
  return NONE;
}

/** Holds a whole object in clear, a Secret's values too where a Secret was applied with kubectl. */
const SECRETIVE = /^kubectl\.kubernetes\.io\/last-applied-configuration$/;

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
