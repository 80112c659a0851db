/**
 * Everything that is done to the objects of one resource, the same for all kinds: what differs is in the strategy.
 *
 * Objects go in and come out in the served version; `Stored` results carry text in the stored one.
 */
import { loadPatterns } from "../crd/mod.ts";
import { alreadyExists, ApiError, invalid, notFound } from "../http/api_error.ts";
import type { ListOptions, ObjectKey, StoredObject } from "../storage/mod.ts";
import type { RegisteredResource } from "./catalog.ts";
import type { FieldManager, FieldWrite } from "./field_manager.ts";
import { generatedName } from "./generated_name.ts";
import { sameButTimes } from "./managed_fields.ts";
import { metadataErrors, metadataUpdateErrors } from "./metadata_validation.ts";
import { assign, type JsonObject, listOf, metaOf, parsed, storedText, textOf, timestamp } from "./object.ts";
import { storageFailure } from "./storage_failure.ts";
import type {
  Mutation,
  ObjectName,
  StoreEnvironment,
  UpdateOptions,
  WriteOptions,
  Written,
} from "./store_contract.ts";
import { type Change, StoredChange } from "./stored_change.ts";
import { changeErrors, checkVersion, keepIdentity, prepareUpdate, STATUS_WRITES } from "./update_rules.ts";

export type { Change, Mutation, ObjectName, StoreEnvironment, UpdateOptions, WriteOptions, Written };

/** Thrown out of an update whose outcome is that the object goes. */
class Finished extends Error {
  constructor(readonly current: StoredObject, readonly text: string) {
    super("the object's last finalizer is gone");
  }
}

interface Updating extends UpdateOptions {
  readonly name: ObjectName;
  readonly current: StoredObject;
}

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

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
      throw storageFailure(this.resource.served, error, name.name);
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
    // what is no number is passed over, and by a dry run all
    if (!dryRun && Number(textOf(metaOf(object), "resourceVersion")) > 0) {
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
      throw storageFailure(this.resource.served, error, name.name);
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
    /** What a former attempt came to, before somebody else wrote. */
    let made: string | undefined;
    const attempt = async (current: StoredObject | undefined) => {
      if (!current) throw notFound(this.resource.served, name.name);
      if (made !== undefined) await this.#giveBack(made, current.value);
      previous = current.value;
      made = await this.#updated(current, mutate, { ...options, name });
      return { value: made, ttlSeconds: this.resource.strategy.ttlSeconds };
    };
    try {
      if (options.dryRun) return { stored: await this.#dryUpdate(name, attempt), created: false };
      const stored = await this.#env.storage.guaranteedUpdate(this.key(name), attempt);
      await this.#announce("updated", stored, name, previous);
      return { stored, created: false };
    } catch (error) {
      if (!(error instanceof Finished)) {
        if (made !== undefined && !options.dryRun) await this.#giveBack(made, previous!);
        throw storageFailure(this.resource.served, error, name.name);
      }
      return { stored: await this.#finish(error, name, options), created: false };
    }
  }

  /** What an update took that came to nothing. */
  async #giveBack(made: string, kept: string): Promise<void> {
    if (this.resource.storageName !== "services") return;
    await this.#env.admission.refundUpdate(JSON.parse(made), JSON.parse(kept));
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
    options: Omit<Updating, "current">,
  ): Promise<string> {
    const { strategy } = this.resource;
    if (this.#hasPatterns) await loadPatterns();
    const old = this.served(current);
    let next = await mutate(old);
    // what a merge made is the kind's type again before anything compares it
    if (!options.internal && (options.ownsFields || strategy.hasFreeForm)) next = strategy.normalize(next);
    const meta = metaOf(next);
    checkVersion(this.resource, meta, { current, name: options.name.name });
    const oldMeta = metaOf(old);
    if (!options.internal) keepIdentity(meta, oldMeta, options);
    if (!options.internal && !STATUS_WRITES.has(options.subresource)) strategy.applyDefaults(next);
    if (!options.internal && options.subresource === "status") strategy.alignStatus(next);
    const manager = options.ownsFields ? undefined : this.#env.fieldManager(this.resource);
    if (manager) next = manager.update(old, next, this.write(options, options.subresource));
    if (!options.internal && options.subresource === "") {
      await this.#env.admission.fillUpdate(this.resource, { object: next, old, dryRun: options.dryRun });
    }
    try {
      return await this.#checked(next, old, { ...options, current });
    } catch (error) {
      const took = this.resource.storageName === "services" && options.subresource === "" && !options.dryRun;
      if (took && !(error instanceof Finished)) await this.#env.admission.refundUpdate(next, old);
      throw error;
    }
  }

  /** The text of an update that has all it needs. Throws ApiError, Finished. */
  async #checked(
    next: JsonObject,
    old: JsonObject,
    { current, ...options }: Updating,
  ): Promise<string> {
    const { strategy } = this.resource;
    if (!options.internal) prepareUpdate(strategy, { next, old, subresource: options.subresource });
    next = strategy.normalize(next);
    assign(metaOf(next), "resourceVersion", metaOf(old).resourceVersion);
    if (sameButTimes(next, old)) return current.value;
    const errors = options.internal ? [] : [
      ...metadataUpdateErrors(next, old, strategy.name),
      ...strategy.validate(next, old),
      ...changeErrors(strategy, { next, old, subresource: options.subresource }),
    ];
    this.#refuse(options.name.name, errors);
    if (!options.internal) await this.#env.admission.checkUpdate(this.resource, next, old);
    const text = this.#text(next);
    if (this.isFinished(next)) throw new Finished(current, text);
    return text;
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
      throw storageFailure(this.resource.served, error, name.name);
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
      throw storageFailure(this.resource.served, error, name.name);
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
}
