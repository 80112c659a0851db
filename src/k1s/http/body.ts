/** Request bodies as parsed JSON: JSON, YAML, and Kubernetes protobuf for built-in kinds. */
import { ProtobufCodec } from "../codec/protobuf.ts";
import { duplicateFields, isObject, type JsonObject, JsonSyntaxError, parseJson } from "../registry/mod.ts";
import { badRequest, tooLarge, unsupportedMediaType } from "./api_error.ts";

/** What the real server's --max-request-body is. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
export const MEDIA_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

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
  if (chunks.length === 1) return chunks[0]!;
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
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
}

/** What a body is expected to be, for messages and for types that it leaves out. */
export interface ExpectedType {
  readonly apiVersion: string;
  readonly kind: string;
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
        return parseText(new TextDecoder().decode(body), expected);
      case "application/yaml":
        return await parseYaml(new TextDecoder().decode(body), expected);
      case "application/vnd.kubernetes.protobuf":
        return { object: this.#protobuf(body, expected), duplicates: [] };
    }
    throw unsupportedMediaType(MEDIA_TYPES);
  }

  #protobuf(body: Uint8Array, expected: ExpectedType): JsonObject {
    try {
      return this.#codec.decode(body, expected) as JsonObject;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ProtobufError") throw error;
      throw badRequest(
        `the object provided is unrecognized (must be of type ${expected.kind}): ${error.message}`,
      );
    }
  }
}

/** Bytes shown in messages about a body that is no object. */
const SHOWN = 30;

function parseText(text: string, { kind }: ExpectedType): ParsedBody {
  try {
    const value = parseJson(text);
    if (isObject(value)) return { object: value, duplicates: duplicateFields(text) };
    const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    throw new JsonSyntaxError(
      `json: cannot unmarshal ${type} into Go value of type struct { APIVersion string ` +
        '"json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
        `${error.message} (${shown(text)})`,
    );
  }
}

/** The beginning of a body: text as it is, anything else in hex. */
function shown(text: string): string {
  if (text === "") return "<empty>";
  const isText = text.startsWith("{");
  const source = isText ? text : new TextEncoder().encode(text).toHex();
  return source.length > SHOWN ? `${source.slice(0, SHOWN)} ...` : source;
}

/** YAML is JSON to the decoder: parsed, then read as the JSON that it says. */
async function parseYaml(text: string, { kind }: ExpectedType): Promise<ParsedBody> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): yaml: ${error.message}`);
  }
  return parseText(JSON.stringify(document.toJS() ?? null), { apiVersion: "", kind });
}
