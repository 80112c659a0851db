/** The syntax of cron schedules, with the words of the parser that the real server uses. */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const DURATION =
  /^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;

/** What is wrong with a schedule, or null. */
export function scheduleProblem(text: string): string | null {
  const zone = /^(CRON_)?TZ=(\S*)\s*/.exec(text);
  const schedule = zone ? text.slice(zone[0].length).trim() : text;
  if (schedule.startsWith("@")) return descriptorProblem(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== "");
  if (fields.length !== FIELDS.length) {
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  }
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(field, FIELDS[index]!);
    if (problem !== null) return problem;
  }
  return null;
}

function descriptorProblem(text: string): string | null {
  if (DESCRIPTORS.includes(text)) return null;
  if (!text.startsWith("@every ")) return `unrecognized descriptor: ${text}`;
  const duration = text.slice("@every ".length);
  if (DURATION.test(duration)) return null;
  return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
}

function fieldProblem(field: string, bounds: Bounds): string | null {
  for (const part of field.split(",").filter((one) => one !== "")) {
    const problem = rangeProblem(part, bounds);
    if (problem !== null) return problem;
  }
  return null;
}

function rangeProblem(expression: string, bounds: Bounds): string | null {
  const [range = "", step, ...more] = expression.split("/");
  const [low = "", high, ...rest] = range.split("-");
  let [start, end] = [bounds.min, bounds.max];
  if (low !== "*" && low !== "?") {
    const first = numberOrName(low, bounds);
    if (typeof first === "string") return first;
    start = first;
    if (rest.length > 0) return `too many hyphens: ${expression}`;
    const last = high === undefined ? first : numberOrName(high, bounds);
    if (typeof last === "string") return last;
    end = last;
  }
  if (more.length > 0) return `too many slashes: ${expression}`;
  let every = 1;
  if (step !== undefined) {
    const read = wholeNumber(step);
    if (typeof read === "string") return read;
    every = read;
    if (high === undefined) end = bounds.max;
  }
  if (start < bounds.min) {
    return `beginning of range (${start}) below minimum (${bounds.min}): ${expression}`;
  }
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return every === 0 ? `step of range should be a positive number: ${expression}` : null;
}

function numberOrName(text: string, { names, min }: Bounds): number | string {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index >= 0 ? index + min : wholeNumber(text);
}

function wholeNumber(text: string): number | string {
  if (!/^[-+]?\d+$/.test(text)) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  }
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

/** What is wrong with the name of a time zone. */
export function timeZoneProblem(zone: string): string[] {
  if (zone === "") return ["timeZone must be nil or non-empty string"];
  const parts = zone.split("/");
  const isBad = (part: string) =>
    part === "." || part === ".." || part.startsWith("-") || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part);
  if (parts.some(isBad)) return [`unknown time zone ${zone}`];
  if (zone.toLowerCase() === "local") {
    return ["timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"];
  }
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
    // Go reads zones from files, whose names have upper and lower case
    const isSpelt = timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase();
    return isSpelt ? [] : [`unknown time zone ${zone}`];
  } catch {
    return [`unknown time zone ${zone}`];
  }
}
