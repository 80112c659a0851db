/**
 * JSON Schema as Kubernetes writes it (structural CRD schemas, OpenAPI v3 components) into nodes. `$ref`s stay
 * references. What makes no sense is refused with the kind's name; so is what is too large to be a schema.
 */
import { OrkaError } from "../base/mod.ts";
import type { CelRule, FieldType, JsonSchema, SchemaNode } from "./node.ts";

/** Nodes of one kind: prometheuses, the largest of 41 CRDs, has 6,000; etcd's limit of 1.5 MB holds some 60,000. */
const MAX_NODES = 200_000;

/** Levels below one definition; the deepest of 41 CRDs has 24. */
const MAX_DEPTH = 150;

const TYPES = new Set(["string", "integer", "number", "boolean", "object", "array"]);

const RULES = [
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

const LOGIC = ["oneOf", "anyOf", "allOf", "not"];

const REF = "#/components/schemas/";

type Raw = Readonly<Record<string, unknown>>;

export interface NormaliseOptions {
  /** `Widget.example.com/v1`, for errors. */
  readonly kind: string;
  /** Objects without fields of their own take any: so do Kubernetes' own types, but not structural schemas. */
  readonly openObjects: boolean;
}

/** Reads the nodes of one kind; holds how many there were. */
export class Normaliser {
  readonly #options: NormaliseOptions;
  #nodes = 0;
  /** Definitions that were referred to and not yet read. */
  readonly wanted = new Set<string>();

  constructor(options: NormaliseOptions) {
    this.#options = options;
  }

  /** Throws OrkaError `protocol` that names the kind and the place. */
  node(raw: unknown, path: string, depth = 0): SchemaNode {
    if (++this.#nodes > MAX_NODES) throw this.error(path, `it has more than ${MAX_NODES} fields`);
    if (depth > MAX_DEPTH) throw this.error(path.slice(0, 200), `it is more than ${MAX_DEPTH} levels deep`);
    if (!isRecord(raw)) {
      throw this.error(path, `${JSON.stringify(raw) ?? "nothing"} stands where a schema belongs`);
    }
    const ref = refOf(raw);
    const type = ref === null ? this.#type(raw, path) : "object";
    const flags = ref === null ? this.#body(raw, { type, path, depth }) : this.#refBody(ref);
    return { type, ...described(raw), ...flags };
  }

  error(path: string, what: string): OrkaError {
    const at = path === "" ? "" : ` at ${path}`;
    return new OrkaError("protocol", `Cannot read the schema of ${this.#options.kind}${at}: ${what}`);
  }

  #refBody(ref: string): Partial<SchemaNode> {
    this.wanted.add(ref);
    return { ref };
  }

  #type(raw: Raw, path: string): FieldType {
    if (raw["x-kubernetes-int-or-string"] === true || raw.format === "int-or-string") return "int-or-string";
    const type = raw.type ?? (raw.properties ? "object" : raw.items ? "array" : undefined);
    if (type === undefined) return "any";
    if (typeof type !== "string" || !TYPES.has(type)) {
      throw this.error(path, `the type ${JSON.stringify(type)} is unknown`);
    }
    return type === "object" && !raw.properties && isMap(raw) ? "map" : type as FieldType;
  }

  #body(raw: Raw, at: { type: FieldType; path: string; depth: number }): Partial<SchemaNode> {
    const { type, path, depth } = at;
    const fields = this.#fields(raw, path, depth);
    const values = isMap(raw) ? this.#values(raw.additionalProperties, path, depth) : undefined;
    const logic = LOGIC.filter((word) => raw[word] !== undefined && !isIntOrStringPair(raw, word));
    const rules = rulesOf(raw, logic);
    const isOpen = type === "any" || raw["x-kubernetes-preserve-unknown-fields"] === true ||
      (this.#options.openObjects && type === "object" && fields === undefined);
    return {
      ...(fields === undefined ? {} : { fields }),
      ...(raw.items === undefined ? {} : { items: this.node(raw.items, `${path}[]`, depth + 1) }),
      ...(values === undefined ? {} : { values }),
      ...(Array.isArray(raw.required) && raw.required.length > 0
        ? { required: raw.required.map(String) }
        : {}),
      ...(isOpen ? { preserve: true } : {}),
      ...(raw["x-kubernetes-embedded-resource"] === true ? { embedded: true } : {}),
      ...(logic.length > 0 ? { yamlOnly: logic } : {}),
      ...(rules === null ? {} : { rules }),
    };
  }

  #fields(raw: Raw, path: string, depth: number): Record<string, SchemaNode> | undefined {
    if (raw.properties === undefined) return undefined;
    if (!isRecord(raw.properties)) throw this.error(path, "its properties are no object");
    const fields: Record<string, SchemaNode> = Object.create(null);
    for (const [name, field] of Object.entries(raw.properties)) {
      fields[name] = this.node(field, path === "" ? name : `${path}.${name}`, depth + 1);
    }
    return fields;
  }

  #values(additional: unknown, path: string, depth: number): SchemaNode {
    if (additional === true) return { type: "any", preserve: true };
    return this.node(additional, `${path}.*`, depth + 1);
  }
}

function described(raw: Raw): Partial<SchemaNode> {
  const keys = raw["x-kubernetes-list-map-keys"];
  const listType = raw["x-kubernetes-list-type"];
  const cel = celRules(raw["x-kubernetes-validations"]);
  return {
    ...(typeof raw.description === "string" && raw.description !== "" ? { doc: raw.description } : {}),
    ...(typeof raw.format === "string" && raw.format !== "int-or-string" ? { format: raw.format } : {}),
    ...("default" in raw && !isEmptyObject(raw.default) ? { default: raw.default } : {}),
    ...(Array.isArray(raw.enum) ? { enum: raw.enum } : {}),
    ...(raw.nullable === true ? { nullable: true } : {}),
    ...(listType === "atomic" || listType === "set" || listType === "map" ? { listType } : {}),
    ...(Array.isArray(keys) ? { mapKeys: keys.map(String) } : {}),
    ...(raw["x-kubernetes-map-type"] === "atomic" ? { mapType: "atomic" } : {}),
    ...(cel.length > 0 ? { cel } : {}),
  };
}

function celRules(raw: unknown): CelRule[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isRecord).map(({ rule, message }) => ({
    rule: String(rule),
    ...(typeof message === "string" ? { message } : {}),
  }));
}

/** `$ref`, also as the one member of an `allOf` that only adds a description or default to it. */
function refOf(raw: Raw): string | null {
  if (typeof raw.$ref === "string") return raw.$ref.slice(REF.length);
  if (!Array.isArray(raw.allOf) || raw.allOf.length !== 1 || raw.properties !== undefined) return null;
  const [only] = raw.allOf;
  return isRecord(only) && typeof only.$ref === "string" ? only.$ref.slice(REF.length) : null;
}

function isMap(raw: Raw): boolean {
  return raw.additionalProperties !== undefined && raw.additionalProperties !== false;
}

/** `anyOf: [integer, string]` says again what `x-kubernetes-int-or-string` has said. */
function isIntOrStringPair(raw: Raw, word: string): boolean {
  const isOne = raw["x-kubernetes-int-or-string"] === true || raw.format === "int-or-string";
  const branches = raw[word];
  return isOne && word !== "not" && word !== "allOf" && Array.isArray(branches) &&
    branches.every((branch) => isRecord(branch) && (branch.type === "integer" || branch.type === "string"));
}

/** null when there is none. Alternatives that hold `$ref`s are left to the server. */
function rulesOf(raw: Raw, logic: readonly string[]): JsonSchema | null {
  const rules: Record<string, unknown> = {};
  for (const word of RULES) if (raw[word] !== undefined) rules[word] = raw[word];
  for (const word of logic) {
    if (!JSON.stringify(raw[word]).includes('"$ref"')) rules[word] = modernised(raw[word]);
  }
  return Object.keys(rules).length === 0 ? null : modernised(rules) as JsonSchema;
}

/** OpenAPI's `exclusiveMinimum: true` beside `minimum: 1` is `exclusiveMinimum: 1` today. */
function modernised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modernised);
  if (!isRecord(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "description" || key.startsWith("x-kubernetes-")) continue;
    out[key] = modernised(inner);
  }
  for (
    const [exclusive, bound] of [["exclusiveMinimum", "minimum"], ["exclusiveMaximum", "maximum"]] as const
  ) {
    if (typeof out[exclusive] !== "boolean") continue;
    if (out[exclusive] === true) {
      out[exclusive] = out[bound];
      delete out[bound];
    } else delete out[exclusive];
  }
  return out;
}

function isEmptyObject(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
