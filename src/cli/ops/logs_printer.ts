/** How log entries look: text for people and pipes, JSON for programs. */
import { safeText } from "../../base/mod.ts";
import {
  fieldText,
  LineBuffer,
  type LogBlock,
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
  readonly #out = new LineBuffer();

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  /** Whether blocks can be printed as they are: nothing of the lines has to be looked at. */
  get takesBlocks(): boolean {
    const { format } = this.#options;
    return format === "raw" || (format === "text" && !this.#isShown);
  }

  /** The entries' bytes; lent until the next call. Blocks only where `takesBlocks`. */
  print(entries: readonly (LogEntry | LogBlock)[]): Uint8Array {
    this.#out.clear();
    for (const entry of entries) {
      if (entry.type === "block") this.#block(entry);
      else if (entry.type === "line") this.#line(entry);
      else this.#mark(entry);
    }
    return this.#out.bytes;
  }

  /** What stands after the last entry. */
  end(): string {
    return this.#options.format !== "json" ? "" : this.#isFirst ? "[]\n" : "\n]\n";
  }

  /** Lines are written otherwise than the container wrote them. */
  get #isShown(): boolean {
    const { format, color, isTerminal, fields } = this.#options;
    return format === "text" && (isTerminal || color || fields.length > 0);
  }

  #block({ source, bytes, isWhole }: LogBlock): void {
    const isContinued = this.#openLine === source;
    if (!isContinued) this.#closeLine();
    const prefix = this.#options.hasPrefix() ? this.#prefix(source) : undefined;
    this.#out.addLines(bytes, { prefix, isContinued, hasStamps: this.#options.timestamps });
    this.#openLine = isWhole ? null : source;
  }

  #line(line: LogLine): void {
    const { format, timestamps, fields } = this.#options;
    if (format === "json" || format === "ndjson") return this.#object(lineObject(line, fields));
    if (this.#openLine !== line.source) {
      this.#closeLine();
      if (this.#options.hasPrefix()) this.#out.add(this.#prefix(line.source));
    }
    if (this.#isShown) this.#out.add(this.#encoder.encode(this.#shown(line)));
    else this.#out.add(timestamps ? line.raw : line.bytes);
    this.#openLine = line.isWhole ? null : line.source;
    if (line.isWhole) this.#out.addByte(LINE_BREAK);
  }

  #closeLine(): void {
    if (this.#openLine !== null) this.#out.addByte(LINE_BREAK);
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

  /** Restarts, gaps and lost lines: in their place. `raw` is the container's own bytes, with no line half written. */
  #mark(mark: LogMark): void {
    const { format, color } = this.#options;
    if (format === "json" || format === "ndjson") return this.#object(markObject(mark));
    this.#closeLine();
    if (format === "raw") return;
    const text = `--- ${markText(mark)} ---`;
    this.#out.add(this.#encoder.encode(color ? `\x1b[2m${text}\x1b[0m\n` : `${text}\n`));
  }

  #object(value: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify(value);
    if (this.#options.format === "ndjson") return this.#out.add(this.#encoder.encode(`${text}\n`));
    this.#out.add(this.#encoder.encode(`${this.#isFirst ? "[\n" : ",\n"}${text}`));
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
