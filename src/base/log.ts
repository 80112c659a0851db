import type { Clock } from "./clock.ts";
import { OrkaError } from "./errors.ts";

export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes structured lines for one target (`engine`, `client`, …). */
export interface Logger {
  enabled(level: LogLevel): boolean;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  /** The same log under another target. */
  for(target: string): Logger;
}

export interface LogOptions {
  /** `ORKA_LOG`: `info`, `warn,engine=debug`, `off`; the longest matching target wins. */
  readonly spec: string;
  /** Where one finished line, newline included, goes: a file or stderr, never the session's screen. */
  readonly sink: (line: string) => void;
  readonly clock: Clock;
}

const RANK = { off: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 } as const;

export interface LogRules {
  readonly fallback: number;
  readonly targets: readonly (readonly [string, number])[];
}

/** A logger after `ORKA_LOG`'s grammar; throws OrkaError "usage" on an unknown level. */
export function createLogger(target: string, options: LogOptions): Logger {
  return makeLogger(target, parseLogSpec(options.spec), options);
}

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  enabled: () => false,
  error() {},
  warn() {},
  info() {},
  debug() {},
  trace() {},
  for: () => silentLogger,
};

/** Throws OrkaError "usage" on an unknown level. */
export function parseLogSpec(spec: string): LogRules {
  let fallback: number = RANK.off;
  const targets: [string, number][] = [];
  for (const part of spec.split(",").map((p) => p.trim()).filter((p) => p !== "")) {
    const eq = part.indexOf("=");
    if (eq < 0) fallback = parseLevel(part);
    else targets.push([part.slice(0, eq).trim(), parseLevel(part.slice(eq + 1).trim())]);
  }
  targets.sort((a, b) => b[0].length - a[0].length);
  return { fallback, targets };
}

function parseLevel(word: string): number {
  const rank = (RANK as Readonly<Record<string, number>>)[word.toLowerCase()];
  if (rank !== undefined) return rank;
  throw new OrkaError("usage", `ORKA_LOG: unknown level "${word}"`, {
    hint: "Levels are off, error, warn, info, debug, trace; for one target: engine=debug.",
  });
}

function makeLogger(target: string, rules: LogRules, options: LogOptions): Logger {
  const rule = rules.targets.find(([name]) => target === name || target.startsWith(`${name}.`));
  const limit = rule?.[1] ?? rules.fallback;
  const write = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (RANK[level] > limit) return;
    options.sink(formatLine(options.clock.now(), level, { target, message, fields }));
  };
  return {
    enabled: (level) => RANK[level] <= limit,
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
    trace: write("trace"),
    for: (other) => makeLogger(other, rules, options),
  };
}

interface LogEntry {
  readonly target: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** `2026-01-02T03:04:05.678Z WARN engine message key=value key="two words"`. */
function formatLine(nowMs: number, level: LogLevel, entry: LogEntry): string {
  let line = `${new Date(nowMs).toISOString()} ${level.toUpperCase()} ${entry.target} ${
    oneLine(entry.message)
  }`;
  for (const [key, value] of Object.entries(entry.fields)) {
    if (value !== undefined) line += ` ${key}=${fieldText(value)}`;
  }
  return line + "\n";
}

function fieldText(value: string | number | boolean | null): string {
  if (typeof value !== "string") return String(value);
  return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}

/** A message can carry a server's words: control characters would forge lines or drive a terminal. */
function oneLine(message: string): string {
  return message.replace(/\p{Cc}+/gu, " ");
}
