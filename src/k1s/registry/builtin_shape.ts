/**
 * Built-in kinds as Go structs: what decoding a body into the kind's type and encoding it again does. Unknown fields
 * go, wrong types are refused, zero values that Go omits go, structs that Go always writes come, fields come in the
 * order of the type. Made of the tables in builtin/.
 */
import type { StoredDefinition, TypeCode } from "../builtin/mod.ts";
import type { ProtobufTable } from "../codec/protobuf.ts";
import { formatQuantity, parseQuantity } from "../../kube/mod.ts";
import { isObject, type Json, type JsonObject, setKey } from "../patch/json.ts";

export interface ShapeTables {
  readonly types: Readonly<Record<string, StoredDefinition>>;
  readonly protobuf: ProtobufTable;
  /** Fields that are structs, by definition: written even when empty. */
  readonly structs: Readonly<Record<string, readonly string[]>>;
}

/** A body that does not fit the kind's type; the message is Go's. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";

  constructor(
    message: string,
    /** The words where a map is converted, after a strategic merge or an apply, and not a text decoded. */
    readonly conversion: string = message,
  ) {
    super(message);
  }
}

interface Field {
  readonly name: string;
  readonly code: TypeCode;
  /** Zero values are left out. */
  readonly omitsZero: boolean;
  /** Put in where absent. */
  readonly fallback: Json | undefined;
}

interface Shape {
  readonly goName: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields with a fallback. */
  readonly filled: readonly Field[];
  readonly order: ReadonlyMap<string, number>;
}

interface Walk {
  readonly unknown: string[];
  readonly root: string;
}

/** What Go writes as null: times that are no pointers, pointers that are not left out. By definition. */
const NULLS: Readonly<Record<string, readonly string[]>> = {
  "io.k8s.api.core.v1.Event": ["firstTimestamp", "lastTimestamp", "eventTime"],
  "io.k8s.api.events.v1.Event": ["eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"],
  "io.k8s.api.core.v1.TypedLocalObjectReference": ["apiGroup"],
  "io.k8s.api.core.v1.TypedObjectReference": ["apiGroup"],
  "io.k8s.api.core.v1.PodCondition": ["lastProbeTime", "lastTransitionTime"],
  "io.k8s.api.core.v1.NodeCondition": ["lastHeartbeatTime", "lastTransitionTime"],
};

const DEFINITION = {
  quantity: "io.k8s.apimachinery.pkg.api.resource.Quantity",
  time: "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
  microTime: "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
  intOrString: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
} as const;

/** Shapes objects of built-in kinds by one set of tables. */
export class BuiltinShaper {
  readonly #tables: ShapeTables;
  readonly #shapes = new Map<string, Shape | null>();
  readonly #definitions = new Map<string, string>();

  constructor(tables: ShapeTables) {
    this.#tables = tables;
    for (const [name, { gvk }] of Object.entries(tables.types)) {
      if (gvk) this.#definitions.set(gvk.join("/"), name);
    }
  }

  /** The definition of a kind, or undefined. */
  definition(group: string, version: string, kind: string): string | undefined {
    return this.#definitions.get(`${group}/${version}/${kind}`);
  }

  /** The object as Go would write it, and the paths of fields that its type does not have. Throws ShapeError. */
  shape(object: JsonObject, definition: string): { object: JsonObject; unknown: string[] } {
    const walk: Walk = { unknown: [], root: definition };
    const shaped = this.#object(object, definition, { walk, path: "", field: "" }) as JsonObject;
    return { object: shaped, unknown: walk.unknown };
  }

  /** True for a field that the type has. */
  hasField(definition: string, field: string): boolean {
    return this.#shape(definition)?.fields.has(field) === true;
  }

  /** A kind's Go zero value as it is encoded: empty structs, nils and zeros that are written, nothing else. */
  blank(definition: string): JsonObject {
    const result: JsonObject = {};
    for (const { name, code, fallback } of this.#shape(definition)?.filled ?? []) {
      if (isObject(fallback)) result[name] = this.blank(code.slice(1));
      else if (isZero(fallback!)) result[name] = fallback!;
    }
    return result;
  }

  #object(value: Json, definition: string, at: At): Json {
    const shape = this.#shape(definition);
    if (shape === null) return this.#scalar(value, definition, at);
    if (!isObject(value)) throw mismatch(value, `v1.${shape.goName}`, at);
    const found: [number, string, Json][] = [];
    for (const name of Object.keys(value)) {
      const field = shape.fields.get(name);
      const path = at.path === "" ? name : `${at.path}.${name}`;
      if (field === undefined) {
        at.walk.unknown.push(path);
        continue;
      }
      const inner = value[name]!;
      if (inner === null) continue;
      const goField = at.field === "" ? name : `${at.field}.${name}`;
      let shaped = this.#value(inner, field.code, {
        walk: at.walk,
        path,
        field: goField,
        struct: shape.goName,
      });
      // what is stored tells no empty list from none
      if (field.fallback === null && shaped !== "" && isZero(shaped)) shaped = null;
      if (!(field.omitsZero && isZero(shaped))) found.push([shape.order.get(name)!, name, shaped]);
    }
    for (const field of shape.filled) {
      if (!found.some(([, name]) => name === field.name)) this.#fill(found, field, { shape, at });
    }
    found.sort((a, b) => a[0] - b[0]);
    const result: JsonObject = {};
    for (const [, name, inner] of found) result[name] = inner;
    return result;
  }

  #fill(found: [number, string, Json][], field: Field, { shape, at }: { shape: Shape; at: At }): void {
    const fallback = field.fallback!;
    const value = isObject(fallback) ? this.#object({}, field.code.slice(1), at) : fallback;
    found.push([shape.order.get(field.name)!, field.name, value]);
  }

  #value(value: Json, code: TypeCode, at: At): Json {
    switch (code[0]) {
      case "[":
        if (!Array.isArray(value)) throw mismatch(value, `[]${this.#goType(code.slice(1))}`, at);
        return value.map((item, index) =>
          this.#value(item, code.slice(1), { ...at, path: `${at.path}[${index}]` })
        );
      case "{":
        return this.#map(value, code, at);
      case "#":
        return this.#object(value, code.slice(1), at);
      default:
        return scalar(value, code, at);
    }
  }

  #map(value: Json, code: TypeCode, at: At): Json {
    if (!isObject(value)) throw mismatch(value, `map[string]${this.#goType(code.slice(1))}`, at);
    const result: JsonObject = {};
    for (const key of Object.keys(value)) {
      const inner = value[key]!;
      const path = `${at.path}.${key}`;
      if (inner === null && "sy".includes(code[1]!)) setKey(result, key, "");
      else setKey(result, key, this.#value(inner, code.slice(1), { ...at, path }));
    }
    return result;
  }

  #scalar(value: Json, definition: string, at: At): Json {
    switch (definition) {
      case DEFINITION.quantity:
        return quantity(value);
      case DEFINITION.time:
        return time(value, 0, at);
      case DEFINITION.microTime:
        return time(value, 6, at);
      case DEFINITION.intOrString:
        return scalar(value, "x", at);
      default:
        return scalar(value, this.#tables.types[definition]?.c ?? "?", at);
    }
  }

  #goType(code: TypeCode): string {
    if (code.startsWith("[")) return `[]${this.#goType(code.slice(1))}`;
    if (code.startsWith("{")) return `map[string]${this.#goType(code.slice(1))}`;
    if (code.startsWith("#")) return `v1.${code.slice(code.lastIndexOf(".") + 1)}`;
    return GO_TYPES[code] ?? "interface {}";
  }

  #shape(definition: string): Shape | null {
    let shape = this.#shapes.get(definition);
    if (shape === undefined) this.#shapes.set(definition, shape = this.#compile(definition));
    return shape;
  }

  #compile(definition: string): Shape | null {
    const fields = this.#tables.types[definition]?.f;
    if (fields === undefined) return null;
    const rows = this.#tables.protobuf.messages[messageName(definition)] ?? [];
    const structs = this.#tables.structs[definition] ?? [];
    const nulls = NULLS[definition] ?? [];
    const compiled = new Map<string, Field>();
    const order = new Map<string, number>([["kind", -2], ["apiVersion", -1]]);
    for (const [name, stored] of Object.entries(fields)) {
      const [code, extras] = typeof stored === "string" ? [stored, {}] : stored;
      const row = rows.find(([, field]) => field === name);
      const omits = row?.[3] === 0;
      const fallback = fallbackOf({ code, given: extras.d as Json | undefined }, {
        isStruct: structs.includes(name),
        isNull: nulls.includes(name),
        omits,
        keeps: row?.[3] === 1,
      });
      compiled.set(name, { name, code, omitsZero: omits, fallback });
      order.set(name, row ? rows.indexOf(row) : order.get(name) ?? rows.length + compiled.size);
    }
    const filled = [...compiled.values()].filter(({ fallback }) => fallback !== undefined);
    return { goName: definition.slice(definition.lastIndexOf(".") + 1), fields: compiled, filled, order };
  }
}

interface FieldFacts {
  readonly isStruct: boolean;
  readonly isNull: boolean;
  /** Go leaves out zero values. */
  readonly omits: boolean;
  /** Go writes zero values: lists and maps that are nil as null. */
  readonly keeps: boolean;
}

/** What stands for an absent field; undefined: nothing. */
function fallbackOf(
  { code, given }: { code: TypeCode; given: Json | undefined },
  { isStruct, isNull, omits, keeps }: FieldFacts,
): Json | undefined {
  if (isStruct) return {};
  if (isNull) return null;
  if (code.startsWith("[") || code.startsWith("{")) return keeps ? null : undefined;
  return omits && given !== undefined && isZero(given) ? undefined : given;
}

interface At {
  readonly walk: Walk;
  /** With indexes, for unknown fields. */
  readonly path: string;
  /** Field names alone, for Go's messages. */
  readonly field: string;
  /** The struct that holds the field. */
  readonly struct?: string;
}

/** `io.k8s.api.apps.v1.Deployment` is `apps/v1.Deployment` in the protobuf table. */
function messageName(definition: string): string {
  const [name = "", version = "", group = ""] = definition.split(".").reverse();
  return `${group}/${version}.${name}`;
}

const GO_TYPES: Readonly<Record<string, string>> = {
  s: "string",
  y: "[]uint8",
  i: "int32",
  l: "int64",
  d: "float64",
  b: "bool",
};

function scalar(value: Json, code: TypeCode, at: At): Json {
  switch (code) {
    case "s":
      if (typeof value === "string") return value;
      break;
    case "b":
      if (typeof value === "boolean") return value;
      break;
    case "i":
    case "l":
      if (typeof value === "number" && value === (value | 0)) return value;
      if (typeof value === "bigint" || Number.isInteger(value)) {
        const exact = BigInt(value as bigint | number);
        if (BigInt.asIntN(code === "i" ? 32 : 64, exact) === exact) return value;
      }
      if (typeof value === "bigint") throw mismatch(value, GO_TYPES[code]!, at, ` ${value}`);
      if (typeof value === "number") throw mismatch(value, GO_TYPES[code]!, at, ` ${value}`);
      break;
    case "d":
      if (typeof value === "number") return value;
      break;
    case "y":
      return bytes(value, at);
    case "t":
      return time(value, 0, at);
    case "x":
      if (typeof value === "string" || typeof value === "number") return value;
      throw new ShapeError(`json: cannot unmarshal ${jsonType(value)} into Go value of type int32`);
    default:
      return value;
  }
  throw mismatch(value, GO_TYPES[code]!, at);
}

function bytes(value: Json, at: At): Json {
  if (typeof value !== "string") throw mismatch(value, "[]uint8", at);
  const bad = /[^A-Za-z0-9+/=\r\n]/.exec(value)?.index ??
    (value.replace(/[\r\n]/g, "").length % 4 === 0 ? undefined : value.length - value.length % 4);
  if (bad !== undefined) {
    const problem = `illegal base64 data at input byte ${bad}`;
    throw new ShapeError(problem, `error decoding from json: ${problem}`);
  }
  return value;
}

function time(value: Json, digits: 0 | 6, at: At): Json {
  if (typeof value !== "string") throw mismatch(value, "string", at);
  const ms = Date.parse(value);
  const layout = `2006-01-02T15:04:05${digits === 6 ? ".000000" : ""}Z07:00`;
  const refused = (rest: string, part: string) =>
    new ShapeError(
      `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${
        JSON.stringify(rest)
      } as ` +
        JSON.stringify(part),
    );
  if (Number.isNaN(ms) || !/^\d{4}-\d\d-\d\dT/.test(value)) throw refused(value, "2006");
  const fraction = value.slice("2006-01-02T15:04:05".length);
  if (digits === 6 && !/^\.\d{6}(\D|$)/.test(fraction)) throw refused(fraction, ".000000");
  const utc = new Date(ms).toISOString().slice(0, 19);
  if (digits === 0) return `${utc}Z`;
  return `${utc}.${(/\.(\d+)/.exec(value)?.[1] ?? "").slice(0, 6).padEnd(6, "0")}Z`;
}

function quantity(value: Json): Json {
  const read = typeof value === "string" || typeof value === "number" ? parseQuantity(value) : null;
  if (read === null) {
    throw new ShapeError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  return formatQuantity(read);
}

function isZero(value: Json): boolean {
  if (value === "" || value === 0 || value === false || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}

function mismatch(value: Json, goType: string, at: At, detail = ""): ShapeError {
  const where = at.struct === undefined ? "value" : `struct field ${at.struct}.${at.field}`;
  return new ShapeError(
    `json: cannot unmarshal ${jsonType(value)}${detail} into Go ${where} of type ${goType}`,
    conversionProblem(value, goType),
  );
}

function conversionProblem(value: Json, goType: string): string {
  const from = convertedType(value);
  if (goType.startsWith("map[")) return `cannot restore map from ${from}`;
  if (goType.startsWith("[]")) return `cannot restore slice from ${from}`;
  if (goType.startsWith("v1.")) return `cannot restore struct from: ${from}`;
  // Go makes a string of an integer, a character of that code, which the converter finds and refuses
  const converts = from === "int64" && goType !== "bool" || from === "float64" && /^(int|float)/.test(goType);
  return converts ? `cannot convert ${from} to ${goType}` : `unrecognized type: ${goType}`;
}

function convertedType(value: Json): string {
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "boolean") return "bool";
  return Array.isArray(value) ? "slice" : typeof value === "string" ? "string" : "map";
}
