/**
 * Protobuf bodies of built-in kinds to the JSON that the same client would have sent.
 *
 * Typed client-go sends `application/vnd.kubernetes.protobuf` and does not fall back, so a server must read it;
 * every client accepts JSON answers, so nothing is written. One table (builtin/protobuf.json) knows every message.
 *
 * A body is `k8s\0` and a runtime.Unknown around the object:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { ProtobufError, ProtobufReader } from "./protobuf_reader.ts";

/** number, JSON name ("" for an inlined struct), type, 1 when a zero value is meant and 0 when it stands for absent. */
export type FieldRow = readonly [number, string, string, 0 | 1];

export interface ProtobufTable {
  /** `apps/v1 Deployment` to a message's name. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, readonly FieldRow[]>>;
}

type Json = unknown;
type JsonObject = Record<string, Json>;

const MAGIC = [0x6b, 0x38, 0x73, 0x00];
/** Deeper than any built-in type goes (JSONSchemaProps nests freely), shallower than the stack. */
const MAX_DEPTH = 100;

/** Decodes bodies by one table. */
export class ProtobufCodec {
  readonly #fields = new Map<string, ReadonlyMap<number, FieldRow>>();

  constructor(readonly table: ProtobufTable) {}

  /** True when the body begins as Kubernetes protobuf does. */
  static recognises(body: Uint8Array): boolean {
    return MAGIC.every((byte, at) => body[at] === byte);
  }

  /**
   * The object as parsed JSON, apiVersion and kind included. `fallback` names the type where the envelope
   * does not. Throws ProtobufError for what is not protobuf or not a known kind.
   */
  decode(
    body: Uint8Array,
    fallback: { apiVersion: string; kind: string } = { apiVersion: "", kind: "" },
  ): JsonObject {
    if (!ProtobufCodec.recognises(body)) {
      throw new ProtobufError(
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
      );
    }
    const envelope = readEnvelope(new ProtobufReader(body, MAGIC.length));
    const apiVersion = envelope.apiVersion || fallback.apiVersion;
    const kind = envelope.kind || fallback.kind;
    const message = this.table.kinds[`${apiVersion} ${kind}`];
    if (message === undefined) {
      throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
    }
    const object = this.#message(message, new ProtobufReader(envelope.raw), MAX_DEPTH);
    return { kind, apiVersion, ...object };
  }

  #message(name: string, reader: ProtobufReader, depth: number): JsonObject {
    if (depth === 0) throw new ProtobufError("exceeded max depth");
    const fields = this.#fieldsOf(name);
    const object: JsonObject = {};
    while (!reader.done) {
      const { number, wire } = reader.tag();
      const field = fields.get(number);
      if (field === undefined) reader.skip(wire);
      else this.#field(object, field, { reader, wire, depth });
    }
    for (const [, key, type, keepZero] of fields.values()) {
      // Go writes a nil list or map that is not omitted as null; on the wire it is nothing
      if (keepZero === 1 && isCollection(type)) object[key] ??= null;
    }
    return object;
  }

  #field(
    object: JsonObject,
    field: FieldRow,
    at: { reader: ProtobufReader; wire: number; depth: number },
  ): void {
    const [, key, type, keepZero] = field;
    if (type.startsWith("[]")) {
      const list = (object[key] ??= []) as Json[];
      list.push(this.#value(type.slice(2), at));
    } else if (type.startsWith("{}")) {
      const map = (object[key] ??= {}) as JsonObject;
      this.#entry(map, type.slice(2), at);
    } else {
      const value = this.#value(type, at);
      if (key === "") Object.assign(object, value);
      else if (keepZero === 1 || !isZero(value)) object[key] = value;
    }
  }

  #entry(map: JsonObject, type: string, { reader, depth }: { reader: ProtobufReader; depth: number }): void {
    const entry = reader.message();
    let key = "";
    let value: Json = zeroOf(type);
    while (!entry.done) {
      const { number, wire } = entry.tag();
      if (number === 1) key = entry.string();
      else if (number === 2) value = this.#value(type, { reader: entry, wire, depth });
      else entry.skip(wire);
    }
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  }

  #value(type: string, { reader, depth }: { reader: ProtobufReader; wire: number; depth: number }): Json {
    switch (type) {
      case "string":
        return reader.string();
      case "bool":
        return Number(reader.varint()) !== 0;
      case "int":
        return reader.varint();
      case "double":
        return reader.double();
      case "bytes":
        return reader.chunk().toBase64();
    }
    const special = SPECIAL[type];
    if (special) return special(reader.message(), (name, inner) => this.#message(name, inner, depth - 1));
    return this.#message(type, reader.message(), depth - 1);
  }

  #fieldsOf(name: string): ReadonlyMap<number, FieldRow> {
    let fields = this.#fields.get(name);
    if (fields === undefined) {
      const rows = this.table.messages[name];
      if (rows === undefined) throw new ProtobufError(`no message "${name}" in the table`);
      fields = new Map(rows.map((row) => [row[0], row]));
      this.#fields.set(name, fields);
    }
    return fields;
  }
}

type Nested = (message: string, reader: ProtobufReader) => JsonObject;

const SCHEMA = "apiextensions/v1.JSONSchemaProps";

/** Types whose JSON is not an object of their fields. */
const SPECIAL: Readonly<Record<string, (reader: ProtobufReader, nested: Nested) => Json>> = {
  Time: (reader) => timestamp(reader, 0),
  MicroTime: (reader) => timestamp(reader, 6),
  Duration: (reader) => goDuration(Number(scan(reader, { 1: "int" })[1] ?? 0)),
  FieldsV1: (reader) => rawJson(scan(reader, { 1: "bytes" })[1]),
  RawExtension: (reader) => rawJson(scan(reader, { 1: "bytes" })[1]),
  JSON: (reader) => rawJson(scan(reader, { 1: "bytes" })[1]),
  Quantity: (reader) => scan(reader, { 1: "string" })[1] ?? "0",
  IntOrString: (reader) => {
    const { 1: type, 2: number, 3: text } = scan(reader, { 1: "int", 2: "int", 3: "string" });
    return type === 1 ? text ?? "" : number ?? 0;
  },
  Strings: (reader) => {
    const items: string[] = [];
    each(reader, { 1: (field) => items.push(field.string()) });
    return items;
  },
  JSONSchemaPropsOrBool: (reader, nested) => {
    let allowed = false, schema: Json = null;
    each(reader, {
      1: (field) => allowed = Number(field.varint()) !== 0,
      2: (field) => schema = nested(SCHEMA, field.message()),
    });
    return schema ?? allowed;
  },
  JSONSchemaPropsOrArray: (reader, nested) => {
    let schema: Json = null;
    const schemas: Json[] = [];
    each(reader, {
      1: (field) => schema = nested(SCHEMA, field.message()),
      2: (field) => schemas.push(nested(SCHEMA, field.message())),
    });
    return schema ?? schemas;
  },
  JSONSchemaPropsOrStringArray: (reader, nested) => {
    let schema: Json = null;
    const names: string[] = [];
    each(reader, {
      1: (field) => schema = nested(SCHEMA, field.message()),
      2: (field) => names.push(field.string()),
    });
    return schema ?? names;
  },
};

/** Calls the handler of every field that has one, and steps over the others. */
function each(
  reader: ProtobufReader,
  handlers: Readonly<Record<number, (field: ProtobufReader) => void>>,
): void {
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const handler = handlers[number];
    if (handler) handler(reader);
    else reader.skip(wire);
  }
}

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** runtime.Unknown: typeMeta 1 {apiVersion 1, kind 2}, raw 2, contentEncoding 3, contentType 4. */
function readEnvelope(reader: ProtobufReader): Envelope {
  let meta: ReturnType<typeof scan<1 | 2>> = {}, raw: Uint8Array = new Uint8Array();
  each(reader, {
    1: (field) => meta = scan(field.message(), { 1: "string", 2: "string" }),
    2: (field) => raw = field.chunk(),
  });
  return { apiVersion: String(meta[1] ?? ""), kind: String(meta[2] ?? ""), raw };
}

type Scalar = "int" | "string" | "bytes";

/** The scalar fields of a small message, by number. */
function scan<N extends number>(
  reader: ProtobufReader,
  wanted: Record<N, Scalar>,
): Partial<Record<N, number | bigint | string | Uint8Array>> {
  const found: Partial<Record<N, number | bigint | string | Uint8Array>> = {};
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const type = (wanted as Record<number, Scalar>)[number];
    if (type === undefined) reader.skip(wire);
    else if (type === "int") found[number as N] = reader.varint();
    else if (type === "string") found[number as N] = reader.string();
    else found[number as N] = reader.chunk();
  }
  return found;
}

/** metav1.Time {seconds 1, nanos 2} as RFC 3339; null for the zero time, which encodes as nothing. */
function timestamp(reader: ProtobufReader, digits: 0 | 6): string | null {
  if (reader.done) return null;
  const { 1: seconds, 2: nanos } = scan(reader, { 1: "int", 2: "int" });
  const whole = Number(seconds ?? 0);
  if (whole === ZERO_TIME_SECONDS && Number(nanos ?? 0) === 0) return null;
  const date = new Date(whole * 1000);
  if (Number.isNaN(date.getTime())) throw new ProtobufError("time out of range");
  const text = date.toISOString().slice(0, 19);
  if (digits === 0) return `${text}Z`;
  return `${text}.${String(Math.floor(Number(nanos ?? 0) / 1000)).padStart(6, "0")}Z`;
}

/** Go's zero time.Time, 0001-01-01T00:00:00Z, in Unix seconds. */
const ZERO_TIME_SECONDS = -62_135_596_800;

/** Nanoseconds as Go's time.Duration prints them: `1h0m0s`, `1.5s`, `250ms`. */
function goDuration(nanos: number): string {
  if (nanos === 0) return "0s";
  const sign = nanos < 0 ? "-" : "";
  const abs = Math.abs(nanos);
  if (abs < 1e3) return `${sign}${abs}ns`;
  if (abs < 1e6) return `${sign}${abs / 1e3}µs`;
  if (abs < 1e9) return `${sign}${abs / 1e6}ms`;
  const hours = Math.floor(abs / 3600e9), minutes = Math.floor(abs / 60e9) % 60, seconds = (abs % 60e9) / 1e9;
  const big = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${sign}${big}${seconds}s`;
}

function rawJson(raw: unknown): Json {
  if (!(raw instanceof Uint8Array) || raw.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    throw new ProtobufError("embedded JSON does not parse");
  }
}

function isCollection(type: string): boolean {
  return type.startsWith("[]") || type.startsWith("{}");
}

function isZero(value: Json): boolean {
  if (value === "" || value === 0 || value === false || value === null) return true;
  return typeof value === "object" && !Array.isArray(value) && Object.keys(value as object).length === 0;
}

function zeroOf(type: string): Json {
  if (type === "string" || type === "bytes") return "";
  if (type === "int" || type === "double") return 0;
  if (type === "bool") return false;
  if (type === "Quantity") return "0";
  if (type.startsWith("[]") || type === "Strings") return [];
  return {};
}
