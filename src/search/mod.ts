/**
 * Search: one language for the session's filters, its search pane and `orka search`, and an index that answers it at
 * 100,000 objects within a frame. It knows nothing of servers, feeds and views.
 *
 * Vocabulary: a query is a list of terms that must all hold; identity and property terms select, text terms rank as
 * fzf does; a collection is one kind's snapshot; an object's text is `Kind namespace/name`.
 *
 * Data flow: text -> parseQuery -> Query; Snapshot -> SearchIndex.update -> settle -> search(Query) -> Answer.
 */
export * from "./query.ts";
export { type ParsedQuery, parseQuery, type QueryProblem, readQuery } from "./parse_query.ts";
export { printQuery, printTerm } from "./print_query.ts";
export { admitsKind, kindTerms, namesKind, onlyNamespace } from "./kind_match.ts";
export { type Answer, type AskOptions, type Collection, type Hit, SearchIndex, textPrefix } from "./index.ts";
export { compileRows, type RowContext, type RowTest } from "./row_terms.ts";
export { type BodyValue, bodyValues } from "./body_values.ts";
export { findColumn } from "./columns.ts";
export { bodyNotes, unknownFields } from "./notes.ts";
export { PathColumns, type PathColumnsOptions, type ReadBody } from "./path_columns.ts";
export { matchText, type NamedText, type TextMatch } from "./text/match_text.ts";
export { encodeText, patternCodes } from "./text/alphabet.ts";
export { Scorer } from "./text/scorer.ts";
