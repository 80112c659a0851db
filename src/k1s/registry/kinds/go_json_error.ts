/** What Go's encoding/json says first of a text that is no object. */

/** null for a text that is an object, or null. */
export function parseProblem(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Scanner(text).problem() ?? END;
  }
  if (value === null || typeof value === "object" && !Array.isArray(value)) return null;
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}

const END = "unexpected end of JSON input";
const MAX_DEPTH = 10_000;
const LITERALS = ["true", "false", "null"];
const ESCAPES = '"\\/bfnrt';

/** Throws itself out of a text at its first wrong character. */
class Wrong extends Error {}

/** What comes next: a value, a key and its value, whatever follows a value, or nothing. */
type Expected = "value" | "member" | "more" | "end";

class Scanner {
  readonly #text: string;
  #at = 0;
  /** Closing brackets that are awaited, the innermost last. */
  readonly #open: ("}" | "]")[] = [];

  constructor(text: string) {
    // Go's reader is told of the end by a space
    this.#text = `${text} `;
  }

  /** The message; null where no character is wrong, as when the text ends too early. */
  problem(): string | null {
    try {
      this.#top();
      return null;
    } catch (error) {
      if (error instanceof Wrong) return error.message === "" ? null : error.message;
      throw error;
    }
  }

  #top(): void {
    let expected: Expected = "value";
    while (expected !== "end") expected = this.#step(expected);
    const char = this.#peek(true);
    if (char !== "") this.#refuse(char, "after top-level value");
  }

  #step(expected: Exclude<Expected, "end">): Expected {
    if (expected === "value") return this.#value();
    if (expected === "member") return this.#key();
    const close = this.#open.at(-1);
    if (close === undefined) return "end";
    const char = this.#peek();
    this.#at++;
    if (char === ",") return close === "}" ? "member" : "value";
    if (char !== close) {
      this.#refuse(char, close === "}" ? "after object key:value pair" : "after array element");
    }
    this.#open.pop();
    return "more";
  }

  /** A value; of an object or array its opening alone. */
  #value(): Expected {
    const char = this.#peek();
    const literal = LITERALS.find((word) => word[0] === char);
    if (literal !== undefined) this.#literal(literal);
    else if (char === "-" || isDigit(char)) this.#number();
    else {
      this.#at++;
      if (char === "{" || char === "[") return this.#begin(char);
      if (char !== '"') this.#refuse(char, "looking for beginning of value");
      this.#string();
    }
    return "more";
  }

  #begin(opening: "{" | "["): Expected {
    const close = opening === "{" ? "}" : "]";
    this.#open.push(close);
    if (this.#open.length > MAX_DEPTH) throw new Wrong("exceeded max depth");
    if (this.#peek() !== close) return opening === "{" ? "member" : "value";
    this.#at++;
    this.#open.pop();
    return "more";
  }

  #key(): Expected {
    const char = this.#peek();
    this.#at++;
    if (char !== '"') this.#refuse(char, "looking for beginning of object key string");
    this.#string();
    const colon = this.#peek();
    this.#at++;
    if (colon !== ":") this.#refuse(colon, "after object key");
    return "value";
  }

  #string(): void {
    for (;;) {
      const char = this.#take();
      if (char === '"') return;
      if (char < " ") this.#refuse(char, "in string literal");
      if (char !== "\\") continue;
      const escape = this.#take();
      if (escape === "u") this.#hex();
      else if (!ESCAPES.includes(escape)) this.#refuse(escape, "in string escape code");
    }
  }

  #hex(): void {
    for (let digits = 0; digits < 4; digits++) {
      const char = this.#take();
      if (!/[0-9a-fA-F]/.test(char)) this.#refuse(char, "in \\u hexadecimal character escape");
    }
  }

  #literal(word: string): void {
    for (const expected of word) {
      const char = this.#take();
      if (char !== expected) this.#refuse(char, `in literal ${word} (expecting '${expected}')`);
    }
  }

  #number(): void {
    if (this.#text[this.#at] === "-") this.#at++;
    if (this.#text[this.#at] === "0") this.#at++;
    else this.#digits("in numeric literal");
    if (this.#text[this.#at] === ".") this.#at++, this.#digits("after decimal point in numeric literal");
    if (!/[eE]/.test(this.#text[this.#at] ?? "")) return;
    this.#at++;
    if (/[-+]/.test(this.#text[this.#at] ?? "")) this.#at++;
    this.#digits("in exponent of numeric literal");
  }

  #digits(where: string): void {
    const char = this.#take();
    if (!isDigit(char)) this.#refuse(char, where);
    while (isDigit(this.#text[this.#at] ?? "")) this.#at++;
  }

  #take(): string {
    const char = this.#text[this.#at++];
    if (char === undefined) throw new Wrong();
    return char;
  }

  /** The next character that is no space; none ends the text, which only its end may. */
  #peek(mayEnd = false): string {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
    const char = this.#text[this.#at];
    if (char === undefined && !mayEnd) throw new Wrong();
    return char ?? "";
  }

  #refuse(char: string, where: string): never {
    throw new Wrong(`invalid character ${quoted(char)} ${where}`);
  }
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9" && char.length === 1;
}

/** A byte as Go shows it in messages. */
function quoted(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const short =
    { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\\": "\\\\" }[char];
  if (short !== undefined) return `'${short}'`;
  const code = char.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return code >= 0x80 && code < 0xa0 ? `'\\u00${code.toString(16)}'` : `'${char}'`;
}
