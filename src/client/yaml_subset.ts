/**
 * A strict reader for the YAML that kubeconfigs are written in: block mappings and lists, one-line flow collections,
 * plain and quoted one-line scalars, comments. It exists because loading a whole YAML parser costs more than half of
 * what a small command may take. Whatever is beyond the subset makes it give up, never guess: the whole parser reads
 * the file then, and reports its errors.
 */

/** Scalars stay text, as written; null and nothing are "". */
export type YamlValue = string | readonly YamlValue[] | { readonly [key: string]: YamlValue };

interface Line {
  readonly indent: number;
  /** Without indent, comment and trailing space. */
  readonly text: string;
}

/** Thrown inside, caught by `readYamlSubset`. */
class BeyondSubset extends Error {}

/** The document, or undefined when it is beyond the subset. */
export function readYamlSubset(source: string): YamlValue | undefined {
  try {
    const reader = new BlockReader(splitLines(source));
    return reader.document();
  } catch (error) {
    if (error instanceof BeyondSubset) return undefined;
    throw error;
  }
}

function splitLines(source: string): Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of source.split(/\r?\n/).entries()) {
    if (index === 0 && raw === "---") continue;
    // deno-lint-ignore no-control-regex
    if (/[\x00-\x08\x09\x0b-\x1f\x7f\ufeff\u0085\u2028\u2029]/.test(raw)) throw new BeyondSubset();
    const text = withoutComment(raw).trimEnd();
    const indent = text.length - text.trimStart().length;
    if (text.trim() === "") continue;
    if (indent === 0 && /^(---|\.\.\.|%)/.test(text)) throw new BeyondSubset();
    lines.push({ indent, text: text.slice(indent) });
  }
  return lines;
}

/** A `#` begins a comment at the line's start or after a space, outside quotes. */
function withoutComment(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote !== "") {
      if (c === "\\" && quote === '"') i++;
      else if (c === quote) quote = "";
    } else if ((c === '"' || c === "'") && (i === 0 || " [{,".includes(line[i - 1]!))) quote = c;
    else if (c === "#" && (i === 0 || line[i - 1] === " ")) return line.slice(0, i);
  }
  return line;
}

class BlockReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  document(): YamlValue {
    if (this.#lines.length === 0) return "";
    const value = this.#block(this.#lines[0]!.indent);
    if (this.#at < this.#lines.length) throw new BeyondSubset();
    return value;
  }

  #block(indent: number): YamlValue {
    const first = this.#lines[this.#at]!;
    if (isEntry(first.text)) return this.#list(indent);
    if (splitKey(first.text) !== null) return this.#mapping(indent);
    this.#at++;
    return readScalarOrFlow(first.text);
  }

  #list(indent: number): YamlValue {
    const items: YamlValue[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent && isEntry(line.text);) {
      const rest = line.text.slice(1);
      const inner = rest.trimStart();
      if (inner === "") {
        this.#at++;
        items.push(this.#nested(indent, false));
      } else {
        // `- name: x` opens a mapping that is indented to where `name` stands.
        const innerIndent = indent + 1 + rest.length - inner.length;
        this.#lines[this.#at] = { indent: innerIndent, text: inner };
        items.push(this.#block(innerIndent));
      }
      line = this.#lines[this.#at];
      if (line && line.indent > indent) throw new BeyondSubset();
    }
    return items;
  }

  #mapping(indent: number): YamlValue {
    const entries: Record<string, YamlValue> = Object.create(null);
    for (let line = this.#lines[this.#at]; line?.indent === indent && !isEntry(line.text);) {
      const pair = splitKey(line.text);
      if (pair === null || pair.key in entries) throw new BeyondSubset();
      this.#at++;
      entries[pair.key] = pair.rest === "" ? this.#nested(indent, true) : readScalarOrFlow(pair.rest);
      line = this.#lines[this.#at];
      if (line && line.indent > indent) throw new BeyondSubset(); // a scalar over several lines
    }
    return { ...entries };
  }

  /** What stands under a key or dash; a list may stand at its key's own indent. */
  #nested(indent: number, underKey: boolean): YamlValue {
    const next = this.#lines[this.#at];
    if (!next || next.indent < indent) return "";
    if (next.indent > indent) return this.#block(next.indent);
    return underKey && isEntry(next.text) ? this.#list(indent) : "";
  }
}

function isEntry(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

/** `key: rest` or `key:`; null when the line is no mapping entry. Quoted keys only in their plainest form. */
function splitKey(text: string): { key: string; rest: string } | null {
  const match = /^(?:([A-Za-z0-9_./][^\s:#"'{}[\],&*!|>%@`?]*)|"([^"\\]*)"|'([^']*)')\s*:(?: +(.*))?$/.exec(
    text,
  );
  return match ? { key: match[1] ?? match[2] ?? match[3] ?? "", rest: match[4] ?? "" } : null;
}

function readScalarOrFlow(text: string): YamlValue {
  const reader = new FlowReader(text);
  const value = text[0] === "{" || text[0] === "[" ? reader.value() : reader.scalar(false);
  if (!reader.done) throw new BeyondSubset();
  return value;
}

/** One line of flow: `{name: a, user: {token: "b"}}`, `[a, b]`, or a lone scalar. */
class FlowReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#text.slice(this.#at).trim() === "";
  }

  value(): YamlValue {
    this.#skip();
    if (this.#text[this.#at] === "{") return this.#mapping();
    if (this.#text[this.#at] === "[") return this.#list();
    return this.scalar(true);
  }

  scalar(inFlow: boolean): string {
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    const rest = this.#text.slice(this.#at);
    const plain = (inFlow ? /^[^,[\]{}]*/.exec(rest)![0] : rest).trimEnd();
    const odd = /^[-?:]( |$)|^[&*!|>%@`#]|^$/.test(plain) || /: |:$| #/.test(plain) ||
      /^[,[\]{}]/.test(plain);
    if (odd || (inFlow && /["':]$|^:/.test(plain))) throw new BeyondSubset();
    this.#at += plain.length;
    return /^(~|null|Null|NULL)$/.test(plain) ? "" : plain;
  }

  #quoted(quote: string): string {
    const pattern = quote === '"' ? /^"((?:[^"\\]|\\["\\/nt])*)"/ : /^'((?:[^']|'')*)'/;
    const match = pattern.exec(this.#text.slice(this.#at));
    if (!match) throw new BeyondSubset();
    this.#at += match[0].length;
    if (quote === "'") return match[1]!.replaceAll("''", "'");
    return match[1]!.replace(/\\(.)/g, (_, c) => c === "n" ? "\n" : c === "t" ? "\t" : c);
  }

  #mapping(): YamlValue {
    const entries: Record<string, YamlValue> = Object.create(null);
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#take("}")) return { ...entries };
      const key = this.#key();
      if (key in entries) throw new BeyondSubset();
      entries[key] = this.value();
      this.#skip();
      if (!this.#take(",") && this.#text[this.#at] !== "}") throw new BeyondSubset();
    }
  }

  #key(): string {
    const match = /^(?:([A-Za-z0-9_./][^\s:#"'{}[\],&*!|>%@`?]*)|"([^"\\]*)"|'([^']*)')\s*:(?=[ ])/
      .exec(this.#text.slice(this.#at));
    if (!match) throw new BeyondSubset();
    this.#at += match[0].length;
    return match[1] ?? match[2] ?? match[3] ?? "";
  }

  #list(): YamlValue {
    const items: YamlValue[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#take("]")) return items;
      items.push(this.value());
      this.#skip();
      if (!this.#take(",") && this.#text[this.#at] !== "]") throw new BeyondSubset();
    }
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #skip(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }
}
