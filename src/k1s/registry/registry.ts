/**
 * The cluster behind the API: the catalog of what is served, a store for each kind, and the control loops that settle
 * before a write is answered (namespaces, garbage collection, definitions).
 */
import type { Clock } from "../../base/mod.ts";
import { ApiError } from "../http/api_error.ts";
import { isStorageError, type Storage, type Watcher } from "../storage/mod.ts";
import { Admission } from "./admission.ts";
import { builtinResources, type BuiltinTables, loadBuiltinTables } from "./builtin_resources.ts";
import type { BuiltinShaper } from "./builtin_shape.ts";
import { Catalog, type RegisteredResource } from "./catalog.ts";
import { Definitions } from "./definitions.ts";
import { deleteObject, type DeleteRequest } from "./deletion.ts";
import type { Schema } from "../crd/mod.ts";
import { apiVersion } from "../../kube/mod.ts";
import type { FieldManager } from "./field_manager.ts";
import { ManagedFields } from "./managed_fields.ts";
import { MergeTypes } from "./merge_types.ts";
import { checkNamespace, endingConditions, isEnding, namespaceContent, namespaceName } from "./namespaces.ts";
import {
  assign,
  type JsonObject,
  listOf,
  mapOf,
  metaOf,
  parsed,
  textOf,
  textsOf,
  timestamp,
} from "./object.ts";
import { type Dependent, OwnerIndex, ownersOf } from "./owners.ts";
import { type Change, type ObjectName, ResourceStore } from "./resource_store.ts";
import type { ProtobufTable } from "../codec/protobuf.ts";

export interface RegistryOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** PEM; put into every namespace as kube-root-ca.crt. */
  readonly caCertificate?: string | undefined;
}

/** Who the server's own writes are by. */
const SELF = { dryRun: false, manager: "k1s", ownsFields: true } as const;
const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

export class Registry {
  readonly catalog: Catalog;
  readonly storage: Storage;
  readonly protobuf: ProtobufTable;
  readonly #options: RegistryOptions;
  readonly #types: MergeTypes;
  readonly #shaper: BuiltinShaper;
  readonly #managers = new WeakMap<RegisteredResource, FieldManager>();
  readonly #stores = new WeakMap<RegisteredResource, ResourceStore>();
  readonly #definitions: Definitions;
  readonly #admission: Admission;
  readonly #definitionWatch: Watcher;
  #following: Promise<void> = Promise.resolve();
  readonly #owners = new OwnerIndex();
  /** Namespaces that are ending and have content left. */
  readonly #ending = new Set<string>();
  /** Those that are being emptied this moment: what goes meanwhile is counted at the end. */
  readonly #emptying = new Set<string>();

  /** Reads the tables and what the storage holds, and creates what every cluster has. */
  static async open(options: RegistryOptions): Promise<Registry> {
    const tables = await loadBuiltinTables();
    const { resources, shaper } = builtinResources(tables);
    const registry = new Registry(new Catalog(resources), { tables, shaper }, options);
    await registry.#load();
    registry.#following = registry.#follow();
    await registry.#bootstrap();
    return registry;
  }

  private constructor(
    catalog: Catalog,
    { tables, shaper }: { tables: BuiltinTables; shaper: BuiltinShaper },
    options: RegistryOptions,
  ) {
    this.catalog = catalog;
    this.protobuf = tables.protobuf;
    this.#types = new MergeTypes(tables.types);
    this.#shaper = shaper;
    this.storage = options.storage;
    this.#options = options;
    this.#definitionWatch = options.storage.watch({ resource: DEFINITIONS }, { from: "now" });
    this.#admission = new Admission(options.storage);
    this.#definitions = new Definitions({
      catalog,
      nowMs: () => options.clock.now(),
      write: (name, change) => this.#rewrite(this.#definitionStore(), { namespace: "", name }, change),
      deleteObjects: (definition) => this.#deleteCustomObjects(definition),
    });
  }

  /** The store of a served resource. */
  store(resource: RegisteredResource): ResourceStore {
    let store = this.#stores.get(resource);
    if (!store) {
      store = new ResourceStore(resource, {
        storage: this.storage,
        clock: this.#options.clock,
        fieldManager: (target) => this.#fieldManager(target),
        checkNamespace: (target, name) => checkNamespace(this.storage, target, name),
        admit: (target, object) => this.#admission.admit(target, object),
        changed: (change) => this.#changed(change),
      });
      this.#stores.set(resource, store);
    }
    return store;
  }

  #fieldManager(resource: RegisteredResource): FieldManager {
    let manager = this.#managers.get(resource);
    if (manager) return manager;
    const { served } = resource;
    const { custom } = served;
    const definition = this.#shaper.definition(served.group, served.version, served.kind) ?? "";
    manager = new ManagedFields({
      type: custom
        ? this.#types.custom((resource.openApiSchema ?? {}) as Schema)
        : this.#types.definition(definition),
      apiVersion: apiVersion(served),
      hasStatus: resource.strategy.hasStatus,
      custom,
      kind: served.kind,
      blank: {
        kind: served.kind,
        apiVersion: apiVersion(served),
        ...custom ? {} : this.#shaper.blank(definition),
      },
    });
    this.#managers.set(resource, manager);
    return manager;
  }

  /** The store of a built-in kind. */
  builtin(group: string, version: string, plural: string): ResourceStore {
    return this.store(this.catalog.find(group, version, plural)!);
  }

  #definitionStore(): ResourceStore {
    return this.builtin("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  }

  /** Stops following what other processes write. */
  async close(): Promise<void> {
    this.#definitionWatch.close();
    await this.#following;
  }

  /** Serves definitions of other processes on the same store; a store that ended ends this. */
  async #follow(): Promise<void> {
    try {
      for await (const event of this.#definitionWatch) {
        if (event.type === "bookmark") continue;
        this.#definitions.observe(parsed(event), {
          deleted: event.type === "deleted",
          revision: event.revision,
        });
      }
    } catch (error) {
      if (!isStorageError(error)) throw error;
    }
  }

  async #load(): Promise<void> {
    const { items } = await this.#definitionStore().list("");
    for (const item of items) this.#definitions.load(parsed(item));
    for (const resource of this.catalog.stored()) {
      const store = this.store(resource);
      for (const item of (await store.list("")).items) {
        // most objects own nothing: the text tells without parsing
        if (!item.value.includes('"ownerReferences":[')) continue;
        const object = parsed(item);
        this.#owners.set(dependentOf(resource, object), object);
      }
    }
    for (const item of (await this.builtin("", "v1", "namespaces").list("")).items) {
      const namespace = parsed(item);
      if (isEnding(namespace)) this.#ending.add(namespaceName(namespace));
    }
  }

  async #bootstrap(): Promise<void> {
    const namespaces = this.builtin("", "v1", "namespaces");
    for (const name of NAMESPACES) {
      if (!await namespaces.find({ namespace: "", name })) {
        await createQuietly(namespaces, "", { metadata: { name } });
      }
    }
    const services = this.builtin("", "v1", "services");
    await createQuietly(services, "default", {
      metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
      spec: {
        ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: 6443 }],
        clusterIP: "10.96.0.1",
        clusterIPs: ["10.96.0.1"],
        type: "ClusterIP",
        sessionAffinity: "None",
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
      },
    });
  }

  async #changed(change: Change): Promise<void> {
    const { resource, name, type, text } = change;
    const dependent = { storageName: resource.storageName, ...name };
    if (type === "deleted" || !text.includes('"ownerReferences":[')) this.#owners.delete(dependent);
    else this.#owners.set(dependent, change.object);
    if (resource.storageName === "namespaces") await this.#namespaceChanged(change);
    if (resource.storageName === DEFINITIONS) {
      if (type === "deleted") this.#definitions.deleted(change.object);
      else await this.#definitions.changed(change.object);
    }
    if (type === "deleted") await this.#objectDeleted(change);
    else if (text.includes('"deletionTimestamp":') && metaOf(change.object).deletionTimestamp !== undefined) {
      await this.#collectEnding(change);
    }
  }

  async #objectDeleted(change: Change): Promise<void> {
    const { resource, name } = change;
    await this.#collectDependents(change.uid);
    if (change.text.includes('"ownerReferences":[')) {
      for (const owner of ownersOf(change.object)) await this.#retryForeground(owner, name.namespace);
    }
    if (resource.served.custom) await this.#definitions.objectDeleted(resource.storageName);
    const { namespace } = name;
    if (this.#ending.has(namespace) && !this.#emptying.has(namespace)) await this.#emptyNamespace(namespace);
  }

  async #namespaceChanged(change: Change): Promise<void> {
    const { type, name } = change;
    if (type === "deleted") this.#ending.delete(name.name);
    if (type === "created") {
      for (const { kind, object: content } of namespaceContent(this.#options.caCertificate)) {
        await createQuietly(this.builtin("", "v1", kind), name.name, structuredClone(content));
      }
    }
    if (type === "updated" && isEnding(change.object) && !this.#ending.has(name.name)) {
      this.#ending.add(name.name);
      await this.#emptyNamespace(name.name);
    }
  }

  /** Deletes what a namespace holds; once nothing is left its finalizer goes, and it with it. */
  async #emptyNamespace(namespace: string): Promise<void> {
    this.#emptying.add(namespace);
    try {
      await this.#finishNamespace(namespace, await this.#deleteContent(namespace));
    } finally {
      this.#emptying.delete(namespace);
    }
  }

  /** Deletes what is there; tells what stays for now. */
  async #deleteContent(namespace: string): Promise<string[]> {
    const remaining: string[] = [];
    for (const resource of this.catalog.stored()) {
      if (!resource.served.namespaced) continue;
      const store = this.store(resource);
      for (const item of (await store.list(namespace)).items) {
        const object = parsed(item);
        if (metaOf(object).deletionTimestamp !== undefined) continue;
        await this.#deleteQuietly(store, { namespace, name: textOf(metaOf(object), "name") });
      }
      const left = await this.storage.count({ resource: resource.storageName, namespace });
      if (left > 0) remaining.push(`${resource.storageName} has ${left} resource instances`);
    }
    return remaining;
  }

  async #finishNamespace(namespace: string, remaining: readonly string[]): Promise<void> {
    const time = timestamp(this.#options.clock.now());
    await this.#rewrite(
      this.builtin("", "v1", "namespaces"),
      { namespace: "", name: namespace },
      (current) => {
        const status = (current.status ??= {}) as JsonObject;
        if (remaining.length > 0) status.conditions = endingConditions(remaining, time);
        else {
          const spec = mapOf(current, "spec");
          const left = listOf(spec, "finalizers").filter((finalizer) => finalizer !== "kubernetes");
          if (spec) assign(spec, "finalizers", left.length === 0 ? undefined : left);
        }
      },
    );
  }

  async #deleteCustomObjects(definition: JsonObject): Promise<boolean> {
    const name = textOf(metaOf(definition), "name");
    const resource = this.catalog.all().find(({ storageName }) => storageName === name);
    if (!resource) return true;
    const store = this.store(resource);
    for (const item of (await store.list("")).items) {
      const meta = metaOf(parsed(item));
      if (meta.deletionTimestamp !== undefined) continue;
      await this.#deleteQuietly(store, { namespace: textOf(meta, "namespace"), name: textOf(meta, "name") });
    }
    return await this.storage.count({ resource: name }) === 0;
  }

  /** What owned objects of a gone owner come to: deleted, unless another owner is still there. */
  async #collectDependents(uid: string): Promise<void> {
    for (const dependent of this.#owners.of(uid)) {
      const store = this.#storeOf(dependent.storageName);
      const stored = await store?.find(dependent);
      if (!store || !stored) continue;
      const others = ownersOf(parsed(stored)).filter((owner) => textOf(owner, "uid") !== uid);
      const alive = await Promise.all(others.map((owner) => this.#exists(owner, dependent.namespace)));
      if (!alive.includes(true)) await this.#deleteQuietly(store, dependent, "Background");
      else await this.#dropOwner(store, dependent, uid);
    }
  }

  async #dropOwner(store: ResourceStore, name: ObjectName, uid: string): Promise<void> {
    await this.#rewrite(store, name, (current) => {
      const left = ownersOf(current).filter((owner) => textOf(owner, "uid") !== uid);
      assign(metaOf(current), "ownerReferences", left.length === 0 ? undefined : left);
    });
  }

  /** An object that was asked to end: orphans its dependents, or deletes them first, as its finalizer says. */
  async #collectEnding({ resource, object, name }: Change): Promise<void> {
    const meta = metaOf(object);
    const finalizers = textsOf(meta, "finalizers");
    const uid = textOf(meta, "uid");
    const store = this.store(resource);
    if (finalizers.includes("orphan")) {
      for (const dependent of this.#owners.of(uid)) {
        const owned = this.#storeOf(dependent.storageName);
        if (owned) await this.#dropOwner(owned, dependent, uid);
      }
      await this.#takeFinalizer(store, name, "orphan");
    } else if (finalizers.includes("foregroundDeletion")) {
      for (const dependent of this.#owners.of(uid)) {
        const owned = this.#storeOf(dependent.storageName);
        const stored = await owned?.find(dependent);
        if (!owned || !stored || metaOf(parsed(stored)).deletionTimestamp !== undefined) continue;
        await this.#deleteQuietly(owned, dependent, "Foreground");
      }
      if (!await this.#isBlocked(uid)) await this.#takeFinalizer(store, name, "foregroundDeletion");
    }
  }

  /** True while a dependent that blocks its owner's deletion is there. */
  async #isBlocked(uid: string): Promise<boolean> {
    for (const dependent of this.#owners.of(uid)) {
      const stored = await this.#storeOf(dependent.storageName)?.find(dependent);
      if (!stored) continue;
      const owner = ownersOf(parsed(stored)).find((candidate) => textOf(candidate, "uid") === uid);
      if (owner?.blockOwnerDeletion === true) return true;
    }
    return false;
  }

  async #retryForeground(owner: JsonObject, namespace: string): Promise<void> {
    const found = this.#resourceOf(owner);
    if (!found) return;
    const name = { namespace: found.served.namespaced ? namespace : "", name: textOf(owner, "name") };
    const stored = await this.store(found).find(name);
    if (!stored || stored.uid !== textOf(owner, "uid")) return;
    const object = parsed(stored);
    const waits = textsOf(metaOf(object), "finalizers").includes("foregroundDeletion");
    if (waits && !await this.#isBlocked(stored.uid)) {
      await this.#takeFinalizer(this.store(found), name, "foregroundDeletion");
    }
  }

  async #takeFinalizer(store: ResourceStore, name: ObjectName, finalizer: string): Promise<void> {
    await this.#rewrite(store, name, (current) => {
      const left = textsOf(metaOf(current), "finalizers").filter((other) => other !== finalizer);
      assign(metaOf(current), "finalizers", left.length === 0 ? undefined : left);
    });
  }

  async #exists(owner: JsonObject, namespace: string): Promise<boolean> {
    const resource = this.#resourceOf(owner);
    if (!resource) return false;
    const name = { namespace: resource.served.namespaced ? namespace : "", name: textOf(owner, "name") };
    const stored = await this.store(resource).find(name);
    return stored?.uid === textOf(owner, "uid");
  }

  #resourceOf(owner: JsonObject): RegisteredResource | undefined {
    const [version = "", group = ""] = textOf(owner, "apiVersion").split("/").reverse();
    return this.catalog.all().find(({ served }) =>
      served.group === group && served.version === version && served.kind === owner.kind
    );
  }

  #storeOf(storageName: string): ResourceStore | undefined {
    const resource = this.catalog.stored().find((candidate) => candidate.storageName === storageName) ??
      this.catalog.all().find((candidate) => candidate.storageName === storageName);
    return resource && this.store(resource);
  }

  async #deleteQuietly(store: ResourceStore, name: ObjectName, propagation?: DeleteRequest["propagation"]) {
    const request: DeleteRequest = {
      ...SELF,
      propagation,
      gracePeriodSeconds: undefined,
      uid: undefined,
      resourceVersion: undefined,
      nowMs: this.#options.clock.now(),
    };
    await quietly(deleteObject(store, name, request));
  }

  /** A write of the server itself: nothing is validated, a missing object is left missing. */
  async #rewrite(
    store: ResourceStore,
    name: ObjectName,
    change: (current: JsonObject) => void,
  ): Promise<void> {
    const mutate = (current: JsonObject) => {
      const next = structuredClone(current);
      change(next);
      return next;
    };
    await quietly(store.update(name, mutate, { ...SELF, subresource: "", internal: true, ownsFields: true }));
  }
}

function dependentOf({ storageName }: RegisteredResource, object: JsonObject): Dependent {
  const meta = metaOf(object);
  return { storageName, namespace: textOf(meta, "namespace"), name: textOf(meta, "name") };
}

/** What somebody else has done meanwhile is as good as done by us. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError) || !["NotFound", "AlreadyExists"].includes(error.reason)) throw error;
  }
}

async function createQuietly(store: ResourceStore, namespace: string, object: JsonObject): Promise<void> {
  await quietly(store.create(namespace, object, SELF));
}
