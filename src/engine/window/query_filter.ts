import type { Resource } from "../../kube/mod.ts";
import {
  bodyNotes,
  bodyValues,
  compileRows,
  type PathColumns,
  type Query,
  readQuery,
  type RowTest,
  type TextTerm,
  unknownFields,
} from "../../search/mod.ts";
import type { Snapshot } from "../../store/mod.ts";
import { FuzzyFilter } from "./fuzzy_filter.ts";
import type { RowFilter } from "./row_filter.ts";
import type { Sliced } from "./sliced.ts";

export interface QueryFilterOptions {
  readonly nowMs: () => number;
  /** Of the view. */
  readonly resource: Resource;
  /** What was read of its objects' bodies. */
  readonly paths: PathColumns;
}

/**
 * The language of search over the rows of one view: typed terms select, text ranks where nothing else sorts. `k:` and
 * `g:` select nothing here, for a view is of one kind; a query that does not parse has no rows.
 *
 * What it asks of bodies is read by `prepare`, before rows of a snapshot are asked.
 */
export class QueryFilter {
  /** Decides the rows. */
  readonly rows: RowFilter | FuzzyFilter;
  readonly #typed: Query;
  readonly #options: QueryFilterOptions;

  constructor(text: string, options: QueryFilterOptions) {
    this.#options = options;
    const parsed = readQuery(text);
    const query = parsed.ok ? parsed.query : [];
    const terms = query.filter((term): term is TextTerm => term.type === "text");
    this.#typed = query.filter(({ type }) => type !== "text" && type !== "kind" && type !== "group");
    const rowsOf = (snapshot: Snapshot) => this.#test(snapshot);
    if (!parsed.ok) this.rows = { matches: () => false };
    else this.rows = terms.length > 0 ? new FuzzyFilter(terms, rowsOf) : new TypedFilter(rowsOf);
  }

  /** Whether bodies have to be read for it. */
  asksBodies(snapshot: Snapshot): boolean {
    return this.#values(snapshot).length > 0;
  }

  /** `slots`: the only ones that changed since it was prepared for a whole snapshot. Yields between steps of a few ms. */
  *prepare(snapshot: Snapshot, slots?: Uint32Array): Sliced<void> {
    yield* this.#options.paths.prepare(this.#values(snapshot), snapshot, { slots });
  }

  /** What a person should know of the rows; empty when nothing. */
  note(snapshot: Snapshot): string {
    const { resource, paths } = this.#options;
    const unknown = snapshot.size === 0 ? [] : unknownFields(this.#typed, [{ resource, snapshot }]);
    const columns = unknown.map((field) => `${resource.plural} have no column "${field}"`);
    return [...bodyNotes(paths), ...columns].join(" · ");
  }

  #values(snapshot: Snapshot) {
    return bodyValues(this.#typed, { resource: this.#options.resource, snapshot });
  }

  #test(snapshot: Snapshot): RowTest | boolean {
    const { resource, paths, nowMs } = this.#options;
    return compileRows(this.#typed, { resource, snapshot, nowMs: nowMs(), paths });
  }
}

class TypedFilter implements RowFilter {
  readonly #rowsOf: (snapshot: Snapshot) => RowTest | boolean;
  #snapshot: Snapshot | null = null;
  #test: RowTest | boolean = false;

  constructor(rowsOf: (snapshot: Snapshot) => RowTest | boolean) {
    this.#rowsOf = rowsOf;
  }

  matches(snapshot: Snapshot, slot: number): boolean {
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#test = this.#rowsOf(snapshot);
    }
    return typeof this.#test === "boolean" ? this.#test : this.#test(slot);
  }
}
