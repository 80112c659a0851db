/** The verbs on resources: decoded requests to the registry, and its results to answers. */
import {
  checkNamespaceDeletion,
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
import { admitPatched, checkNameMatch, checkNamespaceMatch, readObject } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import { checkDeleteOptions, checkPropagation } from "./delete_options.ts";
import {
  checkForce,
  dryRun,
  integer,
  type ListParameters,
  listParameters,
  resourceVersion,
  type Selectors,
  selectors,
  writeParameters,
} from "./parameters.ts";
import { checkStream } from "./negotiate.ts";
import { applyPatch } from "./applying.ts";
import { APPLY, readPatch } from "./patching.ts";
import { presentList, presentStored, presentWritten } from "./present.ts";
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

function selectionOf({ resource, info }: Exchange, parameters: Selectors): Selection {
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
      // a list of whatever the cache has is whole, as the real server's is
      limit: parameters.resourceVersion === 0 && !isExact ? 0 : parameters.limit,
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
  // selectors are refused before a revision that is none
  selectionOf(exchange, selectors(exchange.query));
  const parameters = listParameters(exchange.query, { watch: true });
  const selection = selectionOf(exchange, parameters);
  checkStream(exchange.form); // refused before the stream begins
  return Promise.resolve(watchAnswer(exchange, parameters, selection));
}

async function create(exchange: Exchange): Promise<Response> {
  const parameters = writeParameters(exchange.query, "CreateOptions");
  const object = await readObject(exchange, parameters);
  checkNamespaceMatch(exchange, object);
  const manager = exchange.manager(parameters.fieldManager);
  const options = { dryRun: parameters.dryRun, manager, user: exchange.user };
  const stored = await exchange.store.create(nameOf(exchange).namespace, object, options);
  return presentWritten(exchange, { stored, created: true });
}

async function update(exchange: Exchange): Promise<Response> {
  const { info, store, resource } = exchange;
  const parameters = writeParameters(exchange.query, "UpdateOptions");
  const object = await readObject(exchange, parameters);
  checkNamespaceMatch(exchange, object);
  checkNameMatch(exchange, object);
  const uid = textOf(metaOf(object), "uid");
  const mutate = (current: JsonObject) => {
    checkUid(exchange, uid, { current: textOf(metaOf(current), "uid"), dryRun: parameters.dryRun });
    return structuredClone(object);
  };
  const creates = resource.strategy.createsOnUpdate && info.subresource === "";
  const written = await store.update(nameOf(exchange), mutate, {
    dryRun: parameters.dryRun,
    manager: exchange.manager(parameters.fieldManager),
    subresource: info.subresource,
    create: creates ? () => mutate({}) : undefined,
  });
  return presentWritten(exchange, written);
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
function checkUid(
  { info, resource }: Exchange,
  uid: string,
  { current, dryRun }: { readonly current: string; readonly dryRun: boolean },
): void {
  if (uid === "" || uid === current) return;
  const { group, resource: plural } = info;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const kept = resource.served.custom ? `${group}/${plural}` : STORAGE_PREFIXES[plural] ?? plural;
  // a dry run does not come as far as the storage's own prefix
  const key = `${dryRun ? "" : "/registry"}/${kept}/${
    info.namespace === "" ? "" : `${info.namespace}/`
  }${info.name}`;
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
  const read = readPatch(await readBody(request), type, resource.strategy.patchSchema);
  const written = await store.update(
    nameOf(exchange),
    (current) => admitPatched(exchange, read(current), parameters),
    {
      dryRun: parameters.dryRun,
      manager: exchange.manager(parameters.fieldManager),
      subresource: info.subresource,
    },
  );
  return presentWritten(exchange, written);
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
  const says = options.propagationPolicy ?? options.orphanDependents ?? null;
  if (says === null && exchange.resource.storageName === "jobs.batch") exchange.warnings.add(JOB_PODS);
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

const JOB_PODS =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background " +
  "to remove them or set propagationPolicy=Orphan to suppress this warning";

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
