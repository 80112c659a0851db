/** Structured lines: JSON objects and logfmt, and the levels that lines of any form carry. */

/** In the order of the line; nested values of JSON stay as they are. */
export type LogFields = ReadonlyMap<string, unknown>;

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Read as logfmt only when so many pairs are found: prose may hold one `a=b`. */
const LEAST_PAIRS = 2;

/** Longer lines stay plain: parsing them for every frame would cost more than their fields are worth. */
const LONGEST = 64 * 1024;

/** The fields of a JSON object or a logfmt line; null for anything else. */
export function readFields(text: string): LogFields | null {
  if (text.length > LONGEST) return null;
  const start = text.trimStart();
  return start.startsWith("{") ? readJson(start) : readLogfmt(start);
}

function readJson(text: string): LogFields | null {
  if (!text.trimEnd().endsWith("}")) return null;
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, unknown>));
  } catch {
    return null;
  }
}

const PAIR = /([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y;

/** Every word of the line is `key=value`; `key="quoted \"value\""`. */
function readLogfmt(text: string): LogFields | null {
  if (!text.includes("=")) return null;
  const fields = new Map<string, unknown>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const pair = PAIR.exec(text);
    if (pair === null) return null;
    fields.set(pair[1]!, unquoted(pair[2]!));
  }
  return fields.size < LEAST_PAIRS ? null : fields;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value.slice(1, -1); // an escape that JSON does not know
  }
}

/** A value as text: strings as they are, the rest as JSON. */
export function fieldText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** A field by its name, `a.b` also as `b` within `a`; the usual other names of time, level and message count too. */
export function pickField(fields: LogFields, name: string): unknown {
  const direct = fields.get(name) ?? nested(fields, name);
  if (direct !== undefined) return direct;
  const group = SYNONYMS.find((names) => names.includes(name.toLowerCase()));
  for (const other of group ?? []) {
    const value = fields.get(other);
    if (value !== undefined) return value;
  }
  return undefined;
}

function nested(fields: LogFields, path: string): unknown {
  const at = path.indexOf(".");
  if (at < 0) return undefined;
  let value = fields.get(path.slice(0, at));
  for (const key of path.slice(at + 1).split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

const SYNONYMS: readonly (readonly string[])[] = [
  ["level", "lvl", "severity", "loglevel", "log.level", "levelname"],
  ["msg", "message", "event", "body"],
  ["time", "ts", "timestamp", "@timestamp", "datetime"],
  ["error", "err", "exception"],
];

const LEVEL_WORDS: Readonly<Record<string, LogLevel>> = {
  trace: "trace",
  debug: "debug",
  dbg: "debug",
  info: "info",
  information: "info",
  informational: "info",
  notice: "info",
  log: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  severe: "error",
  fatal: "fatal",
  crit: "fatal",
  critical: "fatal",
  panic: "fatal",
  alert: "fatal",
  emerg: "fatal",
  emergency: "fatal",
};

/** klog's first letter: `E0801 10:00:00.123456 …`. */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
const KLOG_LEVELS: Readonly<Record<string, LogLevel>> = { I: "info", W: "warn", E: "error", F: "fatal" };

/** A level's word among a plain line's first 96 letters: `[ERROR]`, `WARN:`, `2026-08-01 10:00:00 info …`. */
const PLAIN =
  /(?:^|[\s[(|<])(TRACE|DEBUG|DBG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|FATAL|CRIT(?:ICAL)?|PANIC|LOG)(?=[\s\]):|>]|$)/i;

export function levelOf(text: string, fields: LogFields | null): LogLevel | null {
  if (fields !== null) return levelValue(pickField(fields, "level"));
  const klog = KLOG.exec(text);
  if (klog !== null) return KLOG_LEVELS[klog[1]!]!;
  const word = PLAIN.exec(text.slice(0, 96))?.[1];
  if (word === undefined) return null;
  // In the middle of prose only a word in capitals is a level: "no error found".
  const isShouted = word === word.toUpperCase();
  return isShouted || text.slice(0, word.length + 2).includes(word) ? LEVEL_WORDS[word.toLowerCase()]! : null;
}

/** Words in any case; numbers as pino and bunyan write them: 10 trace to 60 fatal. */
function levelValue(value: unknown): LogLevel | null {
  if (typeof value === "string") return LEVEL_WORDS[value.toLowerCase()] ?? null;
  if (typeof value !== "number") return null;
  if (value >= 60) return "fatal";
  if (value >= 50) return "error";
  if (value >= 40) return "warn";
  if (value >= 30) return "info";
  return value >= 20 ? "debug" : value >= 10 ? "trace" : null;
}
