/**
 * Label and field selectors of list and watch requests, refused in the real server's words, and what they accept.
 */
import {
  type FieldRequirement,
  type LabelRequirement,
  type LabelSelector,
  parseFieldSelector,
} from "../../kube/mod.ts";
import { badRequest } from "../http/api_error.ts";
import { labelValue, qualifiedName } from "./metadata_validation.ts";
import { type JsonObject, mapOf, metaOf, textOf } from "./object.ts";

/** The value of a field label, by its name. */
export type FieldReader = (object: JsonObject) => string;

export interface Selection {
  readonly labels: LabelSelector;
  readonly fields: readonly FieldRequirement[];
  /** The one name that can match, where the fields say so. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** Neither selector is there. */
  readonly all: boolean;
}

export interface SelectorTexts {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** Field labels that a kind can be selected by, and how the real server refuses others. */
export interface FieldLabels {
  readonly readers: Readonly<Record<string, FieldReader>>;
  readonly refusal: (path: string) => string;
}

/** Parses both selectors; throws 400. */
export function parseSelection(
  { labelSelector, fieldSelector }: SelectorTexts,
  labels: FieldLabels,
): Selection {
  const requirements = labelSelector === "" ? [] : parseLabels(labelSelector);
  const fields = fieldSelector === "" ? [] : parseFields(fieldSelector, labels);
  const only = (path: string) => fields.find((field) => field.path === path && field.operator === "=")?.value;
  return {
    labels: requirements,
    fields,
    name: only("metadata.name"),
    namespace: only("metadata.namespace"),
    all: requirements.length === 0 && fields.length === 0,
  };
}

function parseFields(text: string, { readers, refusal }: FieldLabels): readonly FieldRequirement[] {
  let fields: readonly FieldRequirement[];
  try {
    fields = parseFieldSelector(text);
  } catch {
    const broken = text.split(",").find((term) => !/^[^=!]+(!=|==|=)/.test(term)) ?? text;
    throw badRequest(`invalid selector: '${text}'; can't understand '${broken}'`);
  }
  for (const { path } of fields) {
    if (Object.hasOwn(readers, path)) continue;
    throw badRequest(refusal(path));
  }
  return fields;
}

/** True when the object satisfies both selectors. */
export function selects(
  { labels, fields }: Selection,
  object: JsonObject,
  { readers }: FieldLabels,
): boolean {
  for (const { path, operator, value } of fields) {
    if ((readers[path]!(object) === value) !== (operator === "=")) return false;
  }
  if (labels.length === 0) return true;
  const own = mapOf(metaOf(object), "labels") ?? {};
  return labels.every((requirement) => holds(requirement, own));
}

function holds({ key, operator, values }: LabelRequirement, labels: JsonObject): boolean {
  const has = Object.hasOwn(labels, key);
  const value = textOf(labels, key);
  switch (operator) {
    case "exists":
      return has;
    case "!":
      return !has;
    case "=":
    case "in":
      return has && values.includes(value);
    case "!=":
    case "notin":
      return !has || !values.includes(value);
    case ">":
    case "<": {
      if (!has || !/^-?\d+$/.test(value)) return false;
      const [left, right] = [BigInt(value), BigInt(values[0]!)];
      return operator === ">" ? left > right : left < right;
    }
  }
}

interface Token {
  readonly kind: "identifier" | "symbol" | "end";
  readonly text: string;
}

const END: Token = { kind: "end", text: "" };
const OPERATORS = "in, notin, =, ==, !=, gt, lt";

/** The grammar of k8s.io/apimachinery/pkg/labels, with its messages. */
function parseLabels(text: string): LabelRequirement[] {
  return new LabelParser(text).parse();
}

class LabelParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(/[(),]|==|!=|[=!<>]|[^\s(),=!<>]+/g)].map(([token]) => ({
      kind: /^[(),=!<>]/.test(token) ? "symbol" : "identifier",
      text: token,
    }));
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek() === END) return requirements;
    for (;;) {
      const token = this.#peek();
      if (token.kind !== "identifier" && token.text !== "!") {
        throw badRequest(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (separator === END) return requirements;
      if (separator.text !== ",") {
        throw badRequest(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      const next = this.#peek();
      if (next.kind !== "identifier" && next.text !== "!") {
        throw badRequest(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().text === "!";
    if (negated) this.#take();
    const key = this.#key();
    const next = this.#peek();
    if (negated || next === END || next.text === ",") {
      return { key, operator: negated ? "!" : "exists", values: [] };
    }
    this.#take();
    switch (next.text) {
      case "in":
      case "notin":
        return { key, operator: next.text, values: this.#set(key) };
      case "=":
      case "==":
      case "!=":
        return {
          key,
          operator: next.text === "!=" ? "!=" : "=",
          values: [this.#checked(this.#exact(), key)],
        };
      case ">":
      case "<":
        return { key, operator: next.text, values: [this.#number(key)] };
    }
    throw refused(`found '${next.text}', expected: ${OPERATORS}`);
  }

  #key(): string {
    const token = this.#take();
    if (token.kind !== "identifier") throw refused(`found '${token.text}', expected: identifier`);
    const problems = qualifiedName(token.text);
    if (problems.length > 0) {
      throw refused(`<nil>: Invalid value: ${JSON.stringify(token.text)}: ${problems.join("; ")}`);
    }
    return token.text;
  }

  #exact(): string {
    const token = this.#peek();
    if (token === END || token.text === ",") return "";
    this.#take();
    if (token.kind !== "identifier") throw refused(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #number(key: string): string {
    const text = this.#exact();
    if (/^-?\d+$/.test(text)) return text;
    const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw refused(`values[0][${key}]: Invalid value: ${JSON.stringify(text)}: ${detail}`);
  }

  #set(key: string): string[] {
    const open = this.#take();
    if (open.text !== "(") throw refused(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      if (token.kind === "identifier") values.add(this.#checked(token.text, key, values.size));
      else if (token.text === "," || token.text === ")") values.add("");
      else throw refused(`found '${token.text}', expected: ',', ')' or identifier`);
      if (token.text === ")") return [...values];
      if (token.text === ",") continue;
      const after = this.#take();
      if (after.text === ")") return [...values];
      if (after.text !== ",") throw refused(`found '${after.text}', expected: ',' or ')'`);
    }
  }

  #checked(value: string, key: string, index = 0): string {
    const problems = labelValue(value);
    if (problems.length === 0) return value;
    throw refused(
      `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join("; ")}`,
    );
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #take(): Token {
    return this.#tokens[this.#at++] ?? END;
  }
}

function refused(problem: string) {
  return badRequest(`unable to parse requirement: ${problem}`);
}
