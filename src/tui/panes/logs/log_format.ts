/** How a line of a log is written: time, source, then the line itself or its fields in columns. */
import { textWidth } from "../../../base/mod.ts";
import {
  fieldText,
  type LogLevel,
  type LogLine,
  type LogMark,
  type LogSource,
  pickField,
} from "../../../ops/mod.ts";
import type { TokenName } from "../../term/mod.ts";
import { displayLine, type Segment, type StyledLine } from "../../widgets/mod.ts";
import type { BufferEntry } from "./log_buffer.ts";

export interface LogLook {
  readonly timestamps: boolean;
  /** Structured lines by their fields instead of as they came. */
  readonly columns: boolean;
  /** The fields that columns show; empty: level, message, then the rest by name. */
  readonly fields: readonly string[];
}

/** Told apart from a level's own colours. */
const SOURCE_TOKENS: readonly TokenName[] = [
  "accent",
  "string",
  "number",
  "bool",
  "anchor",
  "changed",
  "info",
  "ok",
];
const LEVEL_TOKENS: Readonly<Partial<Record<LogLevel, TokenName>>> = {
  trace: "dim",
  debug: "dim",
  warn: "warn",
  error: "error",
  fatal: "error",
};
/** Longer names are shown whole, the columns behind them just begin later. */
const MAX_PAD = 44;
const MAX_COLUMN = 40;
/** Colours and cursor moves that programs write for a terminal of their own. */
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))/g;
/** Fields that stand in columns of their own, so that the rest does not repeat them. */
const TIMES = ["time", "ts", "timestamp", "@timestamp", "datetime"];

export class LogFormat {
  look: LogLook = { timestamps: false, columns: false, fields: [] };
  /** Whose lines these are; with several each line names its own. */
  #sources = new Map<string, LogSource>();
  #pad = 0;
  /** Widths of picked columns so far. */
  #widths = new Map<string, number>();

  get sources(): readonly LogSource[] {
    return [...this.#sources.values()];
  }

  learn(source: LogSource): void {
    if (this.#sources.has(source.id)) return;
    this.#sources.set(source.id, source);
    this.#pad = Math.min(MAX_PAD, Math.max(0, ...this.sources.map((one) => textWidth(this.#name(one)))));
  }

  text(entry: BufferEntry): string {
    return this.segments(entry).map(({ text }) => text).join("");
  }

  segments(entry: BufferEntry): StyledLine {
    if (entry.type === "note") return [{ text: `──── ${entry.text} ────`, token: "mark" }];
    if (entry.type === "mark") return markLine(entry, this.#sources.size > 1);
    const head: Segment[] = [];
    if (this.look.timestamps) head.push({ text: `${timeText(entry)} `, token: "dim" });
    if (this.#sources.size > 1) head.push(...this.#sourceSegments(entry.source));
    const body = this.look.columns ? this.#columns(entry) : null;
    return [...head, ...(body ?? [{ text: clean(entry.text), token: levelToken(entry) }])];
  }

  #name({ pod, container }: LogSource): string {
    const several = this.sources.some((other) => other.pod === pod && other.container !== container);
    return several ? `${pod}/${container}` : pod;
  }

  #sourceSegments(source: LogSource): readonly Segment[] {
    const name = this.#name(source);
    const pad = " ".repeat(Math.max(0, this.#pad - textWidth(name)));
    return [{ text: name + pad, token: sourceToken(source) }, { text: " │ ", token: "dim" }];
  }

  /** Null for a line without fields: it stays as it is. */
  #columns(line: LogLine): readonly Segment[] | null {
    const { fields } = line;
    if (fields === null) return null;
    if (this.look.fields.length > 0) return this.#picked(line);
    const message = fieldText(pickField(fields, "msg") ?? "");
    const level = (line.level ?? "").toUpperCase().padEnd(5);
    const said = new Set<unknown>([pickField(fields, "msg"), pickField(fields, "level")]);
    const rest = [...fields].filter(([name, value]) => !said.has(value) && !TIMES.includes(name));
    return [
      { text: `${level} `, token: levelToken(line) ?? "ok" },
      { text: clean(message) },
      ...rest.flatMap(([name, value]): Segment[] => [
        { text: `  ${clean(name)}=`, token: "dim" },
        { text: clean(fieldText(value)), token: "string" },
      ]),
    ];
  }

  #picked(line: LogLine): readonly Segment[] {
    return this.look.fields.map((name, at, { length }): Segment => {
      const value = pickField(line.fields!, name);
      const text = value === undefined ? "" : clean(fieldText(value));
      const width = Math.min(MAX_COLUMN, Math.max(this.#widths.get(name) ?? 0, textWidth(text)));
      this.#widths.set(name, width);
      const pad = at === length - 1 ? "" : " ".repeat(Math.max(0, width - textWidth(text)) + 2);
      return {
        text: text + pad,
        token: name === "level" ? levelToken(line) ?? "ok" : at === 0 ? "accent" : undefined,
      };
    });
  }
}

/** Safe for a screen: terminal colours of the program's own are left out, everything else unsafe is a visible glyph. */
function clean(text: string): string {
  return displayLine(text.includes("\x1b") ? text.replace(ESCAPES, "") : text);
}

function levelToken({ level }: LogLine): TokenName | undefined {
  return level === null ? undefined : LEVEL_TOKENS[level];
}

export function sourceToken({ hue }: LogSource): TokenName {
  return SOURCE_TOKENS[hue % SOURCE_TOKENS.length]!;
}

/** UTC to the millisecond, as wide for every line. */
function timeText({ ms }: Pick<LogLine, "ms">): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : " ".repeat(24);
}

const MARK_TOKENS: Readonly<Partial<Record<LogMark["kind"], TokenName>>> = {
  dropped: "error",
  gap: "error",
  failed: "error",
  restarted: "warn",
  reconnecting: "warn",
  left: "warn",
};

const MARK_WORDS: Readonly<Record<LogMark["kind"], string>> = {
  joined: "joined",
  waiting: "waiting",
  restarted: "restarted",
  ended: "ended",
  left: "gone",
  reconnecting: "connection lost",
  reconnected: "connected again",
  dropped: "lines lost here",
  gap: "lines may be missing here",
  failed: "failed",
};

function markLine({ kind, source, text, count }: LogMark, several: boolean): StyledLine {
  const who = source === null ? "" : several ? `${source.pod}/${source.container} ` : `${source.container} `;
  const what = count === undefined ? MARK_WORDS[kind] : `${count} ${MARK_WORDS[kind]}`;
  const why = text === "" ? "" : `: ${text}`;
  return [{ text: clean(`── ${who}${what}${why} ──`), token: MARK_TOKENS[kind] ?? "dim" }];
}
