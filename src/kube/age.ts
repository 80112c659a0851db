/** Durations as kubectl prints them (`5m30s`, `3d4h`) and as Go parses them (`1h30m`, `300ms`). */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** kubectl's year has 365 days. */
const YEAR = 365 * DAY;

/** An age of `ms` milliseconds as kubectl's AGE column has it; less than -1 s is `<invalid>`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(ms / MINUTE);
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(ms / HOUR);
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return pair(days, "d", hours % 24, "h");
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  if (days < 365 * 8) return pair(years, "y", days % 365, "d");
  return `${years}y`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** Milliseconds (at least 1) until `humanDuration` of a growing age says something else. */
export function nextChangeMs(ms: number): number {
  const age = Math.trunc(ms);
  if (age < -2 * SECOND + 1) return -2 * SECOND + 1 - age;
  if (age < SECOND) return SECOND - age;
  const step = stepAt(age);
  return step - age % step;
}

function stepAt(age: number): number {
  if (age < 10 * MINUTE) return SECOND;
  if (age < 8 * HOUR) return MINUTE;
  if (age < 8 * DAY) return HOUR;
  return age < 8 * YEAR ? DAY : YEAR;
}

/** The age that the object's creationTimestamp gives at `nowMs`, or `<unknown>` without one. */
export function ageSince(timestamp: string | null | undefined, nowMs: number): string {
  const at = timestamp ? Date.parse(timestamp) : NaN;
  return Number.isNaN(at) ? "<unknown>" : humanDuration(nowMs - at);
}

const HUMAN_UNITS: Readonly<Record<string, number>> = { y: YEAR, d: DAY, h: HOUR, m: MINUTE, s: SECOND };

/** Milliseconds of a text that `humanDuration` made (or that a person types: `90d12h`), else null. */
export function parseHumanDuration(text: string): number | null {
  if (!/^(\d+[ydhms])+$/.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([ydhms])/g)) {
    total += Number(count) * HUMAN_UNITS[unit!]!;
  }
  return total;
}

const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3, // U+00B5, micro sign
  "μs": 1e-3, // U+03BC, Greek mu
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

/** Milliseconds of a Go duration (`1h30m`, `-1.5s`, `0`), else null. */
export function parseGoDuration(text: string): number | null {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return null;
  let total = 0;
  for (const [, count, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(count) * GO_UNITS[unit!]!;
  }
  return sign * total;
}

/** A duration as Go's Duration.String has it: `1h0m0s`, `1m30s`, `250ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const abs = Math.abs(ms);
  if (abs < 1e-3) return `${sign}${trimmed(abs * 1e6)}ns`;
  if (abs < 1) return `${sign}${trimmed(abs * 1e3)}µs`;
  if (abs < SECOND) return `${sign}${trimmed(abs)}ms`;
  const hours = Math.trunc(abs / HOUR);
  const minutes = Math.trunc(abs % HOUR / MINUTE);
  const seconds = trimmed(abs % MINUTE / SECOND);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(9)));
}
