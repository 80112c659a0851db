/**
 * An OpenAPI v2 document as protobuf, for kubectl and helm, which ask for no other form.
 * https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto
 */
import { ProtobufWriter } from "./protobuf_writer.ts";

type Json = Record<string, unknown>;
type Write = (writer: ProtobufWriter, value: never) => void;

/** [field number, how it is written] by JSON name; extensions go apart. */
type Fields = Readonly<Record<string, readonly [number, Write]>>;

const text: Write = (writer, value: string) => writer.text(value);
const flag: Write = (writer, value: boolean) => writer.varint(value ? 1 : 0);
const whole: Write = (writer, value: number) => writer.varint(value);
const real: Write = (writer, value: number) => writer.double(value);

/** A message of fields by name, with everything that begins with `x-` at the number of its extensions. */
function message(fields: () => Fields, extensions: number): Write {
  return (writer, value: Json) => {
    const known = fields();
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined || part === null) continue;
      const field = known[name];
      if (field) writer.field(field[0], field[1], part as never);
      else if (name.startsWith("x-")) {
        writer.field(extensions, namedAny, [name, part] as never);
      }
    }
  };
}

/** A value of any kind is YAML, and JSON is that. */
const any: Write = (writer, value: unknown) => writer.field(2, text, `${JSON.stringify(value)}\n` as never);
const namedAny: Write = (writer, [name, value]: [string, unknown]) => {
  writer.field(1, text, name as never);
  writer.field(2, any, value as never);
};

/** A repeated field is written once for each item, by the writer that it is given at. */
function each(write: Write): Write {
  return Object.assign(((writer, value) => write(writer, value)) as Write, { repeated: true });
}

/** A map as a message whose field 1 is repeated pairs of name (1) and value (2). */
function named(write: Write, at = 1): Write {
  const pair: Write = (writer, [name, value]: [string, unknown]) => {
    writer.field(1, text, name as never);
    writer.field(2, write, value as never);
  };
  return (writer, value: Json) => {
    for (const entry of Object.entries(value)) writer.field(at, pair, entry as never);
  };
}

/** A oneof or wrapper message with the value at one number. */
function wrapped(number: number, write: Write): Write {
  return (writer, value) => writer.field(number, write, value);
}

const schema: Write = message(() => SCHEMA, 31);
const typeNames: Write = (writer, value: string | string[]) => {
  for (const name of [value].flat()) writer.field(1, text, name as never);
};
const additional: Write = (writer, value: boolean | Json) =>
  typeof value === "boolean"
    ? writer.field(2, flag, value as never)
    : writer.field(1, schema, value as never);

const SCHEMA: Fields = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, any],
  multipleOf: [6, real],
  maximum: [7, real],
  exclusiveMaximum: [8, flag],
  minimum: [9, real],
  exclusiveMinimum: [10, flag],
  maxLength: [11, whole],
  minLength: [12, whole],
  pattern: [13, text],
  maxItems: [14, whole],
  minItems: [15, whole],
  uniqueItems: [16, flag],
  maxProperties: [17, whole],
  minProperties: [18, whole],
  required: [19, each(text)],
  enum: [20, each(any)],
  additionalProperties: [21, additional],
  type: [22, typeNames],
  items: [23, wrapped(1, schema)],
  properties: [25, named(schema)],
};

const BODY: Fields = {
  description: [1, text],
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
};
const QUERY: Fields = {
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [6, text],
  format: [7, text],
  uniqueItems: [20, flag],
};
/** As in a query, but for one number less from the fifth on. */
const PATH: Fields = {
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [5, text],
  format: [6, text],
  uniqueItems: [19, flag],
};

const parameter: Write = (writer, value: Json) => {
  const write = value.in === "body"
    ? wrapped(1, message(() => BODY, 6))
    : value.in === "query"
    ? wrapped(2, wrapped(3, message(() => QUERY, 23)))
    : wrapped(2, wrapped(4, message(() => PATH, 22)));
  writer.field(1, write, value as never);
};

const RESPONSE: Fields = { description: [1, text], schema: [2, wrapped(1, schema)] };
const OPERATION: Fields = {
  description: [3, text],
  operationId: [5, text],
  produces: [6, each(text)],
  consumes: [7, each(text)],
  parameters: [8, each(parameter)],
  responses: [9, named(wrapped(1, message(() => RESPONSE, 5)))],
  schemes: [10, each(text)],
};
const operation: Write = message(() => OPERATION, 13);
const PATH_ITEM: Fields = {
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [7, operation],
  parameters: [9, each(parameter)],
};
const INFO: Fields = { title: [1, text], version: [2, text] };
const DOCUMENT: Fields = {
  swagger: [1, text],
  info: [2, message(() => INFO, 7)],
  paths: [8, named(message(() => PATH_ITEM, 10), 2)],
  definitions: [9, named(schema)],
};

/** The document's bytes. */
export function openApiV2Protobuf(document: Json): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  message(() => DOCUMENT, 16)(writer, document as never);
  return writer.bytes();
}
