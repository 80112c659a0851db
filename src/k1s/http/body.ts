/** Request bodies as parsed JSON: JSON, YAML, and Kubernetes protobuf for built-in kinds. */
import { ProtobufCodec } from "../codec/protobuf.ts";
import {
  duplicateFields,
  isObject,
  type Json,
  type JsonObject,
  JsonSyntaxError,
  parseJson,
} from "../registry/mod.ts";
import { type ApiError, badRequest, tooLarge, unsupportedMediaType } from "./api_error.ts";

/** What the real server's --max-request-body is. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
const MEDIA_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** The body's bytes. Throws 413 past the limit, without reading on. */
export async function readBody(request: Request): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (Number(declared) > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  // whole bodies skip streams: a tenth of a small write
  if (declared !== null) return bounded(await request.bytes());
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = (await reader?.read())?.value;
    if (chunk === undefined) break;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      void reader!.cancel().catch(() => {});
      throw tooLarge(MAX_BODY_BYTES);
    }
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}

export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0] as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function bounded(body: Uint8Array): Uint8Array {
  if (body.length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  return body;
}

/** The media type alone: no parameters, lower case; JSON where there is none. */
export function mediaType(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase() || "application/json";
}

export interface ParsedBody {
  readonly object: JsonObject;
  /** Paths of fields that the text has twice. */
  readonly duplicates: readonly string[];
  /** The text, where it has such fields: what is wrong is told in its order. */
  readonly text?: string;
}

/** What a body is expected to be, for messages and for types that it leaves out. */
export interface ExpectedType {
  readonly apiVersion: string;
  readonly kind: string;
  /** The complaint about a text that can't be read names no type. */
  readonly bare?: boolean;
}

export class BodyParser {
  readonly #codec: ProtobufCodec;

  constructor(codec: ProtobufCodec) {
    this.#codec = codec;
  }

  /** The kinds that protobuf bodies may be of, as `apps/v1 Deployment`. */
  knows(apiVersion: string, kind: string): boolean {
    return Object.hasOwn(this.#codec.table.kinds, `${apiVersion} ${kind}`);
  }

  /** Parses by media type. Throws 400, 415. */
  async parse(body: Uint8Array, type: string, expected: ExpectedType): Promise<ParsedBody> {
    switch (type) {
      case "application/json":
        return parseText(new TextDecoder().decode(body), expected, body);
      case "application/yaml":
        return await parseYaml(body, expected);
      case "application/vnd.kubernetes.protobuf":
        return { object: this.#protobuf(body, expected), duplicates: [] };
    }
    throw unsupportedMediaType(MEDIA_TYPES);
  }

  #protobuf(body: Uint8Array, expected: ExpectedType): JsonObject {
    // the prefix alone holds no object
    if (body.length === PROTOBUF_PREFIX) {
      throw badRequest(
        `the object provided is unrecognized (must be of type ${expected.kind}): empty body (${shown(body)})`,
      );
    }
    try {
      return this.#codec.decode(body, expected) as JsonObject;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ProtobufError") throw error;
      throw badRequest(
        `the object provided is unrecognized (must be of type ${expected.kind}): ${error.message} (${
          shown(body)
        })`,
      );
    }
  }
}

/** Bytes shown in messages about a body that is no object. */
const SHOWN = 30;
/** `k8s\0` */
const PROTOBUF_PREFIX = 4;
const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string ' +
  '"json:\\"kind,omitempty\\"" }';

function parseText(text: string, expected: ExpectedType, body: Uint8Array): ParsedBody {
  try {
    const value = parseJson(text);
    if (value === null) return { object: {}, duplicates: [] };
    if (!isObject(value)) {
      throw new JsonSyntaxError(`json: cannot unmarshal ${goType(value)} into Go value of type ${TYPE_META}`);
    }
    const mistyped = typeMetaProblem(value);
    if (mistyped !== undefined) throw refused(mistyped, expected, body);
    const duplicates = duplicateFields(text);
    return { object: value, duplicates, ...(duplicates.length > 0 ? { text } : {}) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw refused(`${NO_TYPE}${syntaxProblem(text, body) ?? error.message}`, expected, body);
  }
}

const NO_TYPE = "couldn't get version/kind; json parse error: ";

function refused(problem: string, expected: ExpectedType, body: Uint8Array): ApiError {
  return badRequest(expected.bare === true ? problem : unrecognized(expected, problem, body));
}

function unrecognized({ kind }: ExpectedType, problem: string, body: Uint8Array): string {
  return `the object provided is unrecognized (must be of type ${kind}): ${problem} (${shown(body)})`;
}

/** What keeps apiVersion and kind from being read; undefined for what may be read. */
export function typeMetaProblem(value: JsonObject): string | undefined {
  for (const field of ["apiVersion", "kind"]) {
    const given = value[field] ?? null;
    if (given === null || typeof given === "string") continue;
    return `${NO_TYPE}json: cannot unmarshal ${goType(given)} into Go struct field .${field} of type string`;
  }
  const version = typeof value.apiVersion === "string" ? value.apiVersion : "";
  return version.split("/").length <= 2 ? undefined : `unexpected GroupVersion string: ${version}`;
}

function goType(value: Json): string {
  return Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
}

/** Deeper documents are refused, as by Go's decoder. */
const MAX_DEPTH = 10_000;

/** What Go stumbles over first and V8 does not: depth, and bytes that are no UTF-8. */
function syntaxProblem(text: string, body: Uint8Array): string | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') { for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++; }
    if (char === "}" || char === "]") depth--;
    if ((char === "{" || char === "[") && ++depth > MAX_DEPTH) {
      return `invalid character '${char}' exceeded max depth`;
    }
  }
  if (body.length === 0 || body[0]! < 0x80) return undefined;
  // Go tells the first byte as a character of its own
  return `invalid character '${String.fromCharCode(body[0]!)}' looking for beginning of value`;
}

/** The beginning of a body: text as it is, anything else in hex. */
function shown(body: Uint8Array): string {
  if (body.length === 0) return "<empty>";
  const part = body.subarray(0, SHOWN);
  const text = body[0] === 0x7b ? new TextDecoder().decode(part) : part.toHex();
  return body.length > SHOWN ? `${text} ...` : text;
}

/** YAML is JSON to the decoder: parsed, then read as the JSON that it says. */
async function parseYaml(body: Uint8Array, expected: ExpectedType): Promise<ParsedBody> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(new TextDecoder().decode(body), { uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw badRequest(unrecognized(expected, `yaml: ${error.message}`, body));
  const text = JSON.stringify(document.toJS() ?? null);
  return parseText(text, { apiVersion: "", kind: expected.kind }, new TextEncoder().encode(text));
}
