/** ajv's errors in words that name the value and what belongs there. */
import type { ErrorObject } from "ajv";
import { nearMiss } from "../kube/mod.ts";
import type { ProblemKind } from "./problem.ts";

export interface Worded {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly hint?: string;
}

/** What an error says of `value`, the value that it is about. */
export function wordError({ keyword, params, message = "" }: ErrorObject, value: unknown): Worded {
  const given = params as Record<string, unknown>;
  switch (keyword) {
    case "required":
      return { kind: "missing-field", message: `required field "${given.missingProperty}" is missing` };
    case "type":
      return wrongType(given.type, value);
    case "enum":
      return notOneOf((given.allowedValues as unknown[]) ?? [], value);
    case "pattern":
      return invalid(`${shown(value)} does not match ${given.pattern}`);
    case "format":
      return invalid(`${shown(value)} is not a ${formatName(String(given.format))}`);
    case "oneOf":
      return invalid(
        Array.isArray(given.passingSchemas)
          ? "matches several of the alternatives, only one is allowed"
          : "matches none of the alternatives",
      );
    case "anyOf":
      return invalid("matches none of the alternatives");
    case "not":
      return invalid("is what the schema rules out");
    default:
      return invalid(message);
  }
}

function invalid(message: string): Worded {
  return { kind: "invalid", message };
}

function wrongType(wanted: unknown, value: unknown): Worded {
  const types = (Array.isArray(wanted) ? wanted : [wanted]).map(String).filter((type) => type !== "null");
  const worded: Worded = {
    kind: "wrong-type",
    message: `must be ${types.map(withArticle).join(" or ")}, not ${withKind(value)}`,
  };
  const hint = typeHint(types, value);
  return hint === undefined ? worded : { ...worded, hint };
}

/** The slip behind most wrong types: quotes that are missing, or too many. */
function typeHint(types: readonly string[], value: unknown): string | undefined {
  if (typeof value === "string" && types.some((type) => type === "integer" || type === "number")) {
    return value.trim() !== "" && Number.isFinite(Number(value))
      ? `write ${value} without quotes`
      : undefined;
  }
  if (types.includes("boolean") && (value === "true" || value === "false")) {
    return `write ${value} without quotes`;
  }
  const isPlain = typeof value === "number" || typeof value === "boolean";
  if (types.includes("string") && isPlain) return `put it in quotes: "${value}"`;
  if (types.includes("array") && value !== null) return "begin each item with a dash";
  return undefined;
}

function notOneOf(allowed: readonly unknown[], value: unknown): Worded {
  const words = allowed.filter((word): word is string => typeof word === "string");
  const near = typeof value === "string" ? nearMiss(value, words) : undefined;
  const message = `${shown(value)} is none of ${allowed.map((word) => String(word) || '""').join(", ")}`;
  return { kind: "invalid", message, ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }) };
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function withKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `the ${typeof value} ${shown(value)}`;
}

/** A value as short JSON. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function formatName(format: string): string {
  return format === "date-time"
    ? "time such as 2026-01-02T03:04:05Z"
    : format === "byte"
    ? "base64 text"
    : format;
}
