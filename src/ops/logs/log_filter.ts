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

const FIELD = /^\s*([^=!<>~\s"']+)\s*/;
const OPERATOR = /^(==|!=|=~|!~|>=|<=|=|>|<)\s*/;
const EXAMPLES =
  "As: --where level=error, --where 'level>=warn', --where 'status!=200', --where 'path=~^/api'.";

/** A term cut into its parts; `at` is where the value begins. */
interface Cut {
  readonly text: string;
  readonly field: string;
  readonly operator: Operator;
  readonly wanted: string;
  readonly at: number;
}

function parseTerm(text: string): LogFilter {
  const cut = cutTerm(text);
  const { field, operator, wanted } = cut;
  if (/^(level|lvl|severity)$/i.test(field)) return levelTerm(cut);
  if (operator === "=~" || operator === "!~") {
    const regex = termRegex(cut);
    return (line) => regex.test(textOf(line, field)) === (operator === "=~");
  }
  const value = plainValue(cut);
  if (wanted === "" && operator !== "=" && operator !== "==" && operator !== "!=") {
    throw misread(text, cut.at, `${operator} takes a value`);
  }
  return (line) => compares(valueOf(line, field), operator, value);
}

function cutTerm(text: string): Cut {
  const name = FIELD.exec(text);
  if (name === null) throw misread(text, text.length - text.trimStart().length, "a field's name is expected");
  const rest = text.slice(name[0].length);
  const sign = OPERATOR.exec(rest);
  if (sign === null) throw misread(text, name[0].length, "one of = != =~ !~ > >= < <= is expected");
  const at = name[0].length + sign[0].length;
  return { text, field: name[1]!, operator: sign[1] as Operator, wanted: text.slice(at).trimEnd(), at };
}

/** A value may stand in quotes, and has to when it begins with what looks like more of the operator. */
function plainValue({ text, operator, wanted, at }: Cut): string {
  const [first = ""] = wanted;
  if (first === '"' || first === "'") {
    const end = wanted.indexOf(first, 1);
    if (end < 0) throw misread(text, at, `this quote has no end`);
    if (end < wanted.length - 1) throw misread(text, at + end + 1, "nothing is expected behind the quote");
    return wanted.slice(1, end);
  }
  if (/[=!<>~]/.test(first)) {
    throw misread(
      text,
      at,
      `there is no operator ${operator}${first} (a value that begins with ${first} stands in quotes)`,
    );
  }
  return wanted;
}

function termRegex({ text, wanted, at }: Cut): RegExp {
  if (wanted === "") throw misread(text, at, "a regular expression is expected");
  return within(text, at, () => logRegex(wanted));
}

/** The mistake of a part, with the column that it begins at. */
function within<T>(text: string, at: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof OrkaError ? misread(text, at, error.message) : error;
  }
}

/** `at` counts from 0; people count from 1, and see a caret there. */
function misread(text: string, at: number, why: string): OrkaError {
  const lines = `  ${text}\n  ${" ".repeat(at)}^`;
  return new OrkaError("usage", `--where, column ${at + 1}: ${why}\n${lines}`, { hint: EXAMPLES });
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];
const SHORT: Readonly<Record<string, LogLevel>> = { warning: "warn", err: "error", critical: "fatal" };

/** Levels have an order, and plain lines have levels too. */
function levelTerm(cut: Cut): LogFilter {
  const { text, operator, at } = cut;
  if (operator === "=~" || operator === "!~") {
    const regex = termRegex(cut);
    return (line) => regex.test(line.level ?? "") === (operator === "=~");
  }
  const word = plainValue(cut).toLowerCase();
  const rank = LEVELS.indexOf(SHORT[word] ?? word as LogLevel);
  if (rank < 0) {
    throw misread(text, at, `${JSON.stringify(word)} is none of the levels ${LEVELS.join(", ")}`);
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
