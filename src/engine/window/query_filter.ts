import {
  compileRows,
  PathColumns,
  type Query,
  readQuery,
  type RowTest,
  type TextTerm,
} from "../../search/mod.ts";
import type { Resource } from "../../kube/mod.ts";
import type { Snapshot } from "../../store/mod.ts";
import { FuzzyFilter } from "./fuzzy_filter.ts";
import type { RowFilter } from "./row_filter.ts";

/**
 * The language of search over the rows of one view: typed terms select, text ranks where nothing else sorts. `k:` and
 * `g:` select nothing here, for a view is of one kind; a query that does not parse has no rows.
 */
export function createQueryFilter(text: string, nowMs: () => number): RowFilter | FuzzyFilter {
  const parsed = readQuery(text);
  if (!parsed.ok) return { matches: () => false };
  const terms = parsed.query.filter((term): term is TextTerm => term.type === "text");
  const typed = parsed.query.filter(({ type }) => type !== "text" && type !== "kind" && type !== "group");
  const rowsOf = (snapshot: Snapshot) => testRows(typed, snapshot, nowMs());
  if (terms.length > 0) return new FuzzyFilter(terms, rowsOf);
  return new TypedFilter(rowsOf);
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

// Rows are asked; what their objects hold beside is for the search pane.
const NO_PATHS = new PathColumns(() => null);

function testRows(query: Query, snapshot: Snapshot, nowMs: number): RowTest | boolean {
  return compileRows(query, { resource: ANY_KIND, snapshot, nowMs, paths: NO_PATHS });
}

const ANY_KIND: Resource = {
  group: "",
  version: "",
  kind: "",
  plural: "",
  singular: "",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: [],
  preferred: true,
};
