/**
 * Keeps `metadata.managedFields` of objects of one kind, as the API server's chain of field managers does: appliers by
 * name, updaters by name and version, ten updaters at most, objects from before the first apply, and those that
 * `kubectl apply` wrote on the client's side. Source: kubernetes/apimachinery `util/managedfields`.
 */
import { OrkaError } from "../../base/mod.ts";
import { equal, type JsonObject } from "../patch/mod.ts";
import { isMap, type TypeRef } from "./atom.ts";
import { FieldSet } from "./field_set.ts";
import { allowedByLastApplied, hasLastApplied, withLastApplied } from "./last_applied.ts";
import {
  decodeManagedFields,
  encodeManagedFields,
  equalButTimes,
  type ManagedFields,
  ManagedFieldsError,
  managerIdentifier,
  managerText,
  NO_MANAGED_FIELDS,
  seconds,
} from "./managed_fields.ts";
import { ConflictError, type ManagedSet } from "./managers.ts";
import { type Typed, Updater } from "./updater.ts";
import { validateValue } from "./validate.ts";
import { findingsText, ValueError } from "./value_error.ts";

/** Entries of updaters that an object keeps; older ones become one of `ancient-changes` each version. */
const MAX_UPDATERS = 10;

const SELF = "current-operation";

/** Owned by nobody: the server's own, or the object's identity. */
const STRIPPED = FieldSet.of(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
  ]
    .map((name) => ["f:metadata", `f:${name}`]),
  ["f:metadata", "f:resourceVersion"],
);

export interface FieldKeeperOptions {
  /** The kind's type at a version, `apps/v1`; undefined where that version isn't served any more. */
  readonly typeOf: (apiVersion: string) => TypeRef | undefined;
  /** The object at another version; undefined where it can't be. Absent: versions differ in name only. */
  readonly convert?: ((object: JsonObject, apiVersion: string) => JsonObject | undefined) | undefined;
  /** A new object of the kind with nothing set: what its type always writes, `{spec: {}, status: {}}`. */
  readonly empty?: ((apiVersion: string) => JsonObject) | undefined;
  /** Fields that a write to this subresource can't set ("" for the object itself), so that nobody owns them by it. */
  readonly resets?: ((apiVersion: string, subresource: string) => FieldSet | undefined) | undefined;
  /** Puts in defaults after an apply; returns the object. */
  readonly applyDefaults?: ((object: JsonObject) => JsonObject) | undefined;
}

export interface FieldWriter {
  readonly manager: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

/** Arguments are never changed. Objects are in the version that is written. */
export class FieldKeeper {
  readonly #options: FieldKeeperOptions;

  constructor(options: FieldKeeperOptions) {
    this.#options = options;
  }

  /**
   * `next` with its managedFields. `live` is undefined on creation. An object that doesn't fit its type loses its
   * managedFields instead of failing the write.
   */
  update(live: JsonObject | undefined, next: JsonObject, by: FieldWriter): JsonObject {
    const before = live ?? this.#empty(by);
    const kept = liveOrNew(before, next, by.subresource !== "");
    if (kept.managers.size === 0 && hasUid(before)) return withEntries(next, kept);
    try {
      const managed = this.#updated(withoutEntries(before), withoutEntries(next), kept, by);
      return withEntries(
        next,
        equal(withoutEntries(before), withoutEntries(next)) ? keepTimes(before, managed) : managed,
      );
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      return withoutEntries(next);
    }
  }

  /**
   * What an apply makes of the live object. Errors: ConflictError (409) unless forced; OrkaError with the API server's
   * text: 400 for another kind or a config with managedFields, 500 for one that doesn't fit the type.
   */
  apply(
    live: JsonObject | undefined,
    config: JsonObject,
    by: FieldWriter & { readonly force: boolean },
  ): JsonObject {
    this.#checkConfig(config, by);
    const before = live ?? this.#empty(by);
    const bare = withoutEntries(before);
    let managed = decodeLive(before);
    if (managed.managers.size === 0) {
      const first = { ...by, manager: "before-first-apply", subresource: by.subresource };
      managed = this.#updated(this.#empty(by), bare, managed, first);
    }
    const written = this.#applyOrMigrate(bare, config, managed, by);
    const result = by.manager === "kubectl" && hasLastApplied(written.object)
      ? withLastApplied(written.object, config)
      : written.object;
    return withEntries(result, written.managed);
  }

  #checkConfig(config: JsonObject, { apiVersion, kind }: FieldWriter): void {
    if (config.apiVersion !== apiVersion || config.kind !== kind) {
      throw new OrkaError("invalid", `invalid object type: ${config.apiVersion}, Kind=${config.kind}`, {
        status: 400,
      });
    }
    if (
      isMap(config.metadata) && Object.hasOwn(config.metadata, "managedFields") &&
      config.metadata.managedFields !== null
    ) {
      throw new OrkaError("invalid", "metadata.managedFields must be nil", { status: 400 });
    }
  }

  #empty({ apiVersion, kind }: FieldWriter): JsonObject {
    return { ...this.#options.empty?.(apiVersion), apiVersion, kind };
  }

  /** What changes by an update is its manager's, with what the manager owned before. */
  #updated(
    live: JsonObject,
    next: JsonObject,
    { managers, times }: ManagedFields,
    by: FieldWriter,
  ): ManagedFields {
    const before = this.#typed(live, by, true);
    const after = this.#typed(next, by, true);
    const written = this.#updater(by).update(after.value, {
      live: before,
      managers,
      manager: SELF,
      apiVersion: by.apiVersion,
    });
    const updated = new Map(written.managers);
    const own = strip(updated.get(SELF));
    updated.delete(SELF);
    const identifier = identify(by, "Update");
    if (!own) return capUpdaters({ managers: updated, times });
    const previous = updated.get(identifier);
    updated.set(identifier, previous ? { ...own, set: own.set.union(previous.set) } : own);
    return capUpdaters({ managers: updated, times: new Map(times).set(identifier, by.time) });
  }

  /** An object that `kubectl apply` kept on the client's side becomes kubectl's without conflict. */
  #applyOrMigrate(
    live: JsonObject,
    config: JsonObject,
    managed: ManagedFields,
    by: FieldWriter & { readonly force: boolean },
  ) {
    try {
      return this.#applied(live, config, managed, by);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const allowed = by.manager === "kubectl" ? this.#allowed(live, by) : undefined;
      const sets = new Map<string, FieldSet>();
      for (const [manager, set] of error.sets) {
        const rest = allowed ? set.difference(allowed) : set;
        if (!rest.isEmpty) sets.set(manager, rest);
      }
      if (sets.size > 0) throw new ConflictError(sets, managerText);
      return this.#applied(live, config, managed, { ...by, force: true });
    }
  }

  #allowed(live: JsonObject, { apiVersion }: FieldWriter): FieldSet | undefined {
    const type = this.#options.typeOf(apiVersion);
    return type && allowedByLastApplied(live, { type, apiVersion });
  }

  #applied(
    live: JsonObject,
    config: JsonObject,
    { managers, times }: ManagedFields,
    by: FieldWriter & { readonly force: boolean },
  ) {
    const wanted = this.#typed(config, by, false, "failed to create typed patch object");
    const before = this.#typed(live, by, true, "failed to create typed live object");
    const identifier = identify(by, "Apply");
    const writing = { live: before, managers, manager: identifier, apiVersion: by.apiVersion };
    const written = this.#updater(by).apply(wanted.value, writing, by.force);
    const updated = new Map(written.managers);
    const own = strip(updated.get(identifier));
    if (own) updated.set(identifier, own);
    else updated.delete(identifier);
    if (!written.changed) return { object: live, managed: { managers: updated, times } };
    const object = (this.#options.applyDefaults ?? ((given) => given))(written.value as JsonObject);
    return { object, managed: { managers: updated, times: new Map(times).set(identifier, by.time) } };
  }

  #updater({ subresource }: FieldWriter): Updater {
    const { typeOf, convert, resets } = this.#options;
    return new Updater({
      convert: (object, apiVersion) => convertTyped(object, apiVersion, { typeOf, convert }),
      ignore: (set, apiVersion) => {
        const reset = resets?.(apiVersion, subresource);
        return reset ? set.recursiveDifference(reset) : set;
      },
    });
  }

  #typed(object: JsonObject, { apiVersion }: FieldWriter, allowDuplicates: boolean, failure = ""): Typed {
    const type = this.#options.typeOf(apiVersion);
    if (!type) throw new Error(`no type for ${apiVersion}`);
    const findings = validateValue(object, type, { allowDuplicates });
    if (findings.length === 0) return { value: object, type };
    if (failure === "") throw new ValueError(findings);
    throw new OrkaError("invalid", `${failure} (${describe(object)}): ${findingsText(findings)}`, {
      status: 500,
    });
  }
}

/** A write that would change nothing but times keeps the old ones, so that it is no write. */
function keepTimes(live: JsonObject, managed: ManagedFields): ManagedFields {
  const entries = isMap(live.metadata) ? live.metadata.managedFields : undefined;
  if (!equalButTimes(entries, encodeManagedFields(managed))) return managed;
  return { managers: managed.managers, times: decodeManagedFields(entries).times };
}

function convertTyped(
  object: Typed,
  apiVersion: string,
  { typeOf, convert }: Pick<FieldKeeperOptions, "typeOf" | "convert">,
): Typed | undefined {
  if (!isMap(object.value) || object.value.apiVersion === apiVersion) return object;
  const type = typeOf(apiVersion);
  if (!type) return undefined;
  const value = convert ? convert(object.value, apiVersion) : { ...object.value, apiVersion };
  return value && { value, type };
}

function identify({ manager, apiVersion, subresource }: FieldWriter, operation: "Apply" | "Update"): string {
  return managerIdentifier({
    manager: manager === "" ? "unknown" : manager,
    operation,
    apiVersion,
    subresource,
  });
}

function strip(owned: ManagedSet | undefined): ManagedSet | undefined {
  const set = owned?.set.difference(STRIPPED);
  return owned && set && !set.isEmpty ? { ...owned, set } : undefined;
}

/** Entries of the new object if it has some (it may reset them), else the live one's. */
function liveOrNew(live: JsonObject, next: JsonObject, isSubresource: boolean): ManagedFields {
  const given = isMap(next.metadata) ? next.metadata.managedFields : undefined;
  if (!isSubresource && Array.isArray(given)) {
    const [only] = given;
    const isReset = given.length === 0 ||
      (given.length === 1 && isMap(only) && Object.keys(only).length === 0);
    if (isReset) return NO_MANAGED_FIELDS;
    try {
      return decodeManagedFields(given);
    } catch (error) {
      if (!(error instanceof ManagedFieldsError)) throw error;
    }
  }
  try {
    return decodeManagedFields(isMap(live.metadata) ? live.metadata.managedFields : undefined);
  } catch (error) {
    if (!(error instanceof ManagedFieldsError)) throw error;
    return NO_MANAGED_FIELDS;
  }
}

function decodeLive(live: JsonObject): ManagedFields {
  try {
    return decodeManagedFields(isMap(live.metadata) ? live.metadata.managedFields : undefined);
  } catch (error) {
    if (!(error instanceof ManagedFieldsError)) throw error;
    throw new OrkaError("server", `failed to decode managed fields: ${error.message}`, {
      status: 500,
      cause: error,
    });
  }
}

/** The oldest updaters above the limit become one entry a version. */
function capUpdaters({ managers, times }: ManagedFields): ManagedFields {
  const updaters = [...managers].filter(([, { applied }]) => !applied).map(([identifier]) => identifier)
    .sort((a, b) => seconds(times.get(a)) - seconds(times.get(b)) || (a < b ? -1 : 1));
  if (updaters.length <= MAX_UPDATERS) return { managers, times };
  const capped = new Map(managers);
  const cappedTimes = new Map(times);
  const firstOfVersion = new Map<string, string>();
  let left = updaters.length;
  for (const identifier of updaters) {
    if (left <= MAX_UPDATERS) break;
    const owned = managers.get(identifier)!;
    const { apiVersion } = owned;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, identifier);
      continue;
    }
    const bucket = managerIdentifier({
      manager: "ancient-changes",
      operation: "Update",
      apiVersion,
      subresource: "",
    });
    const base = capped.get(bucket) ?? capped.get(first)!;
    if (!capped.has(bucket)) capped.delete(first);
    capped.set(bucket, { ...owned, set: owned.set.union(base.set) });
    capped.delete(identifier);
    const time = times.get(identifier);
    if (time !== undefined) cappedTimes.set(bucket, time);
    left--;
  }
  return { managers: capped, times: cappedTimes };
}

function hasUid({ metadata }: JsonObject): boolean {
  return isMap(metadata) && typeof metadata.uid === "string" && metadata.uid !== "";
}

function withoutEntries(object: JsonObject): JsonObject {
  if (!isMap(object.metadata) || !Object.hasOwn(object.metadata, "managedFields")) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function withEntries(object: JsonObject, managed: ManagedFields): JsonObject {
  const bare = withoutEntries(object);
  const entries = encodeManagedFields(managed);
  if (entries.length === 0) return bare;
  const metadata = isMap(bare.metadata) ? bare.metadata : {};
  const result = { ...bare, metadata: { ...metadata, managedFields: entries } };
  return equal(result, object) ? object : result;
}

/** `namespace/name; group/version, Kind=kind`, as the API server's errors name an object. */
function describe({ apiVersion, kind, metadata }: JsonObject): string {
  const { namespace = "", name = "" } = isMap(metadata) ? metadata : {};
  return `${namespace}/${name}; ${apiVersion}, Kind=${kind}`;
}
