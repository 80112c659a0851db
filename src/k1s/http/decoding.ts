/** Bodies and patched objects as objects of their kind, and what is said of those that are none. */
import { type Decoded, type JsonObject, mapOf, metaOf, ShapeError, textOf } from "../registry/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { type ApiError, badRequest, internal, invalid } from "./api_error.ts";
import { mediaType, readBody, typeMetaProblem } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import type { WriteParameters } from "./parameters.ts";
import type { Patched } from "./patching.ts";

/** Reads and decodes a body; warns of field names. Throws 400, 413, 415, 422. */
export async function readObject(exchange: Exchange, parameters: WriteParameters): Promise<JsonObject> {
  const { request, server, resource, apiVersion } = exchange;
  const { kind, custom } = resource.served;
  const body = await readBody(request);
  const { object, duplicates, text = "" } = await server.bodies.parse(body, mediaType(request), {
    apiVersion,
    kind,
  });
  if (custom) checkComplete(exchange, object, { body, parameters });
  const mistyped = typeProblem(exchange, object);
  if (mistyped !== undefined) throw mistypedBody(object, kind, mistyped);
  const refuse = (problem: string) => unhandled(exchange, problem);
  const { object: decoded, unknown } = decode(exchange, object, ({ message }) => refuse(message));
  const problems = [
    ...duplicates.map((path) => [text.lastIndexOf(quotedKey(path)), `duplicate field "${path}"`] as const),
    ...unknown.map((path) => [text.indexOf(quotedKey(path)), `unknown field "${path}"`] as const),
  ].sort(([a], [b]) => a - b).map(([, problem]) => problem);
  judgeFields(exchange, problems, parameters, refuse);
  checkCustomVersion(exchange, decoded);
  checkCustomType(exchange, decoded);
  return decoded;
}

/** What a patch made, as an object of the kind and named as before; warns of field names. Throws 400, 422. */
export function admitPatched(
  exchange: Exchange,
  patched: Patched,
  parameters: WriteParameters,
): JsonObject {
  const { served } = exchange.resource;
  const object = structuredClone(patched.object);
  const mistyped = patched.isConverted ? undefined : typeProblem(exchange, object, patched.shown);
  if (mistyped !== undefined) throw patched.refused(new ShapeError(mistyped));
  const { object: decoded, unknown } = decode(exchange, object, patched.refused);
  // what is converted becomes of the type that it is converted to
  if (patched.isConverted) Object.assign(decoded, { kind: served.kind, apiVersion: exchange.apiVersion });
  const problems = [...patched.problems, ...unknown.map((path) => `unknown field "${path}"`)];
  judgeFields(exchange, problems, parameters, (problem) => patched.refused(new ShapeError(problem)));
  checkNamespaceMatch(exchange, decoded);
  checkNameMatch(exchange, decoded);
  checkCustomType(exchange, decoded);
  return decoded;
}

function decode(
  { resource }: Exchange,
  object: JsonObject,
  refused: (error: ShapeError) => ApiError,
): Decoded {
  try {
    return resource.strategy.decode(object);
  } catch (error) {
    throw error instanceof ShapeError ? refused(error) : error;
  }
}

/** Refuses or tells of fields that are unknown or double, as the request asks. */
export function judgeFields(
  exchange: Exchange,
  problems: readonly string[],
  { fieldValidation }: WriteParameters,
  refused: (problem: string) => ApiError,
): void {
  if (problems.length > 0 && fieldValidation === "Strict") {
    throw refused(`strict decoding error: ${problems.join(", ")}`);
  }
  if (fieldValidation === "Warn") { for (const problem of problems) exchange.warnings.add(problem); }
}

/** A body that is not of the kind's type. */
export function unhandled({ resource }: Exchange, problem: string): ApiError {
  const { kind, version } = resource.served;
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);
}

/** The last name of a path, as the text has it. */
function quotedKey(path: string): string {
  return JSON.stringify(path.slice(path.lastIndexOf(".") + 1));
}

/** Most bytes of a body that a complaint repeats. */
const SUMMARY_BYTES = 30;

/** Custom objects must say what they are. Throws 400. */
function checkComplete(
  exchange: Exchange,
  object: JsonObject,
  { body, parameters }: { readonly body: Uint8Array; readonly parameters: WriteParameters },
): void {
  const missing = textOf(object, "kind") === ""
    ? "Kind"
    : textOf(object, "apiVersion") === ""
    ? "apiVersion"
    : "";
  if (missing === "") return;
  const text = new TextDecoder().decode(body);
  const problem = `Object '${missing}' is missing in '${text}'`;
  // another decoder reads what nobody asks to check
  if (parameters.fieldValidation === "Ignore") throw unhandled(exchange, problem);
  const { kind } = exchange.resource.served;
  const start = body.subarray(0, SUMMARY_BYTES);
  const shown = text.startsWith("{") ? new TextDecoder().decode(start) : start.toHex();
  const summary = `${shown}${body.length > SUMMARY_BYTES ? " ..." : ""}`;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary})`,
  );
}

/**
 * What is wrong with an object's apiVersion and kind, which are filled in where a built-in kind's are missing;
 * undefined where nothing is. `shown`: the text that a complaint repeats.
 */
function typeProblem(
  { server, resource, apiVersion }: Exchange,
  object: JsonObject,
  shown = () => "",
): string | undefined {
  const unreadable = typeMetaProblem(object);
  if (unreadable !== undefined) return unreadable;
  const { kind, group, custom } = resource.served;
  if (custom) return textOf(object, "kind") === "" ? `Object 'Kind' is missing in '${shown()}'` : undefined;
  if (textOf(object, "kind") === "") object.kind = kind;
  if (textOf(object, "apiVersion") === "") object.apiVersion = apiVersion;
  if (object.kind === kind && object.apiVersion === apiVersion) return undefined;
  const [given, version] = [String(object.kind), String(object.apiVersion)];
  if (!server.bodies.knows(version, given.replace(/List$/, ""))) {
    return `no kind "${given}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`;
  }
  const internal = group === "" ? "core" : group.split(".")[0];
  return `converting (${version.split("/").pop()}.${given}) to (${internal}.${kind}): unknown conversion`;
}

function mistypedBody(object: JsonObject, kind: string, problem: string): ApiError {
  const version = textOf(object, "apiVersion").split("/").pop();
  return badRequest(
    `${String(object.kind)} in version "${version}" cannot be handled as a ${kind}: ${problem}`,
  );
}

/** Throws 400 for a custom object in another version than the path's. */
function checkCustomVersion({ resource, apiVersion }: Exchange, object: JsonObject): void {
  if (!resource.served.custom || object.apiVersion === apiVersion) return;
  throw badRequest(
    `the API version in the data (${String(object.apiVersion)}) does not match the expected API version ` +
      `(${apiVersion})`,
  );
}

/** Type is data in a custom object, and validated as such. Throws 422. */
function checkCustomType({ resource, apiVersion }: Exchange, object: JsonObject): void {
  const { kind, custom } = resource.served;
  if (!custom || object.kind === kind && object.apiVersion === apiVersion) return;
  if (textOf(object, "apiVersion") === "") {
    throw internal("Object 'apiVersion' is missing in 'object has no apiVersion field'");
  }
  const errors: FieldError[] = [];
  const wanted = { kind, apiVersion };
  for (const field of ["kind", "apiVersion"] as const) {
    const value = object[field];
    if (value !== wanted[field]) {
      errors.push({ type: "invalid", field, value, detail: `must be ${wanted[field]}` });
    }
  }
  const [, group = ""] = textOf(object, "apiVersion").split("/").reverse();
  throw invalid({ group, kind: textOf(object, "kind") }, textOf(mapOf(object, "metadata"), "name"), errors);
}

/** Throws 400 for another namespace than the path's; cluster-scoped kinds lose theirs. */
export function checkNamespaceMatch({ info, resource }: Exchange, object: JsonObject): void {
  const given = textOf(metaOf(object), "namespace");
  const wanted = resource.served.namespaced ? info.namespace : "";
  if (given === "" || given === wanted) return;
  if (wanted === "") {
    delete metaOf(object).namespace;
    return;
  }
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

/** Throws 400 for another name than the path's. */
export function checkNameMatch({ info }: Exchange, object: JsonObject): void {
  const given = textOf(metaOf(object), "name");
  if (given === info.name) return;
  throw badRequest(
    given === ""
      ? `the name of the object (${info.name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${info.name})`,
  );
}
