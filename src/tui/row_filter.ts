/**
 * What is typed after `/` as the engine's filter: a regular expression by default, `!expr` for rows that do not
 * match, `-f text` fuzzy, `-l selector` or a bare `key=value` by labels; and a text with a term such as `ns:shop` or
 * `restarts>5` in it is a query in the language of docs/search.md, as is one with a slip of such a key.
 */
import type { Filter } from "../engine/protocol.ts";
import { parseLabelSelector } from "../kube/mod.ts";
import { readQuery } from "../search/mod.ts";

export interface ParsedFilter {
  readonly filter: Filter | null;
  /** Said beside the prompt, e.g. that a broken expression is taken as plain text. */
  readonly note: string;
  /** Why the text selects nothing at all, in whole words; empty while it may. */
  readonly problem?: string;
}

const BARE_LABEL = /^[A-Za-z0-9][\w./-]*(=|==|!=)[\w.-]*(,[\w./-]+(=|==|!=)[\w.-]*)*$/;

export function parseFilter(text: string): ParsedFilter {
  const typed = text.trim();
  if (typed === "" || typed === "!" || typed === "-f" || typed === "-l") return { filter: null, note: "" };
  const fuzzy = /^-f\s+(.+)$/.exec(typed);
  if (fuzzy) return { filter: { type: "fuzzy", pattern: fuzzy[1]! }, note: "fuzzy" };
  const labels = /^-l(?!\w*:)\s*(.+)$/.exec(typed)?.[1] ?? (BARE_LABEL.test(typed) ? typed : undefined);
  if (labels !== undefined) return parseLabels(labels);
  const query = parseTyped(typed);
  if (query !== null) return query;
  const inverse = typed.startsWith("!");
  return parseExpression(inverse ? typed.slice(1).trim() : typed, inverse);
}

/** The start of a term with a key or a comparison. */
const TYPED_TERM = /(^|\s)-?(k|kind|g|group|ns|n|namespace|name|labels?|l|anno|annotations?|field|f):/i;
const COMPARISON = /(^|\s)-?[A-Za-z%][\w%./-]*(>=?|<=?|!=|=)\S/;

/** A text that is all words is no query, so that a plain expression means what it means in k9s. */
function parseTyped(typed: string): ParsedFilter | null {
  const parsed = readQuery(typed);
  // `lable:app` is pointed at as search does; `a:b|c` and `system:node` are expressions.
  const isSlip = !parsed.ok && parsed.problem.meant !== undefined;
  if (!isSlip && !TYPED_TERM.test(typed) && !COMPARISON.test(typed)) return null;
  if (parsed.ok && parsed.query.every(({ type }) => type === "text")) return null;
  const filter: Filter = { type: "query", query: typed };
  if (parsed.ok) return { filter, note: "query" };
  const { message, column, length, meant } = parsed.problem;
  if (meant !== undefined) {
    const slip = typed.slice(column, column + length);
    const problem = `Unknown key "${slip}" at column ${
      column + 1
    }: ${meant}: is one, ${slip}[:] makes it text`;
    return { filter, note: `unknown key: ${meant}: is meant?`, problem };
  }
  return { filter, note: "not a query", problem: `Not a query: ${message} at column ${column + 1}` };
}

function parseLabels(selector: string): ParsedFilter {
  const filter: Filter = { type: "labels", selector };
  try {
    parseLabelSelector(selector);
    return { filter, note: "labels" };
  } catch (error) {
    return {
      filter,
      note: "not a label selector",
      problem: `Not a label selector: ${(error as Error).message}`,
    };
  }
}

function parseExpression(expression: string, inverse: boolean): ParsedFilter {
  const isValid = isExpression(expression);
  const pattern = isValid ? expression : expression.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const notes = [...(inverse ? ["not matching"] : []), ...(isValid ? [] : ["taken as plain text"])];
  return { filter: { type: "regex", pattern, inverse }, note: notes.join(", ") };
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The expression that a filter's hits are highlighted with, or null. Case counts only when the filter has an
 * upper-case letter, as in the engine.
 */
export function filterHighlight(filter: Filter | null): RegExp | null {
  if (filter?.type !== "regex" || filter.inverse) return null;
  try {
    return new RegExp(filter.pattern, "gi");
  } catch {
    return null;
  }
}
