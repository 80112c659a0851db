import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "../kube/mod.ts";
import {
  type Comparison,
  type IdentityTerm,
  type PropertyTerm,
  type Query,
  type QueryValue,
  type Term,
  TERM_KEYS,
  type TextTerm,
  type WordMatch,
} from "./query.ts";

/** What is wrong with a query, and where. */
export interface QueryProblem {
  readonly message: string;
  /** Of the text's UTF-16 units, from 0. */
  readonly column: number;
  /** At least 1. */
  readonly length: number;
  /** The known key that an unknown one was meant to be. */
  readonly meant?: string;
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly problem: QueryProblem };

/** Parses a query; throws OrkaError `usage` whose message has the text with a caret line under what is wrong. */
export function parseQuery(text: string): Query {
  const parsed = readQuery(text);
  if (parsed.ok) return parsed.query;
  const { message, column, length } = parsed.problem;
  const carets = " ".repeat(column) + "^".repeat(length);
  throw new OrkaError("usage", `query: ${message} at column ${column + 1}\n  ${text}\n  ${carets}`);
}

/** As parseQuery, for those who read while it is typed. */
export function readQuery(text: string): ParsedQuery {
  try {
    return { ok: true, query: new QueryParser(text).parse() };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, problem: error.problem };
    throw error;
  }
}

class Failure extends Error {
  constructor(readonly problem: QueryProblem) {
    super(problem.message);
  }
}

const KEYS: ReadonlyMap<string, Exclude<Term["type"], "text">> = new Map(
  Object.entries(TERM_KEYS).flatMap(([type, keys]) =>
    keys.map((key) => [key, type as Exclude<Term["type"], "text">] as const)
  ),
);

/** The start of a term with a key: `k:`, `-ns:`. */
const KEYED = /(-?)([A-Za-z]+):/y;
/** The start of a comparison of a column: `restarts>5`, `-age<2h`, `%cpu/r>=80`. */
const COMPARED = /(-?)([A-Za-z%][\w%./-]*)(>=|<=|!=|==|>|<|=)/y;
const OPERATOR = />=|<=|!=|==|>|<|=/y;
const SPACE = /\s*/y;
/** What ends an unquoted value. */
const VALUE = /[^\s,"]*/y;
const WORD = /[^\s]+/y;
/** Key of a label, an annotation or a field; globs and brackets of paths included. */
const PROPERTY_KEY = /[^\s,"=<>!]+/y;

class QueryParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Query {
    const terms: Term[] = [];
    for (;;) {
      this.#take(SPACE);
      if (this.#at >= this.#text.length) return terms;
      terms.push(this.#term());
    }
  }

  #term(): Term {
    const start = this.#at;
    const keyed = this.#match(KEYED);
    if (keyed !== null) {
      const type = KEYS.get(keyed[2]!.toLowerCase());
      if (type !== undefined) {
        this.#at += keyed[0].length;
        return this.#keyed(type, keyed[1] === "-");
      }
      this.#refuseTypo(keyed, start);
    }
    const compared = this.#match(COMPARED);
    if (compared !== null) {
      this.#at += compared[0].length;
      return this.#property("field", compared[2]!, { negated: compared[1] === "-", operator: compared[3]! });
    }
    return this.#textTerm();
  }

  /** `lable:app` is a slip; `system:node` is a name. */
  #refuseTypo([, dash, key]: RegExpExecArray, start: number): void {
    const meant = key!.length < 4 ? undefined : nearMiss(key!.toLowerCase(), [...KEYS.keys()]);
    if (meant === undefined) return;
    this.#at = start + dash!.length;
    throw new Failure({
      message: `unknown key "${key}": ${meant}: is one, and quotes make it text`,
      column: this.#at,
      length: key!.length,
      meant,
    });
  }

  #keyed(type: Exclude<Term["type"], "text">, negated: boolean): Term {
    if (type === "label" || type === "annotation" || type === "field") {
      const key = this.#take(PROPERTY_KEY);
      if (key === "") this.#fail(`a ${type}'s key is missing`);
      const operator = this.#take(OPERATOR);
      return this.#property(type, key, { negated, operator });
    }
    return { type, negated, values: this.#values(`${type} is missing`) } satisfies IdentityTerm;
  }

  #property(
    type: PropertyTerm["type"],
    key: string,
    { negated, operator }: { negated: boolean; operator: string },
  ): PropertyTerm {
    if (operator === "") return { type, negated, key, comparison: "exists", values: [] };
    const comparison = (operator === "==" ? "=" : operator) as Comparison;
    const start = this.#at;
    const sign = this.#text[start] ?? "";
    if (/[<>=]/.test(sign)) this.#fail(`there is no comparison ${operator}${sign}; quotes make it a value`);
    const values = this.#values(`a value to compare ${key} with is missing`, type !== "field");
    if (values.length > 1 && comparison !== "=" && comparison !== "!=") {
      const length = this.#at - start;
      this.#at = start;
      this.#fail(`${comparison} takes one value`, length);
    }
    return { type, negated, key, comparison, values };
  }

  /** `a,b*,"c d"`; `blank` allows none at all, which is the empty value (`label:app=`). */
  #values(missing: string, blank = false): readonly QueryValue[] {
    const values: QueryValue[] = [];
    do {
      values.push(this.#value(blank && values.length === 0 ? null : missing));
    } while (this.#skip(","));
    return values;
  }

  #value(missing: string | null): QueryValue {
    if (this.#text[this.#at] === '"') {
      const text = this.#quoted();
      if (!/^[\s,]|^$/.test(this.#text.slice(this.#at, this.#at + 1))) {
        this.#fail("text after a closing quote");
      }
      return { text, glob: false };
    }
    const text = this.#take(VALUE);
    if (text === "" && missing !== null) this.#fail(missing);
    if (this.#text[this.#at] === '"') this.#fail("a quote inside a value");
    return { text, glob: /[*?]/.test(text) };
  }

  #quoted(): string {
    const start = this.#at++;
    let text = "";
    for (;;) {
      const next = this.#text[this.#at++];
      if (next === '"') return text;
      if (next === "\\" && this.#at < this.#text.length) text += this.#text[this.#at++];
      else if (next === undefined) {
        this.#at = start;
        this.#fail("a quote that is not closed", this.#text.length - start);
      } else text += next;
    }
  }

  #textTerm(): TextTerm {
    const start = this.#at;
    const negated = this.#skip("!");
    if (this.#text[this.#at] === '"') {
      const text = this.#quoted();
      if (text === "") {
        this.#at = start;
        this.#fail("empty quotes", 2);
      }
      if (!/^\s|^$/.test(this.#text.slice(this.#at, this.#at + 1))) this.#fail("text after a closing quote");
      return { type: "text", negated, match: "exact", text };
    }
    const word = this.#take(WORD);
    if (word === "|") {
      this.#at = start;
      this.#fail("| is not known here: ns:a,b means either of them");
    }
    return { type: "text", negated, ...this.#anchored(word, negated, start) };
  }

  #anchored(word: string, negated: boolean, start: number): { match: WordMatch; text: string } {
    // As in fzf, ! alone means exact, and !' means fuzzy.
    const quote = word.startsWith("'");
    const prefix = !quote && word.startsWith("^");
    const body = quote || prefix ? word.slice(1) : word;
    const suffix = !quote && body.endsWith("$") && body !== "$";
    const text = suffix ? body.slice(0, -1) : body;
    if (text === "") {
      this.#at = start;
      this.#fail("nothing to look for", Math.max(1, word.length + Number(negated)));
    }
    if (prefix && suffix) return { match: "equal", text };
    if (prefix) return { match: "prefix", text };
    if (suffix) return { match: "suffix", text };
    return { match: quote !== negated ? "exact" : "fuzzy", text };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #take(pattern: RegExp): string {
    const found = this.#match(pattern)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #skip(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }

  #fail(message: string, length = 1): never {
    throw new Failure({ message, column: this.#at, length: Math.max(1, length) });
  }
}
