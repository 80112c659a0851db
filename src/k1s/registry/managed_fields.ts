/**
 * metadata.managedFields as the API server keeps it, over structured merge and diff: entries read and written,
 * timestamps, the fields that nobody owns, the cap on managers, and objects from before the first apply.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { ApiError, applyConflict, badRequest } from "../http/api_error.ts";
import {
  allowedByLastApplied,
  ConflictError,
  decodeManagedFields,
  encodeManagedFields,
  FieldSet,
  ManagedFieldsError,
  type ManagedSet,
  managerIdentifier,
  managerText,
  type Path,
  type TypeRef,
  Updater,
  validateValue,
  ValueError,
} from "../smd/mod.ts";
import { jsonText as sortedText } from "../../kube/mod.ts";
import { equal } from "../patch/mod.ts";
import type { FieldManager, FieldWrite } from "./field_manager.ts";
import { assign, isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf } from "./object.ts";

/** Update managers kept apart; older ones become one. */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = "ancient-changes";
const BEFORE_FIRST_APPLY = "before-first-apply";
/** Stands for the writer until its fields are merged into those it had. */
const CURRENT = "current-operation";

/** Fields that the server sets: nobody owns them. */
const UNOWNED = FieldSet.of(
  ...[
    ["apiVersion"],
    ["kind"],
    ["metadata"],
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
      .map((field) => ["metadata", field]),
    ["metadata", "resourceVersion"],
  ].map((path): Path => path.map((field) => `f:${field}`)),
);

export interface ManagedFieldsOptions {
  readonly type: TypeRef;
  /** The version that objects come in. */
  readonly apiVersion: string;
  /** `/status` is written on its own. */
  readonly hasStatus: boolean;
  readonly custom: boolean;
  readonly kind: string;
  /** An object of the kind with nothing in it, as it is encoded: what a creation is compared with. */
  readonly blank: JsonObject;
}

interface Managed {
  readonly managers: Map<string, ManagedSet>;
  readonly times: Map<string, string>;
}

export class ManagedFields implements FieldManager {
  readonly #options: ManagedFieldsOptions;

  constructor(options: ManagedFieldsOptions) {
    this.#options = options;
  }

  update(live: JsonObject | undefined, next: JsonObject, by: FieldWrite): JsonObject {
    const given = metaOf(next).managedFields;
    // an empty list, or one empty entry, says: forget who owns what; to a new object it says nothing
    const isEmpty = Array.isArray(given) &&
      (given.length === 0 || given.length === 1 && equal(given[0]!, {}));
    const reset = isEmpty && live !== undefined;
    const managed = isEmpty
      ? empty()
      : readManaged(given) ?? readManaged(live && metaOf(live).managedFields) ?? empty();
    const [before, after] = [bare(live ?? this.#options.blank), bare(next)];
    // objects that nobody applied or was seen creating stay without owners
    if (reset || live !== undefined && managed.managers.size === 0) return withManaged(after, managed);
    const identity = this.#identity(by, "Update");
    let result: ReturnType<Updater["update"]>;
    try {
      result = this.#updater(by.subresource).update(after, {
        live: { value: before, type: this.#options.type },
        managers: managed.managers,
        manager: CURRENT,
        apiVersion: by.apiVersion,
      });
    } catch (error) {
      // Validation tells what is wrong with the object; until then nobody owns it, as the real server has it.
      if (error instanceof ValueError) return after;
      throw error;
    }
    const managers = new Map(result.managers);
    const times = new Map(managed.times);
    const own = managers.get(CURRENT);
    managers.delete(CURRENT);
    if (own) {
      const set = own.set.difference(UNOWNED);
      const former = managers.get(identity)?.set;
      if (!set.isEmpty) {
        managers.set(identity, { ...own, set: former ? set.union(former) : set });
        times.set(identity, by.time);
      }
    }
    return withManaged(after, capped({ managers, times }));
  }

  apply(
    live: JsonObject | undefined,
    applied: JsonObject,
    by: FieldWrite & { readonly force: boolean },
  ): JsonObject {
    const managed = readManaged(live && metaOf(live).managedFields) ?? empty();
    const before = bare(live ?? this.#options.blank);
    this.#check(applied);
    if (live !== undefined && managed.managers.size === 0) this.#adopt(managed, before, by);
    const identity = this.#identity(by, "Apply");
    try {
      const result = this.#updater(by.subresource).apply(bare(applied), {
        live: { value: before, type: this.#options.type },
        managers: managed.managers,
        manager: identity,
        apiVersion: by.apiVersion,
      }, by.force);
      const managers = new Map(result.managers);
      const own = managers.get(identity);
      if (own) managers.set(identity, { ...own, set: own.set.difference(UNOWNED) });
      if (managers.get(identity)?.set.isEmpty) managers.delete(identity);
      const times = new Map(managed.times);
      // an apply that only takes ownership leaves no time, as the real server's
      if (result.changed) times.set(identity, by.time);
      if (by.manager === "kubectl") noteLastApplied(result.value as JsonObject, applied);
      return withManaged(result.value as JsonObject, capped({ managers, times }));
    } catch (error) {
      const rest = by.manager === "kubectl" ? this.#unallowed(error, before) : error;
      if (rest === undefined) return this.apply(live, applied, { ...by, force: true });
      throw explained(rest);
    }
  }

  /** A conflict without what kubectl's last client-side apply set; undefined where nothing is left of it. */
  #unallowed(error: unknown, live: JsonObject): unknown {
    if (!(error instanceof ConflictError)) return error;
    const { type, apiVersion } = this.#options;
    const allowed = allowedByLastApplied(live, { type, apiVersion });
    if (!allowed) return error;
    const left = new Map<string, FieldSet>();
    for (const [manager, set] of error.sets) {
      const rest = set.difference(allowed);
      if (!rest.isEmpty) left.set(manager, rest);
    }
    return left.size === 0 ? undefined : new ConflictError(left);
  }

  /** A config must be of the kind's type; the real server blames itself. Throws ApiError 500. */
  #check(applied: JsonObject): void {
    const findings = validateValue(applied, this.#options.type);
    if (findings.length === 0) return;
    const { apiVersion, kind } = this.#options;
    const meta = metaOf(applied);
    const version = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
    const subject = `${textOf(meta, "namespace")}/${textOf(meta, "name")}; ${version}, Kind=${kind}`;
    const { message } = new ValueError(findings);
    throw new ApiError(500, "", `failed to create typed patch object (${subject}): ${message}`);
  }

  /** All that an object has belongs to somebody before its first apply. */
  #adopt(managed: Managed, before: JsonObject, by: FieldWrite): void {
    const identity = managerIdentifier({
      manager: BEFORE_FIRST_APPLY,
      operation: "Update",
      apiVersion: by.apiVersion,
      subresource: "",
    });
    const { managers } = this.#updater("").update(before, {
      live: { value: this.#options.blank, type: this.#options.type },
      managers: new Map(),
      manager: identity,
      apiVersion: by.apiVersion,
    });
    const own = managers.get(identity);
    if (!own) return;
    managed.managers.set(identity, { ...own, set: own.set.difference(UNOWNED) });
    managed.times.set(identity, by.time);
  }

  #identity({ manager, apiVersion, subresource }: FieldWrite, operation: "Apply" | "Update"): string {
    return managerIdentifier({ manager, operation, apiVersion, subresource });
  }

  #updater(subresource: string): Updater {
    const { custom, apiVersion, hasStatus, kind } = this.#options;
    return new Updater({
      // versions of a custom kind differ in their name alone; a built-in kind's other view is another type
      convert: (object, at) => custom || at === apiVersion ? object : undefined,
      ignore: (set) => hasStatus ? set.recursiveDifference(ignored(set, { subresource, custom, kind })) : set,
    });
  }
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Keeps kubectl's own note of what it applied last, where there is one, for a return to client-side apply. */
function noteLastApplied(object: JsonObject, applied: JsonObject): void {
  const annotations = mapOf(mapOf(object, "metadata"), "annotations");
  if (annotations?.[LAST_APPLIED] === undefined) return;
  const { [LAST_APPLIED]: _own, ...others } = mapOf(metaOf(applied), "annotations") ?? {};
  const config = structuredClone(applied);
  if (mapOf(metaOf(config), "annotations") !== undefined) metaOf(config).annotations = others;
  object.metadata = {
    ...metaOf(object),
    annotations: { ...annotations, [LAST_APPLIED]: `${sortedText(config)}\n` },
  };
}

const SIGNING = "CertificateSigningRequest";

/** What a write can't change, and so does not own: status of the object, everything else of its status. */
function ignored(
  set: FieldSet,
  { subresource, custom, kind }: { subresource: string; custom: boolean; kind: string },
): FieldSet {
  // a request for a certificate stays as it was asked for
  if (subresource === "" && kind === SIGNING && !custom) return FieldSet.of(["f:spec"], ["f:status"]);
  if (subresource === "") return FieldSet.of(["f:status"]);
  if (subresource !== "status") return new FieldSet();
  if (!custom) return FieldSet.of(["f:spec"]);
  const others = [...set.members, ...set.children.keys()].filter((element) => element !== "f:status");
  return new FieldSet(others);
}

function empty(): Managed {
  return { managers: new Map(), times: new Map() };
}

/** The object without managedFields. */
function bare(object: JsonObject): JsonObject {
  if (!isObject(object.metadata)) return object;
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Entries as sets by identity; undefined where there are none, or they are not all entries. */
function readManaged(entries: Json | undefined): Managed | undefined {
  if (!Array.isArray(entries)) return undefined;
  try {
    const { managers, times } = decodeManagedFields(entries);
    return { managers: new Map(managers), times: new Map(times) };
  } catch (error) {
    if (error instanceof ManagedFieldsError) return undefined;
    throw error;
  }
}

function withManaged(object: JsonObject, managed: Managed): JsonObject {
  const entries = encodeManagedFields(managed);
  const metadata: JsonObject = { ...metaOf(object) };
  assign(metadata, "managedFields", entries.length === 0 ? undefined : entries);
  return { ...object, metadata };
}

/** Joins the oldest update managers of a version when there are too many. */
function capped({ managers, times }: Managed): Managed {
  const updates = [...managers].filter(([, { applied }]) => !applied).map(([identity]) => identity);
  if (updates.length <= MAX_UPDATE_MANAGERS) return { managers, times };
  updates.sort((a, b) => (times.get(a) ?? "") < (times.get(b) ?? "") ? -1 : 1);
  let excess = updates.length - MAX_UPDATE_MANAGERS;
  for (const identity of updates) {
    if (excess < 0) break;
    const owned = managers.get(identity)!;
    const ancient = managerIdentifier({
      manager: ANCIENT,
      operation: "Update",
      apiVersion: owned.apiVersion,
      subresource: "",
    });
    if (identity === ancient) continue;
    const joined = managers.get(ancient);
    managers.set(ancient, { ...owned, set: joined ? joined.set.union(owned.set) : owned.set });
    times.set(ancient, times.get(identity) ?? times.get(ancient) ?? "");
    managers.delete(identity);
    times.delete(identity);
    excess--;
  }
  return { managers, times };
}

function explained(error: unknown): unknown {
  if (error instanceof ConflictError) {
    return applyConflict(
      error.conflicts.map(({ manager, path }) => ({ manager: managerText(manager), field: path })),
    );
  }
  if (error instanceof ValueError) return badRequest(error.message);
  return error;
}

/** True where two objects differ in nothing but the times of their managers: such a write is none. */
export function sameButTimes(a: JsonObject, b: JsonObject): boolean {
  return equal(withoutTimes(a), withoutTimes(b));
}

function withoutTimes(object: JsonObject): JsonObject {
  const metadata = { ...metaOf(object) };
  metadata.managedFields = listOf(metadata, "managedFields").filter(isObject).map((
    { time: _time, ...entry },
  ) => entry);
  return { ...object, metadata };
}
