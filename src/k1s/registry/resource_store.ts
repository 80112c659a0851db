/**
 * Everything that is done to the objects of one resource, the same for all kinds: what differs is in the strategy.
 *
 * Objects go in and come out in the served version; `Stored` results carry text in the stored one.
 */
import { loadPatterns } from "../crd/mod.ts";
import type { Clock } from "../../base/mod.ts";
import {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  internal,
  invalid,
  notFound,
  STALE_OBJECT,
} from "../http/api_error.ts";
import {
  isStorageError,
  type ListOptions,
  type ObjectKey,
  type Storage,
  type StoredObject,
} from "../storage/mod.ts";
import type { Admission } from "./admission.ts";
import type { RegisteredResource } from "./catalog.ts";
import type { FieldManager, FieldWrite } from "./field_manager.ts";
import { ephemeralErrors, withEphemeralOf } from "./kinds/ephemeral_containers.ts";
import { sameButTimes } from "./managed_fields.ts";
import { metadataErrors, metadataUpdateErrors } from "./metadata_validation.ts";
import { assign, type JsonObject, listOf, metaOf, parsed, storedText, textOf, timestamp } from "./object.ts";

export interface ObjectName {
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  /** Who writes, for managedFields. */
  readonly manager: string;
  /** Set by apply, and where the server itself writes: managedFields stay as they come. */
  readonly ownsFields?: boolean;
}

/** A change that has been stored. */
export interface Change {
  readonly type: "created" | "updated" | "deleted";
  readonly resource: RegisteredResource;
  readonly name: ObjectName;
  readonly uid: string;
  readonly revision: number;
  /** As stored, in the stored version. */
  readonly text: string;
  /** With `updated`: the text before. */
  readonly previous: string | undefined;
  /** With its metadata as stored last; parsed when first asked for, not to be changed. */
  readonly object: JsonObject;
}

export interface StoreEnvironment {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly fieldManager: (resource: RegisteredResource) => FieldManager | undefined;
  /** Throws ApiError where nothing may be created: a missing namespace, or one that is ending. */
  readonly checkNamespace: (resource: RegisteredResource, name: ObjectName) => Promise<void>;
  /** What a write takes from the rest of the cluster. Throws ApiError 403, 422. */
  readonly admission: Pick<Admission, "admit" | "charge" | "checkUpdate" | "fillUpdate" | "refund">;
  /** Awaited before the write is answered: controllers that settle in the same tick. */
  readonly changed: (change: Change) => Promise<void>;
}

/** What an update makes of the current object; both in the served version, `current` not to be changed. */
export type Mutation = (current: JsonObject) => JsonObject | Promise<JsonObject>;

export interface UpdateOptions extends WriteOptions {
  /** Empty: the object. `status`: only its status. Others change what their mutation changes. */
  readonly subresource: string;
  /** Makes the object that an update of a missing one creates; absent: 404. */
  readonly create?: (() => JsonObject) | undefined;
  /** Where the mutation sets what clients may not. */
  readonly internal?: boolean;
}

/** What was stored, and whether that was new. */
export interface Written {
  readonly stored: StoredObject;
  readonly created: boolean;
}

/** Most changes concern no controller, which the text tells: parsing waits until one asks. */
class StoredChange implements Change {
  readonly previous: string | undefined;
  readonly #stored: StoredObject;
  #object: JsonObject | undefined;

  constructor(
    readonly type: Change["type"],
    readonly resource: RegisteredResource,
    readonly name: ObjectName,
    { stored, previous }: { readonly stored: StoredObject; readonly previous: string | undefined },
  ) {
    this.#stored = stored;
    this.previous = previous;
  }

  get uid(): string {
    return this.#stored.uid;
  }

  get revision(): number {
    return this.#stored.revision;
  }

  get text(): string {
    return this.#stored.value;
  }

  get object(): JsonObject {
    return this.#object ??= parsed(this.#stored);
  }
}

/** Thrown out of an update whose outcome is that the object goes. */
class Finished extends Error {
  constructor(readonly current: StoredObject, readonly text: string) {
    super("the object's last finalizer is gone");
  }
}

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** Subresources that write status alone. */
const STATUS_WRITES: ReadonlySet<string> = new Set(["status", "approval"]);
const EPHEMERAL = "ephemeralcontainers";
const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
/** Of made names, in characters. */
export const SUFFIX_LENGTH = 5;
/** generateName's tries, as the real server's. */
const NAME_TRIES = 8;

export class ResourceStore {
  readonly resource: RegisteredResource;
  readonly #env: StoreEnvironment;
  /** Its validation matches patterns: those of custom kinds, and of their definitions. */
  readonly #hasPatterns: boolean;

  constructor(resource: RegisteredResource, env: StoreEnvironment) {
    this.resource = resource;
    this.#hasPatterns = resource.strategy.hasFreeForm || resource.storageName === DEFINITIONS;
    this.#env = env;
  }

  key({ namespace, name }: ObjectName): ObjectKey {
    return { resource: this.resource.storageName, namespace, name };
  }

  /** Throws 404. */
  async get(name: ObjectName, resourceVersion = 0): Promise<StoredObject> {
    try {
      return await this.#env.storage.get(this.key(name), { resourceVersion });
    } catch (error) {
      throw this.#explained(error, name.name);
    }
  }

  async find(name: ObjectName): Promise<StoredObject | undefined> {
    return await this.#env.storage.find(this.key(name));
  }

  async list(namespace: string, options: ListOptions = {}) {
    return await this.#env.storage.list({ resource: this.resource.storageName, namespace }, options);
  }

  /** The keeper of managedFields, where there is one. */
  get fieldManager(): FieldManager | undefined {
    return this.#env.fieldManager(this.resource);
  }

  /** A stored object in the served version. */
  served(stored: Pick<StoredObject, "value" | "uid" | "revision">): JsonObject {
    const object = parsed(stored);
    return this.resource.converted ? this.resource.strategy.toServed(object) : object;
  }

  /** Throws ApiError: 409, 422, and what the namespace says. */
  async create(namespace: string, object: JsonObject, options: WriteOptions): Promise<StoredObject> {
    const meta = metaOf(object);
    const generates = textOf(meta, "name") === "" && textOf(meta, "generateName") !== "";
    for (let tries = 1;; tries++) {
      try {
        const given = generates && tries < NAME_TRIES ? structuredClone(object) : object;
        return await this.#createOnce(namespace, given, options);
      } catch (error) {
        const again = generates && error instanceof ApiError && error.reason === "AlreadyExists";
        if (!again || tries === NAME_TRIES) throw error;
      }
    }
  }

  async #createOnce(namespace: string, given: JsonObject, options: WriteOptions): Promise<StoredObject> {
    const { strategy } = this.resource;
    if (this.#hasPatterns) await loadPatterns();
    // what a merge made is the kind's type again before it gets its defaults
    let object = options.ownsFields ? strategy.normalize(given) : given;
    const meta = metaOf(object);
    assign(meta, "namespace", namespace === "" ? undefined : namespace);
    await this.#env.checkNamespace(this.resource, { namespace, name: textOf(meta, "name") });
    this.#stampNew(meta);
    strategy.applyDefaults(object);
    const manager = options.ownsFields ? undefined : this.#env.fieldManager(this.resource);
    if (manager) object = manager.update(undefined, object, this.write(options, ""));
    const name = this.#named(object);
    const taken = { admitted: false, charged: false };
    let stored: StoredObject;
    try {
      await this.#env.admission.admit(this.resource, object, options);
      taken.admitted = !options.dryRun;
      strategy.prepareForCreate(object);
      object = strategy.normalize(object);
      this.#refuse(name, [...metadataErrors(object, strategy.name), ...strategy.validate(object)]);
      await this.#env.admission.charge(this.resource, object, options);
      taken.charged = !options.dryRun;
      stored = await this.#store(object, { namespace, name }, options);
    } catch (error) {
      await this.#env.admission.refund(this.resource, object, taken);
      throw error;
    }
    if (!options.dryRun) await this.#announce("created", stored, { namespace, name });
    return stored;
  }

  /** The name, made where there is only the beginning of one: nobody owns what follows from a made one. */
  #named(object: JsonObject): string {
    const meta = metaOf(object);
    const prefix = textOf(meta, "generateName");
    if (textOf(meta, "name") === "" && prefix !== "") {
      meta.name = generatedName(prefix);
      this.resource.strategy.applyDefaults(object);
    }
    return textOf(meta, "name");
  }

  async #store(object: JsonObject, name: ObjectName, { dryRun }: WriteOptions): Promise<StoredObject> {
    if (textOf(metaOf(object), "resourceVersion") !== "") {
      throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
    }
    const text = this.#text(object);
    const uid = textOf(metaOf(object), "uid");
    if (dryRun) {
      if (await this.find(name)) throw alreadyExists(this.resource.served, name.name);
      return { key: "", value: text, uid, revision: 0, createRevision: 0 };
    }
    try {
      const { ttlSeconds } = this.resource.strategy;
      return await this.#env.storage.create(this.key(name), { value: text, uid, ttlSeconds });
    } catch (error) {
      throw this.#explained(error, name.name);
    }
  }

  /** Fields that only the server sets. */
  #stampNew(meta: JsonObject): void {
    const { hasGeneration } = this.resource.strategy;
    for (const field of ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"]) delete meta[field];
    meta.uid = crypto.randomUUID();
    meta.creationTimestamp = timestamp(this.#env.clock.now());
    if (hasGeneration) meta.generation = 1;
  }

  /**
   * Changes an object: `mutate` may run again when somebody else wrote in between. Throws ApiError: 404, 409 for a
   * stale resourceVersion, 422.
   */
  async update(name: ObjectName, mutate: Mutation, options: UpdateOptions): Promise<Written> {
    const before = options.create ? await this.find(name) : undefined;
    if (options.create && !before) {
      const object = options.create();
      // a version to meet is none where nothing is there
      delete metaOf(object).resourceVersion;
      return { stored: await this.create(name.namespace, object, options), created: true };
    }
    let previous: string | undefined;
    const attempt = async (current: StoredObject | undefined) => {
      if (!current) throw notFound(this.resource.served, name.name);
      previous = current.value;
      const text = await this.#updated(current, mutate, { ...options, name });
      return { value: text, ttlSeconds: this.resource.strategy.ttlSeconds };
    };
    try {
      if (options.dryRun) return { stored: await this.#dryUpdate(name, attempt), created: false };
      const stored = await this.#env.storage.guaranteedUpdate(this.key(name), attempt);
      await this.#announce("updated", stored, name, previous);
      return { stored, created: false };
    } catch (error) {
      if (!(error instanceof Finished)) throw this.#explained(error, name.name);
      return { stored: await this.#finish(error, name, options), created: false };
    }
  }

  async #dryUpdate(
    name: ObjectName,
    attempt: (current: StoredObject | undefined) => Promise<{ value: string }>,
  ): Promise<StoredObject> {
    const current = await this.get(name);
    return { ...current, value: (await attempt(current)).value };
  }

  /** The text that an update leads to. Throws Finished where it leads to deletion. */
  async #updated(
    current: StoredObject,
    mutate: Mutation,
    options: UpdateOptions & { readonly name: ObjectName },
  ): Promise<string> {
    const { strategy } = this.resource;
    if (this.#hasPatterns) await loadPatterns();
    const old = this.served(current);
    let next = await mutate(old);
    // what a merge made is the kind's type again before anything compares it
    if (!options.internal && (options.ownsFields || strategy.hasFreeForm)) next = strategy.normalize(next);
    const meta = metaOf(next);
    this.#checkVersion(meta, current, options.name.name);
    const oldMeta = metaOf(old);
    if (!options.internal) this.#keepIdentity(meta, oldMeta, options);
    if (!options.internal && !STATUS_WRITES.has(options.subresource)) strategy.applyDefaults(next);
    const manager = options.ownsFields ? undefined : this.#env.fieldManager(this.resource);
    if (manager) next = manager.update(old, next, this.write(options, options.subresource));
    if (!options.internal && options.subresource === "") this.#env.admission.fillUpdate(this.resource, next);
    if (!options.internal) this.#prepareUpdate(next, old, options.subresource);
    next = strategy.normalize(next);
    assign(metaOf(next), "resourceVersion", oldMeta.resourceVersion);
    if (sameButTimes(next, old)) return current.value;
    const errors = options.internal ? [] : [
      ...metadataErrors(next, strategy.name),
      ...metadataUpdateErrors(next, old),
      ...strategy.validate(next, old),
      ...this.#changeErrors(next, old, options.subresource),
    ];
    this.#refuse(options.name.name, errors);
    if (!options.internal) await this.#env.admission.checkUpdate(this.resource, next, old);
    const text = this.#text(next);
    if (this.isFinished(next)) throw new Finished(current, text);
    return text;
  }

  #changeErrors(next: JsonObject, old: JsonObject, subresource: string) {
    const { strategy } = this.resource;
    if (subresource !== EPHEMERAL) return strategy.validateUpdate(next, old);
    return [...strategy.validateUpdate(next, withEphemeralOf(next, old)), ...ephemeralErrors(next, old)];
  }

  #prepareUpdate(next: JsonObject, old: JsonObject, subresource: string): void {
    const { strategy } = this.resource;
    if (STATUS_WRITES.has(subresource)) {
      keepAllButStatus(next, old);
      return;
    }
    if (subresource === EPHEMERAL) keepAs(next, withEphemeralOf(next, old));
    else strategy.prepareForUpdate(next, old);
    const generation = metaOf(old).generation;
    if (strategy.hasGeneration && strategy.changesIntent(next, old)) {
      metaOf(next).generation = (typeof generation === "number" ? generation : 0) + 1;
    }
  }

  /** A resourceVersion in the object is a precondition; none is taken where the kind allows. */
  #checkVersion(meta: JsonObject, current: StoredObject, name: string): void {
    const version = textOf(meta, "resourceVersion");
    if (version === "" || version === "0") {
      if (this.resource.strategy.unconditional) return;
      const { served } = this.resource;
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
    if (version !== String(current.revision)) throw conflict(this.resource.served, name, STALE_OBJECT);
  }

  #keepIdentity(meta: JsonObject, old: JsonObject, { ownsFields }: WriteOptions): void {
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

  /** True for an object that was asked to end and that nothing holds any more. */
  isFinished(object: JsonObject): boolean {
    const meta = metaOf(object);
    return meta.deletionTimestamp !== undefined && listOf(meta, "finalizers").length === 0 &&
      (meta.deletionGracePeriodSeconds ?? 0) === 0 && !this.resource.strategy.hasSpecFinalizers(object);
  }

  async #finish(
    { current, text }: Finished,
    name: ObjectName,
    { dryRun }: WriteOptions,
  ): Promise<StoredObject> {
    if (dryRun) return { ...current, value: text };
    try {
      const preconditions = { revision: current.revision };
      const deleted = await this.#env.storage.delete(this.key(name), { preconditions });
      const stored = { ...deleted, value: text };
      await this.#announce("deleted", stored, name);
      return stored;
    } catch (error) {
      throw this.#explained(error, name.name);
    }
  }

  /** Takes the object out of the store. Throws ApiError 404, 409. */
  async remove(name: ObjectName, current: StoredObject): Promise<StoredObject> {
    try {
      const preconditions = { revision: current.revision };
      const deleted = await this.#env.storage.delete(this.key(name), { preconditions });
      await this.#announce("deleted", deleted, name);
      return deleted;
    } catch (error) {
      throw this.#explained(error, name.name);
    }
  }

  async #announce(
    type: Change["type"],
    stored: StoredObject,
    name: ObjectName,
    previous?: string,
  ): Promise<void> {
    await this.#env.changed(new StoredChange(type, this.resource, name, { stored, previous }));
  }

  #text(object: JsonObject): string {
    const { strategy, stored, converted } = this.resource;
    return storedText(converted ? strategy.toStored(object) : object, stored);
  }

  /** A write as the field manager is told of it. */
  write({ manager }: WriteOptions, subresource: string): FieldWrite {
    const { group, version, kind } = this.resource.served;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    return { manager, apiVersion, kind, subresource, time: timestamp(this.#env.clock.now()) };
  }

  #refuse(name: string, errors: Parameters<typeof invalid>[2]): void {
    if (errors.length > 0) throw invalid(this.resource.served, name, errors);
  }

  /** A storage failure as the API server tells of it. */
  #explained(error: unknown, name: string): unknown {
    const { served } = this.resource;
    if (!isStorageError(error)) return error;
    switch (error.kind) {
      case "not-found":
        return notFound(served, name);
      case "exists":
        return alreadyExists(served, name);
      case "conflict":
        return conflict(served, name, STALE_OBJECT);
      case "invalid":
        return badRequest(error.message);
      case "too-large-resource-version":
      case "busy":
        return error;
      // no reason, as the real server tells of an etcd that is out of space
      case "full":
        return new ApiError(500, "", `mvcc: database space exceeded: ${error.message}`, { cause: error });
      default:
        return internal(error.message, error);
    }
  }
}

/** A status write leaves everything but status (and who owns its fields) as it is. */
function keepAllButStatus(next: JsonObject, old: JsonObject): void {
  const { status } = next;
  keepAs(next, old);
  assign(next, "status", status);
}

/** `next` becomes `kept`, with who owns what and the version as they are in `next`. */
function keepAs(next: JsonObject, kept: JsonObject): void {
  const { managedFields, resourceVersion } = metaOf(next);
  for (const field of Object.keys(next)) if (!Object.hasOwn(kept, field)) delete next[field];
  for (const [field, value] of Object.entries(kept)) next[field] = structuredClone(value);
  assign(metaOf(next), "managedFields", managedFields);
  assign(metaOf(next), "resourceVersion", resourceVersion);
}

/** A name from a prefix; long prefixes are cut so that the name fits a label. */
export function generatedName(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SUFFIX_LENGTH));
  const suffix = [...bytes].map((byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join("");
  return `${prefix.slice(0, 63 - SUFFIX_LENGTH)}${suffix}`;
}
