/**
 * kubectl's JSONPath: `{.items[*].metadata.name}`, filters, ranges, slices, and the relaxed forms that
 * custom-columns, --sort-by and wait take.
 *
 * As in kubectl, a missing key is an error only when no value that is looked at has it and the caller does
 * not allow it; an array index out of bounds is always one. Map values come in the order of their keys.
 */
import { OrkaError } from "../base/mod.ts";
import { jsonText } from "./json_writer.ts";
import {
  type FilterOperator,
  parseTemplate,
  type Path,
  type PathNode,
  type TemplateNode,
} from "./jsonpath_parse.ts";

export interface FindOptions {
  /** kubectl's --allow-missing-template-keys, which get sets by default. */
  readonly allowMissingKeys?: boolean;
}

/** A parsed template. */
export class JsonPath {
  readonly #nodes: readonly TemplateNode[];

  /** Throws OrkaError `usage` for a template that does not parse. */
  constructor(template: string) {
    this.#nodes = parseTemplate(template);
  }

  /** A path in relaxed form: `metadata.name`, `.metadata.name`, `{.metadata.name}`. */
  static relaxed(path: string): JsonPath {
    return new JsonPath(relaxedTemplate(path));
  }

  /** The values of every action in order, ranges unrolled. */
  find(data: unknown, options: FindOptions = {}): unknown[][] {
    return [...evaluate(this.#nodes, data, options)];
  }

  /** All values in one list: what a column or a sort key takes. */
  values(data: unknown, options: FindOptions = {}): unknown[] {
    return this.find(data, options).flat();
  }

  /** The template's text: values of one action are separated by a space. */
  print(data: unknown, options: FindOptions = {}): string {
    let out = "";
    for (const results of evaluate(this.#nodes, data, options)) out += results.map(printValue).join(" ");
    return out;
  }
}

/** `metadata.name` as a template; throws `usage` for what is no single path. */
export function relaxedTemplate(path: string): string {
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (path === "") return "{}";
  if (match) return `{.${match[1] ?? match[2]}}`;
  throw new OrkaError(
    "usage",
    `unexpected path string "${path}", expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
  );
}

/** A value as kubectl prints it in templates: strings bare, objects and lists as compact JSON. */
export function printValue(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "object") return jsonText(value);
  return typeof value === "number" ? goNumber(value) : String(value);
}

/** A number as Go's %v has it: small ones turn to an exponent earlier than JavaScript's. */
function goNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value);
}

function* evaluate(nodes: readonly TemplateNode[], data: unknown, options: FindOptions): Iterable<unknown[]> {
  for (const node of nodes) {
    const values = walk(node.path, [data], options);
    if (node.type === "path") yield values;
    else for (const value of values) yield* evaluate(node.body, value, options);
  }
}

function walk(path: Path, input: unknown[], options: FindOptions): unknown[] {
  let current = input;
  for (const node of path) current = step(node, current, options);
  return current;
}

function step(node: PathNode, input: unknown[], options: FindOptions): unknown[] {
  switch (node.type) {
    case "text":
      return [node.value];
    case "root":
      return input;
    case "field":
      return node.dotted
        ? dottedField(node.name, node.dotted, input, options)
        : field(node.name, input, options);
    case "wildcard":
      return input.flatMap(children);
    case "recursive":
      return input.flatMap(descend);
    case "index":
      return input.flatMap((value) => slice(value, node.index, undefined, null));
    case "slice":
      return input.flatMap((value) => slice(value, node.from, node.to, node.step));
    case "union":
      return node.paths.flatMap((path) => walk(path, input, options));
    case "filter":
      return input.flatMap((value) => filter(node, value, options));
  }
}

function field(name: string, input: unknown[], options: FindOptions): unknown[] {
  const found: unknown[] = [];
  for (const value of input) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    if (Object.hasOwn(value, name)) found.push((value as Record<string, unknown>)[name]);
  }
  if (found.length === 0 && !options.allowMissingKeys) throw new OrkaError("usage", `${name} is not found`);
  return found;
}

function dottedField(
  name: string,
  steps: readonly string[],
  input: unknown[],
  options: FindOptions,
): unknown[] {
  const whole = field(name, input, { allowMissingKeys: true });
  if (whole.length > 0) return whole;
  return steps.reduce((values, step) => field(step, values, options), input);
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return [];
  const map = value as Record<string, unknown>;
  return Object.keys(map).sort().map((key) => map[key]);
}

/** The value and every container below it, parents first. */
function descend(value: unknown): unknown[] {
  const below = children(value);
  return below.length === 0 ? [] : [value, ...below.flatMap(descend)];
}

/** `to` undefined means one element, null the end. */
function slice(
  value: unknown,
  from: number | null,
  to: number | null | undefined,
  step: number | null,
): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new OrkaError("usage", `${printValue(value)} is not array or slice`);
  const length = value.length;
  const start = from === null ? 0 : from < 0 ? from + length : from;
  const end = to === undefined ? start + 1 : to === null ? length : to < 0 ? to + length : to;
  if (start === end) return [];
  const outside = start < 0 || start >= length ? start : end < 0 || end > length ? end - 1 : null;
  if (outside !== null) {
    throw new OrkaError("usage", `array index out of bounds: index ${outside}, length ${length}`);
  }
  if (start > end) {
    throw new OrkaError("usage", `starting index ${start} is greater than ending index ${end}`);
  }
  if (step !== null && step <= 0) throw new OrkaError("usage", "step must be > 0");
  return value.slice(start, end).filter((_, i) => i % (step ?? 1) === 0);
}

function filter(
  { left, operator, right }: PathNode & { readonly type: "filter" },
  value: unknown,
  options: FindOptions,
): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new OrkaError("usage", `${printValue(value)} is not array or slice and cannot be filtered`);
  }
  const tolerant = { ...options, allowMissingKeys: true };
  return value.filter((item) => {
    const lefts = walk(left, [item], tolerant);
    if (operator === "exists") return lefts.length > 0;
    const rights = walk(right, [item], tolerant);
    if (lefts.length === 0 || rights.length === 0) return false;
    if (lefts.length > 1 || rights.length > 1) {
      throw new OrkaError("usage", "can only compare one element at a time");
    }
    return compare(lefts[0], operator, rights[0]);
  });
}

function compare(left: unknown, operator: FilterOperator, right: unknown): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || (typeof left !== "number" && typeof left !== "string")) {
    throw new OrkaError("usage", "incompatible types for comparison");
  }
  const [a, b] = [left as number, right as number];
  return operator === "<" ? a < b : operator === ">" ? a > b : operator === "<=" ? a <= b : a >= b;
}
