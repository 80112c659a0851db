/** DELETE of one object and of collections: preconditions, grace, finalizers, propagation. */
import { ApiError, invalid } from "../http/api_error.ts";
import type { StoredObject } from "../storage/mod.ts";
import { assign, type JsonObject, listOf, metaOf, textOf, textsOf, timestamp } from "./object.ts";
import type { ObjectName, ResourceStore, WriteOptions } from "./resource_store.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
export interface DeleteRequest extends WriteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: "Background" | "Foreground" | "Orphan" | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  /** Wall time, ms. */
  readonly nowMs: number;
}

export interface Deleted {
  /** False: it is still there, ending. */
  readonly gone: boolean;
  readonly stored: StoredObject;
}

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Kinds whose dependents stay unless the request says otherwise; kubectl always says. */
const ORPHANED_BY_DEFAULT = new Set(["jobs.batch"]);

/** Deletes an object, or marks it as ending where something holds it. Throws ApiError 404, 409. */
export async function deleteObject(
  store: ResourceStore,
  name: ObjectName,
  request: DeleteRequest,
): Promise<Deleted> {
  for (;;) {
    const current = await store.get(name);
    checkPreconditions(store, current, { name, request });
    const object = store.served(current);
    const marked = markForDeletion(store, object, request);
    if (store.isFinished(marked)) {
      if (request.dryRun) return { gone: true, stored: current };
      try {
        return { gone: true, stored: await store.remove(name, current) };
      } catch (error) {
        if (error instanceof ApiError && error.reason === "Conflict") continue;
        throw error;
      }
    }
    const options = { ...request, subresource: "", internal: true, ownsFields: true };
    const { stored } = await store.update(
      name,
      (live) => markForDeletion(store, structuredClone(live), request),
      options,
    );
    return { gone: false, stored };
  }
}

/** The object as it is once its end has been asked for. */
function markForDeletion(store: ResourceStore, object: JsonObject, request: DeleteRequest): JsonObject {
  const meta = metaOf(object);
  setFinalizers(meta, request.propagation, ORPHANED_BY_DEFAULT.has(store.resource.storageName));
  const { deletionFinalizer } = store.resource.strategy;
  if (deletionFinalizer !== undefined && meta.deletionTimestamp === undefined) {
    meta.finalizers = [...new Set([...textsOf(meta, "finalizers"), deletionFinalizer])];
  }
  const grace = store.resource.strategy.graceSeconds(object, request.gracePeriodSeconds);
  const before = meta.deletionGracePeriodSeconds;
  if (meta.deletionTimestamp === undefined) {
    meta.deletionTimestamp = timestamp(request.nowMs + grace * 1000);
    meta.deletionGracePeriodSeconds = grace;
    if (typeof meta.generation === "number") meta.generation++;
    if (store.resource.storageName === "namespaces") object.status = { phase: "Terminating" };
  } else if (typeof before === "number" && grace < before) {
    const asked = Date.parse(textOf(meta, "deletionTimestamp")) - before * 1000;
    meta.deletionTimestamp = timestamp(asked + grace * 1000);
    meta.deletionGracePeriodSeconds = grace;
  }
  return object;
}

/** Foreground and orphan deletion are finalizers that the garbage collector takes off. */
function setFinalizers(
  meta: JsonObject,
  propagation: DeleteRequest["propagation"],
  orphansByDefault: boolean,
): void {
  const own = textsOf(meta, "finalizers").filter((finalizer) =>
    finalizer !== FOREGROUND && finalizer !== ORPHAN
  );
  const ofMine = textsOf(meta, "finalizers").filter((finalizer) => !own.includes(finalizer));
  const wanted = propagation === "Foreground"
    ? [FOREGROUND]
    : propagation === "Orphan"
    ? [ORPHAN]
    : propagation === "Background"
    ? []
    : ofMine.length === 0 && orphansByDefault
    ? [ORPHAN]
    : ofMine;
  const finalizers = [...own, ...wanted];
  assign(
    meta,
    "finalizers",
    finalizers.length === 0 && listOf(meta, "finalizers").length === 0 ? undefined : finalizers,
  );
  if (finalizers.length === 0) delete meta.finalizers;
}

function checkPreconditions(
  store: ResourceStore,
  current: StoredObject,
  { name, request }: { name: ObjectName; request: DeleteRequest },
): void {
  const { group, kind } = store.resource.served;
  const subject = `Operation cannot be fulfilled on ${
    group === "" ? kind : `${kind}.${group}`
  } "${name.name}"`;
  const details = { name: name.name, ...(group === "" ? {} : { group }), kind };
  if (request.uid !== undefined && request.uid !== current.uid) {
    throw new ApiError(
      409,
      "Conflict",
      `${subject}: the UID in the precondition (${request.uid}) does not match the UID in record (${current.uid}). ` +
        "The object might have been deleted and then recreated",
      { details },
    );
  }
  const { resourceVersion } = request;
  if (resourceVersion === undefined || resourceVersion === String(current.revision)) return;
  throw new ApiError(
    409,
    "Conflict",
    `${subject}: the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in ` +
      `record (${current.revision}). The object might have been modified`,
    { details },
  );
}

const POLICIES = ["Foreground", "Background", "Orphan"];

/** Propagation of delete options; `orphanDependents` is its old form. Throws 422. */
export function propagationOf(options: JsonObject): DeleteRequest["propagation"] {
  const { propagationPolicy: policy, orphanDependents: orphan } = options;
  const kind = { group: "meta.k8s.io", kind: "DeleteOptions" };
  const field = "propagationPolicy";
  if (typeof policy === "string" && policy !== "" && typeof orphan === "boolean") {
    const detail = "orphanDependents and deletionPropagation cannot be both set";
    throw invalid(kind, "", [{ type: "invalid", field, value: policy, detail }]);
  }
  if (typeof policy === "string" && policy !== "" && !POLICIES.includes(policy)) {
    const detail = `supported values: "Foreground", "Background", "Orphan", "nil"`;
    throw invalid(kind, "", [{ type: "notSupported", field, value: policy, detail }]);
  }
  if (typeof orphan === "boolean") return orphan ? "Orphan" : "Background";
  return policy === "" ? undefined : policy as DeleteRequest["propagation"];
}
