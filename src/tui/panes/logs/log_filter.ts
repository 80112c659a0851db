/**
 * What is typed after `&` in a logs pane: a regular expression, `!regex`, `level>=warn`, or `field=value`, which is also
 * found as it stands. Marks always pass: they say what happened between lines.
 */
import { fieldText, type LogLevel, type LogLine, pickField } from "../../../ops/mod.ts";
import type { BufferEntry } from "./log_buffer.ts";

export interface LogFilter {
  readonly passes: ((entry: BufferEntry) => boolean) | null;
  /** What is wrong with the text; empty while it is fine. */
  readonly problem: string;
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];
const FIELD = /^(!?)([A-Za-z_@][\w.@/-]*)(!=|>=|=)(.+)$/;

export function parseLogFilter(text: string): LogFilter {
  const typed = text.trim();
  if (typed === "" || typed === "!") return { passes: null, problem: "" };
  const level = /^level>=(\w+)$/i.exec(typed)?.[1]?.toLowerCase();
  if (level !== undefined) return levelFilter(level);
  const inverse = typed.startsWith("!");
  const pattern = inverse ? typed.slice(1) : typed;
  try {
    // lower case finds any case, as in the search
    const regex = new RegExp(pattern, pattern === pattern.toLowerCase() ? "i" : "");
    const field = fieldTest(typed);
    return {
      problem: "",
      passes: lines((line) => field?.(line) === true || regex.test(line.text) !== inverse),
    };
  } catch {
    return { passes: null, problem: "not a regular expression" };
  }
}

/** The same for the command line. A field's test is one there, and no expression beside it. */
export function filterFlags(text: string): readonly string[] {
  const typed = text.trim();
  if (parseLogFilter(typed).passes === null) return [];
  if (/^level>=/i.test(typed) || fieldTest(typed) !== null) return [`--where=${typed}`];
  const pattern = typed.replace(/^!/, "");
  const anyCase = pattern === pattern.toLowerCase() ? "(?i)" : "";
  return [`--${typed.startsWith("!") ? "exclude" : "include"}=${anyCase}${pattern}`];
}

function levelFilter(least: string): LogFilter {
  const from = LEVELS.findIndex((level) => level.startsWith(least));
  if (from < 0) return { passes: null, problem: `levels: ${LEVELS.join(" ")}` };
  return {
    problem: "",
    passes: lines((line) => line.level !== null && LEVELS.indexOf(line.level) >= from),
  };
}

/** Null where the text is no field's test; `user!=bob` passes lines that have the field and another value. */
function fieldTest(text: string): ((line: LogLine) => boolean) | null {
  const [, not, name, operator, wanted] = FIELD.exec(text) ?? [];
  if (name === undefined || not !== "" || operator === ">=") return null;
  return (line) => {
    const value = line.fields === null ? undefined : pickField(line.fields, name);
    return value !== undefined && (fieldText(value) === wanted) === (operator === "=");
  };
}

function lines(test: (line: LogLine) => boolean): (entry: BufferEntry) => boolean {
  return (entry) => entry.type !== "line" || test(entry);
}
