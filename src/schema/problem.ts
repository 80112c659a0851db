/** What is wrong with a text, and where. Plain data: it is posted between Workers. */

export type ProblemKind =
  | "syntax" // not YAML
  | "not-an-object" // no apiVersion, kind or name
  | "no-schema" // a kind whose schema was not given: the rest went unchecked
  | "unknown-field"
  | "missing-field"
  | "wrong-type"
  | "duplicate" // two items of a list with the same key
  | "invalid"; // any other rule: enum, pattern, bounds, alternatives

export interface Problem {
  readonly kind: ProblemKind;
  /** A warning may be the server's to decide. */
  readonly severity: "error" | "warning";
  /** Which document of the text, from 0. */
  readonly document: number;
  /** `spec.containers[0].image`; empty for the whole document. */
  readonly path: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What was probably meant. */
  readonly hint?: string;
}

/** One document that is an object, well-formed or not. */
export interface ValidatedDocument {
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly line: number;
}

export interface ValidationReport {
  readonly documents: readonly ValidatedDocument[];
  /** In order of the text; at most 100, more only count. */
  readonly problems: readonly Problem[];
  /** Problems past the first hundred. */
  readonly more: number;
}
