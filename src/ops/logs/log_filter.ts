/** Which lines are wanted, by their text and their fields. */
import { OrkaError } from "../../base/mod.ts";
import type { LogLine } from "./log_entry.ts";
import { fieldText, type LogLevel, pickField } from "./log_fields.ts";

export interface LogFilterSpec {
  /** Regular expressions; a line has to match one of them. */
  readonly include?: readonly string[] | undefined;
  /** A line may match none of them. */
  readonly exclude?: readonly string[] | undefined;
  /** `level=error`, `level>=warn`, `status!=200`, `took>100`, `path=~^/api`; all have to hold. */
  readonly where?: readonly string[] | undefined;
}

export type LogFilter = (line: LogLine) => boolean;

/** null: every line is wanted. Throws OrkaError `usage` for what does not parse. */
export function createLogFilter({ include = [], exclude = [], where = [] }: LogFilterSpec): LogFilter | null {
  const [wanted, unwanted] = [include.map(logRegex), exclude.map(logRegex)];
  const terms = where.map(parseTerm);
  if (wanted.length + unwanted.length + terms.length === 0) return null;
  return (line) =>
    (wanted.length === 0 || wanted.some((regex) => regex.test(line.text))) &&
    !unwanted.some((regex) => regex.test(line.text)) &&
    terms.every((term) => term(line));
}

/** As grep's: case counts unless the expression begins with `(?i)`. Throws OrkaError `usage`. */
export function logRegex(text: string): RegExp {
  const isLoose = text.startsWith("(?i)");
  try {
    return new RegExp(isLoose ? text.slice(4) : text, isLoose ? "iu" : "u");
  } catch (cause) {
    throw new OrkaError(
      "usage",
      `${JSON.stringify(text)} is no regular expression: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

type Operator = "=" | "==" | "!=" | "=~" | "!~" | ">" | ">=" | "<" | "<=";

const TERM = /^\s*([^=!<>~\s]+)\s*(==|!=|=~|!~|>=|<=|=|>|<)\s*(.*?)\s*$/s;

function parseTerm(text: string): LogFilter {
  const found = TERM.exec(text);
  if (found === null) {
    throw new OrkaError("usage", `${JSON.stringify(text)} is no filter on a field`, {
      hint: "As: --where level=error, --where 'level>=warn', --where 'status!=200', --where 'path=~^/api'.",
    });
  }
  const [, field = "", operator = "", wanted = ""] = found;
  if (/^(level|lvl|severity)$/i.test(field)) return levelTerm(operator as Operator, wanted);
  if (operator === "=~" || operator === "!~") {
    const regex = logRegex(wanted);
    return (line) => regex.test(textOf(line, field)) === (operator === "=~");
  }
  return (line) => compares(valueOf(line, field), operator as Operator, wanted);
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];
const SHORT: Readonly<Record<string, LogLevel>> = { warning: "warn", err: "error", critical: "fatal" };

/** Levels have an order, and plain lines have levels too. */
function levelTerm(operator: Operator, wanted: string): LogFilter {
  if (operator === "=~" || operator === "!~") {
    const regex = logRegex(wanted);
    return (line) => regex.test(line.level ?? "") === (operator === "=~");
  }
  const word = wanted.toLowerCase();
  const rank = LEVELS.indexOf(SHORT[word] ?? word as LogLevel);
  if (rank < 0) {
    throw new OrkaError("usage", `unknown level "${wanted}"`, { hint: `Levels: ${LEVELS.join(", ")}.` });
  }
  return (line) => {
    if (line.level === null) return operator === "!=";
    return holds(LEVELS.indexOf(line.level) - rank, operator);
  };
}

function valueOf(line: LogLine, field: string): unknown {
  return line.fields === null ? undefined : pickField(line.fields, field);
}

function textOf(line: LogLine, field: string): string {
  const value = valueOf(line, field);
  return value === undefined ? "" : fieldText(value);
}

/** Numbers as numbers where both are; a missing field only differs. */
function compares(value: unknown, operator: Operator, wanted: string): boolean {
  if (value === undefined) return operator === "!=";
  const text = fieldText(value);
  const [a, b] = [Number(text), Number(wanted)];
  const areNumbers = text !== "" && wanted !== "" && !Number.isNaN(a) && !Number.isNaN(b);
  if (areNumbers) return holds(a - b, operator);
  return holds(text === wanted ? 0 : text < wanted ? -1 : 1, operator);
}

function holds(order: number, operator: Operator): boolean {
  switch (operator) {
    case "=":
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=~":
    case "!~":
      return false; // read before
  }
}
