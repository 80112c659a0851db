/** How log entries look: text for people and pipes, JSON for programs. */
import { safeText } from "../../base/mod.ts";
import {
  fieldText,
  type LogEntry,
  type LogLevel,
  type LogLine,
  type LogMark,
  type LogSource,
  pickField,
} from "../../ops/mod.ts";

export interface LogPrinterOptions {
  readonly format: "text" | "raw" | "json" | "ndjson";
  readonly color: boolean;
  /** Controls are made visible. */
  readonly isTerminal: boolean;
  readonly timestamps: boolean;
  /** Asked for each line: pods may join. */
  readonly hasPrefix: () => boolean;
  /** Empty: whole lines. */
  readonly fields: readonly string[];
  readonly highlight: readonly RegExp[];
}

const LINE_BREAK = 10;

/** SGR codes that read well on light and dark. */
const HUES = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];
const LEVEL_COLORS: Readonly<Record<LogLevel, string>> = {
  trace: "2",
  debug: "2",
  info: "",
  warn: "33",
  error: "31",
  fatal: "1;31",
};
/** Colours that a program gave its own lines. */
// deno-lint-ignore no-control-regex
const SGR = /\x1b\[[0-9;:]*m/g;

export class LogPrinter {
  readonly #options: LogPrinterOptions;
  readonly #encoder = new TextEncoder();
  readonly #prefixes = new Map<string, Uint8Array>();
  #isFirst = true;
  /** Whose line has no line break yet: nobody else's may go on in it. */
  #openLine: LogSource | null = null;
  #out = new Uint8Array(256 * 1024);
  #used = 0;

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  /** The entries' bytes; lent until the next call. */
  print(entries: readonly LogEntry[]): Uint8Array {
    this.#used = 0;
    for (const entry of entries) {
      if (entry.type === "line") this.#line(entry);
      else this.#mark(entry);
    }
    return this.#out.subarray(0, this.#used);
  }

  /** What stands after the last entry. */
  end(): string {
    return this.#options.format !== "json" ? "" : this.#isFirst ? "[]\n" : "\n]\n";
  }

  #line(line: LogLine): void {
    const { format, color, isTerminal, fields } = this.#options;
    if (format === "json" || format === "ndjson") return this.#object(lineObject(line, fields));
    const isContinued = this.#openLine === line.source;
    if (!isContinued) {
      this.#closeLine();
      if (this.#options.hasPrefix()) this.#add(this.#prefix(line.source));
    }
    const isShown = format === "text" && (isTerminal || color || fields.length > 0);
    if (isShown) this.#add(this.#encoder.encode(this.#shown(line)));
    else {
      const raw = this.#options.timestamps ? line.raw : line.bytes;
      this.#add(raw);
    }
    this.#openLine = line.isWhole ? null : line.source;
    if (line.isWhole) this.#addByte(LINE_BREAK);
  }

  #closeLine(): void {
    if (this.#openLine !== null) this.#addByte(LINE_BREAK);
    this.#openLine = null;
  }

  #shown(line: LogLine): string {
    const { timestamps, color, fields } = this.#options;
    const stamp = timestamps && line.stamp !== "" ? `${line.stamp} ` : "";
    const text = fields.length === 0 || line.fields === null ? line.text : pickedText(line, fields);
    const clean = this.#options.isTerminal ? visible(text) : text;
    if (!color) return stamp + clean;
    const sgr = line.level === null ? "" : LEVEL_COLORS[line.level];
    const lit = highlighted(clean, this.#options.highlight, sgr);
    const body = sgr === "" ? lit : `\x1b[${sgr}m${lit}\x1b[0m`;
    return stamp === "" ? body : `\x1b[2m${stamp}\x1b[0m${body}`;
  }

  /** Restarts, gaps and lost lines: in their place. `raw` is the container's own bytes alone. */
  #mark(mark: LogMark): void {
    const { format, color } = this.#options;
    if (format === "raw") return;
    if (format !== "text") return this.#object(markObject(mark));
    this.#closeLine();
    const text = `--- ${markText(mark)} ---`;
    this.#add(this.#encoder.encode(color ? `\x1b[2m${text}\x1b[0m\n` : `${text}\n`));
  }

  #object(value: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify(value);
    if (this.#options.format === "ndjson") return this.#add(this.#encoder.encode(`${text}\n`));
    this.#add(this.#encoder.encode(`${this.#isFirst ? "[\n" : ",\n"}${text}`));
    this.#isFirst = false;
  }

  /** kubectl's: `[pod/web-0/main] `. */
  #prefix(source: LogSource): Uint8Array {
    let prefix = this.#prefixes.get(source.id);
    if (prefix === undefined) {
      const text = `[pod/${source.pod}/${source.container}]`;
      const hue = HUES[source.hue % HUES.length]!;
      prefix = this.#encoder.encode(this.#options.color ? `\x1b[${hue}m${text}\x1b[0m ` : `${text} `);
      this.#prefixes.set(source.id, prefix);
    }
    return prefix;
  }

  #add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#out.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #addByte(byte: number): void {
    this.#reserve(1);
    this.#out[this.#used++] = byte;
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#used + count));
    grown.set(this.#out.subarray(0, this.#used));
    this.#out = grown;
  }
}

/** Whether the mark stands between lines; the others are notes about the stream. */
export function isInPlace({ kind }: LogMark): boolean {
  return kind === "restarted" || kind === "dropped" || kind === "gap";
}

/** `web-0/main restarted: exit code 1 (Error)`. */
export function markText({ kind, source, text }: LogMark): string {
  const who = source === null ? "" : `${source.pod}/${source.container} `;
  const what = kind === "dropped" || kind === "gap" ? "" : kind === "restarted" ? "restarted" : kind;
  const why = text === "" ? "" : what === "" ? text : `: ${text}`;
  return safeText(`${who}${what}${why}`);
}

function visible(text: string): string {
  const plain = text.includes("\x1b") ? text.replace(SGR, "") : text;
  return plain.includes("\t") ? plain.split("\t").map(safeText).join("\t") : safeText(plain);
}

function pickedText(line: LogLine, names: readonly string[]): string {
  const values = names.map((name) => {
    const value = pickField(line.fields!, name);
    return value === undefined ? "" : fieldText(value).replaceAll("\n", "\\n");
  });
  return values.filter((value) => value !== "").join(" ");
}

function highlighted(text: string, patterns: readonly RegExp[], sgr: string): string {
  let lit = text;
  for (const pattern of patterns) {
    const all = new RegExp(pattern.source, `${pattern.flags}g`);
    const back = sgr === "" ? "" : `\x1b[${sgr}m`;
    lit = lit.replace(all, (match) => match === "" ? "" : `\x1b[1;7m${match}\x1b[0m${back}`);
  }
  return lit;
}

function lineObject(line: LogLine, names: readonly string[]): Readonly<Record<string, unknown>> {
  const { source } = line;
  const fields = line.fields === null
    ? null
    : names.length === 0
    ? Object.fromEntries(line.fields)
    : Object.fromEntries(names.map((name) => [name, pickField(line.fields!, name)]));
  return {
    time: line.stamp,
    namespace: source.namespace,
    pod: source.pod,
    container: source.container,
    ...(line.level === null ? {} : { level: line.level }),
    text: line.text,
    ...(fields === null ? {} : { fields }),
  };
}

function markObject({ kind, source, text, ms, count }: LogMark): Readonly<Record<string, unknown>> {
  return {
    time: ms > 0 ? new Date(ms).toISOString() : "",
    ...(source === null ? {} : { namespace: source.namespace, pod: source.pod, container: source.container }),
    mark: kind,
    text,
    ...(count === undefined ? {} : { count }),
  };
}
