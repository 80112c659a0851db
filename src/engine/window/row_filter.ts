import { OrkaError } from "../../base/mod.ts";
import { type LabelSelector, matchesLabels, parseLabelSelector } from "../../kube/mod.ts";
import type { Snapshot, StringPool } from "../../store/mod.ts";
import type { Filter } from "../protocol.ts";

/** Decides rows of one kind; a filter of text remembers its answer for every distinct string. */
export interface RowFilter {
  matches(snapshot: Snapshot, slot: number): boolean;
}

/** The filter for what does not rank: see fuzzy_filter.ts and query_filter.ts. */
export function createRowFilter(filter: Exclude<Filter, { type: "fuzzy" | "query" }>): RowFilter {
  return filter.type === "labels" ? new LabelFilter(filter.selector) : new TextFilter(filter);
}

/** Whether every row that passes `next` passes `last` too, so that only those need be asked. */
export function narrows(last: Filter | null, next: Filter): boolean {
  if (last === null) return true;
  if (last.type === "fuzzy" && next.type === "fuzzy") return next.pattern.startsWith(last.pattern);
  if (last.type !== "regex" || next.type !== "regex" || last.inverse || next.inverse) return false;
  if ((next.wide ?? true) && last.wide === false) return false;
  // Only between plain texts is a longer pattern a narrower one: "a|b" and "a?" are wider than "a".
  return isPlain(last.pattern) && isPlain(next.pattern) &&
    next.pattern.toLowerCase().includes(last.pattern.toLowerCase());
}

function isPlain(pattern: string): boolean {
  return !/[\\^$.*+?()[\]{}|/]/.test(pattern);
}

/** A regular expression without case; what is none is taken as plain text, as a person means it while typing. */
function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "i");
  } catch {
    return new RegExp(RegExp.escape(pattern), "i");
  }
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/**
 * Text in any cell, the name or the namespace. A pattern with a slash is held against `namespace/name` too. Ages
 * move without the row changing, so they take no part; nor do wide columns, unless asked for.
 */
class TextFilter implements RowFilter {
  readonly #regex: RegExp;
  readonly #inverse: boolean;
  readonly #slash: boolean;
  readonly #wide: boolean;
  #pool: StringPool | null = null;
  #known = new Uint8Array(0);
  readonly #numbers = new Map<number, boolean>();

  constructor({ pattern, inverse, wide = true }: { pattern: string; inverse: boolean; wide?: boolean }) {
    this.#wide = wide;
    this.#regex = compilePattern(pattern);
    this.#inverse = inverse;
    this.#slash = pattern.includes("/");
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    return this.#found(snapshot, slot) !== this.#inverse;
  }

  #found(snapshot: Snapshot, slot: number): boolean {
    this.#remember(snapshot.pool);
    if (this.#string(snapshot.namespaceId(slot))) return true;
    for (let column = 0; column < snapshot.columns.length; column++) {
      if (!this.#wide && snapshot.columns[column]!.priority > 0) continue;
      const id = snapshot.cellTextId(slot, column);
      if (id >= 0 ? this.#string(id) : this.#number(snapshot, slot, column)) return true;
    }
    const name = snapshot.name(slot);
    if (this.#regex.test(name)) return true;
    return this.#slash && this.#regex.test(`${snapshot.namespace(slot)}/${name}`);
  }

  #string(id: number): boolean {
    const known = this.#known[id];
    if (known !== UNKNOWN && known !== undefined) return known === YES;
    // The point in time of a "since" cell is no text that anyone sees.
    const yes = this.#regex.test(this.#pool!.get(id).replace(/@\d{12,}/, ""));
    if (id >= this.#known.length) this.#growTo(id);
    this.#known[id] = yes ? YES : NO;
    return yes;
  }

  #number(snapshot: Snapshot, slot: number, column: number): boolean {
    if (snapshot.columns[column]!.cell !== "number") return false;
    const value = Number(snapshot.cell(slot, column));
    let known = this.#numbers.get(value);
    if (known === undefined) this.#numbers.set(value, known = this.#regex.test(String(value)));
    return known;
  }

  #remember(pool: StringPool): void {
    if (pool === this.#pool) return;
    this.#pool = pool;
    this.#known = new Uint8Array(pool.size + 256);
  }

  #growTo(id: number): void {
    const known = new Uint8Array(id * 2);
    known.set(this.#known);
    this.#known = known;
  }
}

/** A label selector; one that does not parse yet matches nothing. */
class LabelFilter implements RowFilter {
  readonly #selector: LabelSelector | null;
  #sets: Snapshot["labelSets"] | null = null;
  #known = new Map<number, boolean>();

  constructor(selector: string) {
    this.#selector = parseOrNull(selector);
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    if (this.#selector === null) return false;
    if (this.#sets !== snapshot.labelSets) {
      this.#sets = snapshot.labelSets;
      this.#known = new Map();
    }
    const id = snapshot.labelSetId(slot);
    let known = this.#known.get(id);
    if (known === undefined) {
      this.#known.set(id, known = matchesLabels(this.#selector, snapshot.labelSets.get(id)));
    }
    return known;
  }
}

function parseOrNull(selector: string): LabelSelector | null {
  try {
    return parseLabelSelector(selector);
  } catch (error) {
    if (error instanceof OrkaError) return null;
    throw error;
  }
}
