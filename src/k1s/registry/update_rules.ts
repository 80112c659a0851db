/** What an update may change, by whom and from which version, the same for all kinds. */
import { ApiError, conflict, invalid, STALE_OBJECT } from "../http/api_error.ts";
import type { StoredObject } from "../storage/mod.ts";
import type { RegisteredResource } from "./catalog.ts";
import { ephemeralErrors, withEphemeralOf } from "./kinds/ephemeral_containers.ts";
import { assign, type JsonObject, metaOf, textOf } from "./object.ts";
import type { WriteOptions } from "./store_contract.ts";
import type { Strategy } from "./strategy.ts";

/** Subresources that write status alone. */
export const STATUS_WRITES: ReadonlySet<string> = new Set(["status", "approval"]);
const EPHEMERAL = "ephemeralcontainers";

/** Both in the served version; `old` not to be changed. */
export interface Updating {
  readonly next: JsonObject;
  readonly old: JsonObject;
  /** Empty: the object. */
  readonly subresource: string;
}

/** A resourceVersion in the object is a precondition; none is taken where the kind allows. */
export function checkVersion(
  { served, strategy }: RegisteredResource,
  meta: JsonObject,
  { current, name }: { readonly current: StoredObject; readonly name: string },
): void {
  const version = textOf(meta, "resourceVersion");
  if (version === "" || version === "0") {
    if (strategy.unconditional) return;
    const detail = "must be specified for an update";
    const subject = { group: served.group, kind: served.plural };
    throw invalid(subject, name, [{
      type: "invalid",
      field: "metadata.resourceVersion",
      value: 0,
      detail,
    }]);
  }
  if (!/^\d+$/.test(version)) {
    throw new ApiError(500, "", `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  }
  if (version !== String(current.revision)) throw conflict(served, name, STALE_OBJECT);
}

/** What an update may not change is as it was. */
export function keepIdentity(meta: JsonObject, old: JsonObject, { ownsFields }: WriteOptions): void {
  delete meta.selfLink;
  if (textOf(meta, "uid") === "") assign(meta, "uid", old.uid);
  meta.namespace ??= old.namespace ?? null;
  if (meta.namespace === null) delete meta.namespace;
  for (
    const field of ["creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"]
  ) {
    assign(meta, field, old[field]);
  }
  assign(meta, "generateName", old.generateName);
  if (meta.managedFields === undefined && !ownsFields) assign(meta, "managedFields", old.managedFields);
}

/** Takes back what the subresource leaves alone, and counts a new generation where the intent changed. */
export function prepareUpdate(strategy: Strategy, { next, old, subresource }: Updating): void {
  if (STATUS_WRITES.has(subresource)) {
    keepAllButStatus(strategy, next, old);
    return;
  }
  if (subresource === EPHEMERAL) keepAs(next, withEphemeralOf(next, old));
  else strategy.prepareForUpdate(next, old);
  const generation = metaOf(old).generation;
  if (strategy.hasGeneration && strategy.changesIntent(next, old)) {
    metaOf(next).generation = (typeof generation === "number" ? generation : 0) + 1;
  }
}

/** What is wrong with a change, beside what is wrong with the object that comes of it. */
export function changeErrors(strategy: Strategy, { next, old, subresource }: Updating) {
  if (subresource !== EPHEMERAL) return strategy.validateUpdate(next, old, subresource);
  return [
    ...strategy.validateUpdate(next, withEphemeralOf(next, old), subresource),
    ...ephemeralErrors(next, old),
  ];
}

/** A status write leaves everything but status and, of most kinds, metadata as it is. */
function keepAllButStatus({ keptWithStatus }: Strategy, next: JsonObject, old: JsonObject): void {
  const { status } = next;
  const metadata = metaOf(next);
  keepAs(next, old);
  assign(next, "status", status);
  if (keptWithStatus === "all") return;
  for (const field of keptWithStatus) assign(metadata, field, metaOf(old)[field]);
  next.metadata = metadata;
}

/** `next` becomes `kept`, with who owns what and the version as they are in `next`. */
function keepAs(next: JsonObject, kept: JsonObject): void {
  const { managedFields, resourceVersion } = metaOf(next);
  for (const field of Object.keys(next)) if (!Object.hasOwn(kept, field)) delete next[field];
  for (const [field, value] of Object.entries(kept)) next[field] = structuredClone(value);
  assign(metaOf(next), "managedFields", managedFields);
  assign(metaOf(next), "resourceVersion", resourceVersion);
}
