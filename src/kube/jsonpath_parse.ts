/**
 * Parser of kubectl's JSONPath templates: text with `{…}` actions. A small hand-written descent; positions
 * in errors count from 1.
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { OrkaError } from "../base/mod.ts";

export type Literal = string | number | boolean;

/** One step of a path, or a piece of a template. */
export type PathNode =
  | { readonly type: "text"; readonly value: Literal }
  /** `dotted`: the steps that a bracketed name with dots stands for where no key has the whole name. */
  | { readonly type: "field"; readonly name: string; readonly dotted?: readonly string[] }
  | { readonly type: "root" } // `$` and `@`: wherever evaluation stands
  | { readonly type: "wildcard" }
  | { readonly type: "recursive" }
  | {
    readonly type: "slice";
    readonly from: number | null;
    readonly to: number | null;
    readonly step: number | null;
  }
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "union"; readonly paths: readonly Path[] }
  | { readonly type: "filter"; readonly left: Path; readonly operator: FilterOperator; readonly right: Path };

export type FilterOperator = "exists" | "==" | "!=" | "<" | ">" | "<=" | ">=";
export type Path = readonly PathNode[];

/** A template: paths and texts in order, `range` and `end` among them. */
export type TemplateNode =
  | { readonly type: "path"; readonly path: Path }
  | { readonly type: "range"; readonly path: Path; readonly body: readonly TemplateNode[] };

/** kubectl splits `['a.b']` at its dots, `['a\\.b']` not; here a key that is there as written goes first. */
function bracketedField(quoted: string): PathNode {
  const name = quoted.replace(/\\(.)/g, "$1");
  const steps = (quoted.match(/(?:\\.|[^.\\])+/g) ?? []).map((part) => part.replace(/\\(.)/g, "$1"));
  return steps.length > 1 ? { type: "field", name, dotted: steps } : { type: "field", name };
}

/** Parses a template; throws OrkaError `usage`. */
export function parseTemplate(source: string): readonly TemplateNode[] {
  return new TemplateParser(source).parse();
}

class TemplateParser {
  readonly #source: string;
  #at = 0;
  /** Bodies being filled, innermost last. */
  readonly #open: { path: Path; body: TemplateNode[] }[] = [{ path: [], body: [] }];

  constructor(source: string) {
    this.#source = source;
  }

  parse(): readonly TemplateNode[] {
    while (this.#at < this.#source.length) {
      const brace = this.#source.indexOf("{", this.#at);
      const end = brace < 0 ? this.#source.length : brace;
      if (end > this.#at) this.#add([{ type: "text", value: this.#source.slice(this.#at, end) }]);
      this.#at = end;
      if (brace >= 0) this.#action();
    }
    while (this.#open.length > 1) this.#endRange(); // kubectl takes a range without its end, too
    return this.#open[0]!.body;
  }

  #add(path: Path): void {
    this.#open.at(-1)!.body.push({ type: "path", path });
  }

  #action(): void {
    this.#at++;
    this.#space();
    const word = /^(range|end)(?=[\s}.$@[])/.exec(this.#source.slice(this.#at, this.#at + 6))?.[1];
    if (word === "end") {
      this.#at += word.length;
      this.#close();
      if (this.#open.length === 1) this.#fail("not in range, nothing to end");
      this.#endRange();
    } else if (word === "range") {
      this.#at += word.length;
      this.#space();
      const path = this.#path("}");
      this.#close();
      this.#open.push({ path, body: [] });
    } else {
      const path = this.#path("}");
      this.#close();
      this.#add(path);
    }
  }

  #endRange(): void {
    const done = this.#open.pop()!;
    this.#open.at(-1)!.body.push({ type: "range", path: done.path, body: done.body });
  }

  #close(): void {
    this.#space();
    if (this.#source[this.#at] !== "}") this.#fail("unclosed action");
    this.#at++;
  }

  /** Steps up to one of `stops`, which is not consumed. */
  #path(stops: string): Path {
    const nodes: PathNode[] = [];
    for (;;) {
      this.#space();
      const c = this.#source[this.#at];
      if (c === undefined) return this.#fail("unclosed action");
      if (stops.includes(c)) return nodes;
      nodes.push(this.#step(c, stops));
    }
  }

  #step(c: string, stops: string): PathNode {
    if (c === '"' || c === "'") return { type: "text", value: this.#quoted() };
    if (c === "$" || c === "@") {
      this.#at++;
      return { type: "root" };
    }
    if (c === "[") return this.#bracket();
    if (c === "*") {
      this.#at++;
      return { type: "wildcard" };
    }
    if (c !== ".") return this.#bare();
    this.#at++;
    const next = this.#source[this.#at];
    if (next === ".") {
      // `..name` is a recursion, then `.name`: the second dot stays unless a bracket or star follows it.
      if (/[[*]/.test(this.#source[this.#at + 1] ?? "")) this.#at++;
      return { type: "recursive" };
    }
    if (next === "*") {
      this.#at++;
      return { type: "wildcard" };
    }
    if (next === undefined || next === "[" || next === "$" || /\s/.test(next) || stops.includes(next)) {
      return { type: "root" };
    }
    return { type: "field", name: this.#fieldName() };
  }

  /** A number, `true` or `false`. */
  #bare(): PathNode {
    const word = /^[-+]?\d+(\.\d+)?(?=[\s\])},=!<>]|$)/.exec(this.#source.slice(this.#at, this.#at + 40))
      ?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return { type: "text", value: Number(word) };
    }
    const start = this.#at;
    const name = this.#fieldName();
    if (name === "") this.#fail(`unrecognized character in action: "${this.#source[start]}"`);
    if (name === "true" || name === "false") return { type: "text", value: name === "true" };
    return this.#fail(`unrecognized identifier ${name}`);
  }

  /** A field's name; a backslash takes the next character as it is. */
  #fieldName(): string {
    let name = "";
    for (; this.#at < this.#source.length; this.#at++) {
      const c = this.#source[this.#at]!;
      if (c === "\\") name += this.#source[++this.#at] ?? "";
      else if (/[\s.,[\]$@{}()=!<>'"|&]/.test(c)) break;
      else name += c;
    }
    return name;
  }

  #quoted(): string {
    const quote = this.#source[this.#at++]!;
    let text = "";
    for (;;) {
      const c = this.#source[this.#at++];
      if (c === undefined) return this.#fail("unterminated quoted string");
      if (c === quote) return text;
      text += c === "\\" ? this.#escape(quote) : c;
    }
  }

  #escape(quote: string): string {
    const c = this.#source[this.#at++] ?? this.#fail("unterminated quoted string");
    const simple: Record<string, string> = {
      n: "\n",
      t: "\t",
      r: "\r",
      a: "\x07",
      b: "\b",
      f: "\f",
      v: "\v",
    };
    if (simple[c] !== undefined) return simple[c];
    if (c === "u" || c === "x") {
      const length = c === "u" ? 4 : 2;
      const hex = this.#source.slice(this.#at, this.#at + length);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < length) this.#fail(`invalid escape \\${c}${hex}`);
      this.#at += length;
      return String.fromCharCode(parseInt(hex, 16));
    }
    return c === quote || c === "\\" ? c : `\\${c}`;
  }

  #bracket(): PathNode {
    this.#at++;
    this.#space();
    if (this.#source[this.#at] === "?") return this.#filter();
    const rest = this.#source.slice(this.#at);
    const slice = /^(-?\d*)\s*:\s*(-?\d*)(?:\s*:\s*(-?\d*))?\s*\]/.exec(rest);
    if (slice) {
      this.#at += slice[0].length;
      const number = (text: string | undefined) => text === undefined || text === "" ? null : Number(text);
      return { type: "slice", from: number(slice[1]), to: number(slice[2]), step: number(slice[3]) };
    }
    const paths: Path[] = [];
    for (;;) {
      paths.push([this.#member()]);
      this.#space();
      const c = this.#source[this.#at++];
      if (c === "]") break;
      if (c !== ",") this.#fail("unterminated array");
    }
    return paths.length === 1 ? paths[0]![0]! : { type: "union", paths };
  }

  /** What stands in brackets: `0`, `*`, `'name'`, `.name`, `name`. */
  #member(): PathNode {
    this.#space();
    const rest = this.#source.slice(this.#at, this.#at + 24);
    const index = /^-?\d+(?=\s*[\],])/.exec(rest)?.[0];
    if (index !== undefined) {
      this.#at += index.length;
      return { type: "index", index: Number(index) };
    }
    if (rest.startsWith("*")) {
      this.#at++;
      return { type: "wildcard" };
    }
    if (/^['"]/.test(rest)) return bracketedField(this.#quoted());
    if (rest.startsWith("]")) return { type: "wildcard" };
    if (rest.startsWith(".")) this.#at++;
    const name = this.#fieldName();
    return name === "" ? this.#fail("invalid array index") : { type: "field", name };
  }

  #filter(): PathNode {
    this.#at++;
    this.#space();
    if (this.#source[this.#at++] !== "(") this.#fail("a filter is [?(…)]");
    const left = this.#path(")=!<>");
    const operator = /^(==|!=|<=|>=|<|>)/.exec(this.#source.slice(this.#at, this.#at + 2))?.[1];
    let right: Path = [];
    if (operator !== undefined) {
      this.#at += operator.length;
      right = this.#path(")");
    }
    if (this.#source[this.#at++] !== ")") this.#fail("unterminated filter");
    this.#space();
    if (this.#source[this.#at++] !== "]") this.#fail("unterminated filter");
    return { type: "filter", left, operator: (operator ?? "exists") as FilterOperator, right };
  }

  #space(): void {
    while (/\s/.test(this.#source[this.#at] ?? "")) this.#at++;
  }

  #fail(problem: string): never {
    throw new OrkaError(
      "usage",
      `error parsing jsonpath ${this.#source}, ${problem} (at ${
        Math.min(this.#at, this.#source.length) + 1
      })`,
    );
  }
}
