import {
  isIdentity,
  isProperty,
  type Query,
  type QueryValue,
  type Term,
  TERM_KEYS,
  type TextTerm,
} from "./query.ts";

/** The query's text, which parses to the same query. */
export function printQuery(query: Query): string {
  return query.map(printTerm).join(" ");
}

export function printTerm(term: Term): string {
  if (isIdentity(term)) {
    return `${dash(term)}${TERM_KEYS[term.type][0]}:${term.values.map(printValue).join(",")}`;
  }
  if (!isProperty(term)) return printText(term);
  const key = term.type === "field" && isBareField(term)
    ? term.key
    : `${TERM_KEYS[term.type][0]}:${term.key}`;
  const operator = term.comparison === "exists" ? "" : term.comparison;
  return `${dash(term)}${key}${operator}${term.values.map(printValue).join(",")}`;
}

function dash({ negated }: { readonly negated: boolean }): string {
  return negated ? "-" : "";
}

/** A comparison needs no `field:` before it. */
function isBareField({ key, comparison }: { readonly key: string; readonly comparison: string }): boolean {
  return comparison !== "exists" && /^[A-Za-z%][\w%./-]*$/.test(key);
}

function printValue({ text, glob }: QueryValue): string {
  const plain = glob ? true : /^[^\s,"*?=<>]+$/.test(text);
  return plain ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function printText({ negated, match, text }: TextTerm): string {
  const not = negated ? "!" : "";
  switch (match) {
    case "fuzzy":
      return negated ? `!'${text}` : text;
    case "exact":
      return not + (needsQuotes(text) ? quoted(text) : negated ? text : `'${text}`);
    case "prefix":
      return `${not}^${text}`;
    case "suffix":
      return `${not}${text}$`;
    case "equal":
      return `${not}^${text}$`;
  }
}

/** Text that would mean something else as a bare word. */
function needsQuotes(text: string): boolean {
  return /[\s"]|^['^!]|\$$/.test(text) || text === "|";
}
