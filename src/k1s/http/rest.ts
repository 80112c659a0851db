/** The verbs on resources: decoded requests to the registry, and its results to answers. */
import {
  checkNamespaceDeletion,
  type Decoded,
  deleteObject,
  type DeleteRequest,
  inBatches,
  type JsonObject,
  mapOf,
  metaOf,
  type ObjectName,
  parseSelection,
  propagationOf,
  type Selection,
  selects,
  textOf,
} from "../registry/mod.ts";
import { isStorageError, type ListResult, parseKey, type StoredObject } from "../storage/mod.ts";
import { answer } from "./answer.ts";
import { ApiError, badRequest, expired, methodNotAllowed, tooLargeResourceVersion } from "./api_error.ts";
import { mediaType, readBody } from "./body.ts";
import { continueProblem } from "./continue_problem.ts";
import type { Exchange } from "./exchange.ts";
import { checkDeleteOptions, checkPropagation } from "./delete_options.ts";
import {
  checkForce,
  dryRun,
  integer,
  type ListParameters,
  listParameters,
  resourceVersion,
  type WriteParameters,
  writeParameters,
} from "./parameters.ts";
import { checkStream } from "./negotiate.ts";
import { applyPatch } from "./applying.ts";
import { APPLY, type Patch, readPatch } from "./patching.ts";
import { presentList, presentStored } from "./present.ts";
import { watchAnswer } from "./watch_stream.ts";

/** How long a read waits for a revision that the store has not reached. */
const WAIT_MS = 3_000;
const POLL_MS = 50;

/** Answers a request about objects themselves, or their status. */
export async function answerRest(exchange: Exchange): Promise<Response> {
  const { info, resource } = exchange;
  if (!allows(exchange)) throw methodNotAllowed();
  const overAll = resource.served.namespaced && info.namespace === "";
  if (overAll && (info.verb === "create" || info.verb === "deletecollection")) throw methodNotAllowed();
  switch (info.verb) {
    case "get":
      return await get(exchange);
    case "list":
      return await list(exchange);
    case "watch":
      return await watch(exchange);
    case "create":
      return await create(exchange);
    case "update":
      return await update(exchange);
    case "patch":
      return await patch(exchange);
    case "delete":
      return await remove(exchange);
    case "deletecollection":
      return await removeAll(exchange);
    case "connect":
    case "none":
      throw methodNotAllowed();
  }
}

function allows({ info, resource }: Exchange): boolean {
  const { verb, subresource, name } = info;
  if (subresource !== "") {
    const kind = resource.served.subresourceKinds.find((candidate) => candidate.name === subresource);
    return kind?.verbs.includes(verb) === true;
  }
  if (verb === "create" && name !== "" || (verb === "update" || verb === "patch") && name === "") {
    return false;
  }
  return resource.served.verbs.includes(verb);
}

/** The object's place; the namespace of a cluster-scoped kind is none. */
export function nameOf({ info, resource }: Exchange): ObjectName {
  return { namespace: resource.served.namespaced ? info.namespace : "", name: info.name };
}

async function get(exchange: Exchange): Promise<Response> {
  const version = resourceVersion(exchange.query.get("resourceVersion") ?? "", "get");
  await waitFor(exchange, version);
  return presentStored(exchange, await exchange.store.get(nameOf(exchange), version));
}

/** Waits a little for a revision that is to come. Throws 504. */
async function waitFor({ server }: Exchange, version: number | undefined): Promise<void> {
  if (version === undefined || version === 0) return;
  const endMs = server.clock.monotonic() + WAIT_MS;
  for (;;) {
    const current = await server.registry.storage.currentRevision();
    if (current >= version) return;
    if (server.clock.monotonic() >= endMs) throw tooLargeResourceVersion(version, current);
    await server.clock.sleep(POLL_MS, { signal: server.signal });
  }
}

function selectionOf({ resource, info }: Exchange, parameters: ListParameters): Selection {
  const selection = parseSelection(parameters, resource.strategy.labels);
  // a collection's path with a name (deprecated watches) selects by it
  return info.name === "" ? selection : { ...selection, name: info.name, all: false };
}

async function list(exchange: Exchange): Promise<Response> {
  const parameters = listParameters(exchange.query, { watch: false });
  return presentList(exchange, await select(exchange, parameters));
}

async function select(exchange: Exchange, parameters: ListParameters): Promise<ListResult> {
  const { store, resource, info } = exchange;
  const selection = selectionOf(exchange, parameters);
  const { match } = parameters;
  const isExact = match === "Exact";
  if (!isExact) await waitFor(exchange, parameters.resourceVersion);
  const accepts = selection.all
    ? undefined
    : (stored: StoredObject) => selects(selection, store.served(stored), resource.strategy.labels);
  try {
    return await store.list(info.namespace || (selection.namespace ?? ""), {
      limit: parameters.limit,
      continue: parameters.continueToken,
      resourceVersion: parameters.resourceVersion,
      match: isExact ? "exact" : match === "NotOlderThan" ? "notOlderThan" : undefined,
      accepts,
    });
  } catch (error) {
    throw listError(error, parameters.continueToken);
  }
}

function listError(error: unknown, token: string | undefined): unknown {
  if (isStorageError(error, "expired")) {
    if (error.continueToken === undefined) return expired();
    const message =
      "The provided continue parameter is too old to display a consistent list result. You can start a " +
      "new list without the continue parameter, or use the continue token in this response to retrieve the remainder of " +
      "the results. Continuing with the provided token results in an inconsistent list - objects that were created, " +
      "modified, or deleted between the time the first chunk was returned and now may show up in the list.";
    return new ApiError(410, "Expired", message, { continueToken: error.continueToken });
  }
  if (isStorageError(error, "invalid")) {
    if (!error.message.startsWith("continue key")) return badRequest(error.message);
    return badRequest(`invalid continue token: continue key is not valid: ${continueProblem(token ?? "")}`);
  }
  return error;
}

function watch(exchange: Exchange): Promise<Response> {
  const parameters = listParameters(exchange.query, { watch: true });
  const selection = selectionOf(exchange, parameters);
  checkStream(exchange.form); // refused before the stream begins
  return Promise.resolve(watchAnswer(exchange, parameters, selection));
}

/** A body as the kind has it, with what field validation has to say. */
export interface AdmittedBody {
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

/** Reads and decodes a body. Throws 400, 413, 415. */
export async function readObject(exchange: Exchange, parameters: WriteParameters): Promise<AdmittedBody> {
  const { request, server, resource, apiVersion } = exchange;
  const expected = { apiVersion, kind: resource.served.kind };
  const body = await readBody(request);
  const { object, ...problems } = await server.bodies.parse(body, mediaType(request), expected);
  if (resource.served.custom) checkComplete(resource.served.kind, object, body);
  checkType(exchange, object);
  return admitObject(exchange, object, { parameters, ...problems });
}

interface FieldProblems {
  readonly parameters: WriteParameters;
  readonly duplicates: readonly string[];
  readonly text?: string;
}

/** Decodes a parsed object, and refuses or warns of fields that are unknown or double. */
export function admitObject(
  { resource }: Exchange,
  object: JsonObject,
  { parameters, duplicates, text = "" }: FieldProblems,
): AdmittedBody {
  const { object: decoded, unknown }: Decoded = resource.strategy.decode(object);
  const { kind, version } = resource.served;
  const problems = [
    ...duplicates.map((path) => [text.lastIndexOf(quotedKey(path)), `duplicate field "${path}"`] as const),
    ...unknown.map((path) => [text.indexOf(quotedKey(path)), `unknown field "${path}"`] as const),
  ].sort(([a], [b]) => a - b).map(([, problem]) => problem);
  if (problems.length > 0 && parameters.fieldValidation === "Strict") {
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${
        problems.join(", ")
      }`,
    );
  }
  return { object: decoded, warnings: parameters.fieldValidation === "Warn" ? problems : [] };
}

/** The last name of a path, as the text has it. */
function quotedKey(path: string): string {
  return JSON.stringify(path.slice(path.lastIndexOf(".") + 1));
}

/** Most bytes of a body that a complaint repeats. */
const SUMMARY_BYTES = 30;

/** Custom objects must say what they are. Throws 400. */
function checkComplete(kind: string, object: JsonObject, body: Uint8Array): void {
  const missing = textOf(object, "kind") === ""
    ? "Kind"
    : textOf(object, "apiVersion") === ""
    ? "apiVersion"
    : "";
  if (missing === "") return;
  const text = new TextDecoder().decode(body);
  const start = body.subarray(0, SUMMARY_BYTES);
  const shown = text.startsWith("{") ? new TextDecoder().decode(start) : start.toHex();
  const summary = `${shown}${body.length > SUMMARY_BYTES ? " ..." : ""}`;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): Object '${missing}' is missing in '${text}' (${summary})`,
  );
}

/** Fills in apiVersion and kind; throws 400 where the body is of another kind. */
function checkType({ server, resource, apiVersion }: Exchange, object: JsonObject): void {
  const { kind, group, custom } = resource.served;
  if (textOf(object, "kind") === "") object.kind = kind;
  if (textOf(object, "apiVersion") === "") object.apiVersion = apiVersion;
  if (object.kind === kind && object.apiVersion === apiVersion) return;
  const [given, givenVersion] = [String(object.kind), String(object.apiVersion)];
  const shortVersion = givenVersion.split("/").pop()!;
  const detail = custom || !server.bodies.knows(givenVersion, given)
    ? `no kind "${given}" is registered for version "${givenVersion}" in scheme "pkg/runtime/scheme.go:111"`
    : `converting (${shortVersion}.${given}) to (${
      group === "" ? "core" : group.split(".")[0]
    }.${kind}): unknown conversion`;
  throw badRequest(`${given} in version "${shortVersion}" cannot be handled as a ${kind}: ${detail}`);
}

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

export function checkNameMatch({ info }: Exchange, object: JsonObject): void {
  const given = textOf(metaOf(object), "name");
  if (given === info.name) return;
  throw badRequest(
    given === ""
      ? `the name of the object (${info.name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${given}) does not match the name on the URL (${info.name})`,
  );
}

async function create(exchange: Exchange): Promise<Response> {
  const parameters = writeParameters(exchange.query, "CreateOptions");
  const { object, warnings } = await readObject(exchange, parameters);
  checkNamespaceMatch(exchange, object);
  const manager = exchange.manager(parameters.fieldManager);
  const options = { dryRun: parameters.dryRun, manager, user: exchange.user };
  const stored = await exchange.store.create(nameOf(exchange).namespace, object, options);
  return presentStored(exchange, stored, { status: 201, warnings });
}

async function update(exchange: Exchange): Promise<Response> {
  const { info, store, resource } = exchange;
  const parameters = writeParameters(exchange.query, "UpdateOptions");
  const { object, warnings } = await readObject(exchange, parameters);
  checkNamespaceMatch(exchange, object);
  checkNameMatch(exchange, object);
  const uid = textOf(metaOf(object), "uid");
  const mutate = (current: JsonObject) => {
    checkUid(exchange, uid, textOf(metaOf(current), "uid"));
    return structuredClone(object);
  };
  const creates = resource.strategy.createsOnUpdate && info.subresource === "";
  const { stored, created } = await store.update(nameOf(exchange), mutate, {
    dryRun: parameters.dryRun,
    manager: exchange.manager(parameters.fieldManager),
    subresource: info.subresource,
    create: creates ? () => mutate({}) : undefined,
  });
  return presentStored(exchange, stored, { status: created ? 201 : 200, warnings });
}

/** Where the real server keeps kinds under another name than their own. */
const STORAGE_PREFIXES: Readonly<Record<string, string>> = {
  services: "services/specs",
  endpoints: "services/endpoints",
  nodes: "minions",
  replicationcontrollers: "controllers",
  ingresses: "ingress",
};

/** A uid in the body is a precondition. Throws 409. */
export function checkUid({ info }: Exchange, uid: string, current: string): void {
  if (uid === "" || uid === current) return;
  const { group, resource: plural } = info;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const prefix = STORAGE_PREFIXES[plural] ?? plural;
  const key = `/registry/${prefix}/${info.namespace === "" ? "" : `${info.namespace}/`}${info.name}`;
  const message =
    `Operation cannot be fulfilled on ${qualified} "${info.name}": StorageError: invalid object, Code: 4, ` +
    `Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, ` +
    `UID in object meta: ${current}`;
  throw new ApiError(409, "Conflict", message, {
    details: { name: info.name, ...(group === "" ? {} : { group }), kind: plural },
  });
}

async function patch(exchange: Exchange): Promise<Response> {
  const { info, store, resource, request } = exchange;
  const parameters = writeParameters(exchange.query, "PatchOptions");
  const type = mediaType(request);
  if (type === APPLY) return await applyPatch(exchange);
  checkForce(exchange.query);
  const apply = readPatch(await readBody(request), type, resource.strategy.patchSchema);
  const warnings = new Set<string>();
  const { stored } = await store.update(
    nameOf(exchange),
    patched(exchange, apply, { parameters, warnings }),
    {
      dryRun: parameters.dryRun,
      manager: exchange.manager(parameters.fieldManager),
      subresource: info.subresource,
    },
  );
  return presentStored(exchange, stored, { warnings: [...warnings] });
}

/** A patch as a mutation: applied, decoded as the kind, and named as before. */
export function patched(
  exchange: Exchange,
  apply: Patch,
  { parameters, warnings }: { parameters: WriteParameters; warnings: Set<string> },
): (current: JsonObject) => JsonObject {
  return (current) => {
    const result = structuredClone(apply(current));
    const admitted = admitObject(exchange, result, { parameters, duplicates: [] });
    for (const warning of admitted.warnings) warnings.add(warning);
    checkNameMatch(exchange, admitted.object);
    checkNamespaceMatch(exchange, admitted.object);
    return admitted.object;
  };
}

/** Options of a deletion: the body's, and the query's where there is no body. Throws 400, 422. */
async function deleteRequest(exchange: Exchange): Promise<DeleteRequest> {
  const { request, query, server } = exchange;
  const body = await readBody(request);
  let options: JsonObject = {};
  if (body.length > 0) {
    const expected = { apiVersion: "v1", kind: "DeleteOptions" };
    options = (await server.bodies.parse(body, mediaType(request), { ...expected, bare: true })).object;
    checkDeleteOptions(options);
    const kind = textOf(options, "kind");
    if (kind !== "" && kind !== "DeleteOptions") {
      const version = textOf(options, "apiVersion");
      throw badRequest(
        `no kind "${kind}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`,
      );
    }
  } else {
    const [grace, policy, orphan] = [
      query.get("gracePeriodSeconds"),
      query.get("propagationPolicy"),
      query.get("orphanDependents"),
    ];
    if (grace !== null) options.gracePeriodSeconds = integer(grace) ?? 0;
    if (policy !== null) options.propagationPolicy = policy;
    if (orphan !== null) options.orphanDependents = orphan === "true";
    options.dryRun = query.getAll("dryRun");
  }
  checkPropagation(options);
  const preconditions = mapOf(options, "preconditions");
  const dry = Array.isArray(options.dryRun) ? options.dryRun.map(String) : [];
  return {
    dryRun: dryRun(dry, "DeleteOptions"),
    manager: exchange.manager(""),
    gracePeriodSeconds: typeof options.gracePeriodSeconds === "number"
      ? options.gracePeriodSeconds
      : undefined,
    propagation: propagationOf(options),
    uid: textOf(preconditions, "uid") || undefined,
    resourceVersion: textOf(preconditions, "resourceVersion") || undefined,
    nowMs: server.clock.now(),
  };
}

async function remove(exchange: Exchange): Promise<Response> {
  const { resource, store, info, request } = exchange;
  const options = await deleteRequest(exchange);
  if (resource.storageName === "namespaces") checkNamespaceDeletion(info.name);
  const { gone, stored } = await deleteObject(store, nameOf(exchange), options);
  const { group, plural } = resource.served;
  // pods answer the object that was deleted, for clients that wait on it
  if (!gone || RETURNS_DELETED.has(resource.storageName)) return presentStored(exchange, stored);
  const details = { name: info.name, ...(group === "" ? {} : { group }), kind: plural, uid: stored.uid };
  return answer(request, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details }, {
    form: exchange.form,
  });
}

const RETURNS_DELETED = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumes",
  "persistentvolumeclaims",
  "resourcequotas",
  "podtemplates",
]);

async function removeAll(exchange: Exchange): Promise<Response> {
  const { store } = exchange;
  const parameters = listParameters(exchange.query, { watch: false });
  const options = await deleteRequest(exchange);
  const page = await select(exchange, parameters);
  await inBatches(page.items, async (item) => {
    try {
      await deleteObject(store, parseKey(item.key), options);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "NotFound") throw error;
    }
  });
  return presentList(exchange, page);
}
