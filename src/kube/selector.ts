/**
 * Label selectors as the API server reads them (`a=b,c!=d,e in (f,g),h,!i`) and field selectors
 * (`metadata.name=x,spec.nodeName!=y`), parsed, matched and printed.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { OrkaError } from "../base/mod.ts";

export type LabelOperator = "=" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Empty for `exists` and `!`; one for `=`, `!=`, `>`, `<`. */
  readonly values: readonly string[];
}

/** Every requirement must hold; none selects everything. */
export type LabelSelector = readonly LabelRequirement[];

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Parses a label selector; throws OrkaError `usage` with the position of what is wrong. */
export function parseLabelSelector(text: string): LabelSelector {
  return new SelectorParser(text).parse();
}

class SelectorParser {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...text.matchAll(/[(),]|==|!=|[=!<>]|[^\s(),=!<>]+/g)].map((m) => ({
      text: m[0],
      at: m.index,
    }));
  }

  parse(): LabelSelector {
    const requirements: LabelRequirement[] = [];
    if (this.#tokens.length === 0) return requirements;
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (!separator) return requirements;
      if (separator.text !== ",") this.#fail(separator, "expected ',' or the end");
      if (!this.#peek()) this.#fail(undefined, "expected a label key after ','");
    }
  }

  #requirement(): LabelRequirement {
    const first = this.#take();
    if (first?.text === "!") return { key: this.#key(this.#take()), operator: "!", values: [] };
    const key = this.#key(first);
    const operator = this.#peek();
    if (!operator || operator.text === ",") return { key, operator: "exists", values: [] };
    this.#take();
    switch (operator.text) {
      case "=":
      case "==":
        return { key, operator: "=", values: [this.#value()] };
      case "!=":
      case ">":
      case "<":
        return { key, operator: operator.text, values: [this.#value()] };
      case "in":
      case "notin":
        return { key, operator: operator.text, values: this.#set() };
    }
    return this.#fail(operator, "expected one of = == != in notin < >");
  }

  #key(token: Token | undefined): string {
    if (!token || isPunctuation(token)) return this.#fail(token, "expected a label key");
    const problem = keyProblem(token.text);
    return problem === null ? token.text : this.#fail(token, problem);
  }

  /** A value may be missing (`a=`), which means the empty one. */
  #value(): string {
    const token = this.#peek();
    if (!token || token.text === ",") return "";
    if (isPunctuation(token)) return this.#fail(token, "expected a value");
    this.#take();
    return this.#checked(token);
  }

  #set(): string[] {
    const open = this.#take();
    if (open?.text !== "(") this.#fail(open, "expected '('");
    const values = new Set<string>();
    for (;;) {
      values.add(this.#setValue());
      const separator = this.#take();
      if (separator?.text === ")") return [...values].sort();
      if (separator?.text !== ",") this.#fail(separator, "expected ',' or ')'");
    }
  }

  #setValue(): string {
    const token = this.#peek();
    if (token?.text === "," || token?.text === ")") return "";
    if (!token || isPunctuation(token)) return this.#fail(token, "expected a value");
    this.#take();
    return this.#checked(token);
  }

  #checked(token: Token): string {
    if (token.text.length > 63 || !/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(token.text)) {
      this.#fail(token, "not a label value (at most 63 letters, digits, '-', '_', '.')");
    }
    return token.text;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  #fail(token: Token | undefined, problem: string): never {
    const at = token?.at ?? this.#text.length;
    const found = token ? `"${token.text}"` : "the end";
    throw new OrkaError(
      "usage",
      `unable to parse label selector "${this.#text}": ${problem}, found ${found} at position ${at + 1}`,
    );
  }
}

function isPunctuation(token: Token): boolean {
  return /^[(),=!<>]/.test(token.text);
}

function keyProblem(key: string): string | null {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  if (slash >= 0 && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(key.slice(0, slash))) {
    return "a label key's prefix is a DNS subdomain";
  }
  const fine = name.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name);
  return fine ? null : "not a label key (at most 63 letters, digits, '-', '_', '.')";
}

/** True when the labels satisfy every requirement. `!=` and `notin` hold for an absent key. */
export function matchesLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return selector.every((requirement) => matchesRequirement(requirement, labels?.[requirement.key]));
}

function matchesRequirement({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "=":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case ">":
    case "<":
      return compareIntegers(operator, value, values[0]);
  }
}

function compareIntegers(operator: ">" | "<", value: string | undefined, bound: string | undefined): boolean {
  if (!/^-?\d+$/.test(value ?? "") || !/^-?\d+$/.test(bound ?? "")) return false;
  return operator === ">" ? BigInt(value!) > BigInt(bound!) : BigInt(value!) < BigInt(bound!);
}

/** The selector in its canonical text: sorted by key, as the server prints it. */
export function formatLabelSelector(selector: LabelSelector): string {
  const sorted = [...selector].sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  return sorted.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === "exists") return key;
  if (operator === "!") return `!${key}`;
  if (operator === "in" || operator === "notin") return `${key} ${operator} (${values.join(",")})`;
  return `${key}${operator}${values[0] ?? ""}`;
}

/** `spec.selector` of workloads and others (meta/v1 LabelSelector). */
export interface ObjectSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const EXPRESSION_OPERATORS: Readonly<Record<string, LabelOperator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: ">",
  Lt: "<",
};

/** The requirements of a selector inside an object; unknown operators of newer servers are left out. */
export function selectorOfObject(selector: ObjectSelector | null | undefined): LabelSelector {
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    requirements.push({ key, operator: "=", values: [value] });
  }
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const known = EXPRESSION_OPERATORS[operator];
    if (known) requirements.push({ key, operator: known, values: [...values ?? []].sort() });
  }
  return requirements;
}

/** A selector inside an object as describe shows it; `<none>` when it selects nothing or everything. */
export function formatObjectSelector(selector: ObjectSelector | null | undefined): string {
  return formatLabelSelector(selectorOfObject(selector)) || "<none>";
}
