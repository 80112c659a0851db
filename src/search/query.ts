/** A search query as data. What the text of one looks like: parse_query.ts; what it means: docs/search.md. */

/** One value of a term; `glob` when it was written unquoted with `*` or `?` in it. */
export interface QueryValue {
  readonly text: string;
  readonly glob: boolean;
}

/** What a term compares with: `exists` has no values, an ordering has one, `=` and `!=` have any of several. */
export type Comparison = "exists" | "=" | "!=" | ">" | ">=" | "<" | "<=";

/** Terms that look at what an object is. */
export interface IdentityTerm {
  readonly type: "kind" | "group" | "namespace" | "name";
  readonly negated: boolean;
  /** Any of them. */
  readonly values: readonly QueryValue[];
}

/**
 * Terms that look at what an object says of itself. `field` is a column of its table by name (`restarts`), or a path into
 * it (`spec.nodeName`).
 */
export interface PropertyTerm {
  readonly type: "label" | "annotation" | "field";
  readonly negated: boolean;
  readonly key: string;
  readonly comparison: Comparison;
  readonly values: readonly QueryValue[];
}

/** How a word is looked for in `Kind namespace/name`, as fzf's extended search has it; anchors are those of the name. */
export type WordMatch = "fuzzy" | "exact" | "prefix" | "suffix" | "equal";

export interface TextTerm {
  readonly type: "text";
  readonly negated: boolean;
  readonly match: WordMatch;
  readonly text: string;
}

export type Term = IdentityTerm | PropertyTerm | TextTerm;

/** Every term must hold; none selects everything. */
export type Query = readonly Term[];

export function isIdentity(term: Term): term is IdentityTerm {
  return term.type === "kind" || term.type === "group" || term.type === "namespace" || term.type === "name";
}

export function isProperty(term: Term): term is PropertyTerm {
  return term.type === "label" || term.type === "annotation" || term.type === "field";
}

/** The keys that are written before a colon, the first one of each as it is printed. */
export const TERM_KEYS = {
  kind: ["k", "kind"],
  group: ["g", "group"],
  namespace: ["ns", "namespace", "n"],
  name: ["name"],
  label: ["label", "l", "labels"],
  annotation: ["anno", "annotation", "annotations"],
  field: ["field", "f"],
} as const satisfies Readonly<Record<Exclude<Term["type"], "text">, readonly string[]>>;
