/**
 * The cluster behind the API: the catalog of what is served, a store for each kind, and the control loops that settle
 * before a write is answered (namespaces, garbage collection, definitions).
 */
import type { Clock } from "../../base/mod.ts";
import { ApiError } from "../http/api_error.ts";
import { isStorageError, parseKey, type Storage, type Watcher } from "../storage/mod.ts";
import { Admission } from "./admission.ts";
import { inBatches } from "./batches.ts";
import { builtinResources, type BuiltinTables, loadBuiltinTables } from "./builtin_resources.ts";
import type { BuiltinShaper } from "./builtin_shape.ts";
import { Catalog, type RegisteredResource } from "./catalog.ts";
import { Definitions } from "./definitions.ts";
import type { Schema } from "../crd/mod.ts";
import { apiVersion } from "../../kube/mod.ts";
import type { FieldManager } from "./field_manager.ts";
import { ManagedFields } from "./managed_fields.ts";
import { MergeTypes } from "./merge_types.ts";
import { PolicyIndex } from "../controllers/policy_index.ts";
import { type ControllerHost, Controllers } from "../controllers/mod.ts";
import { createQuietly, deleteQuietly, rewrite } from "../controllers/host.ts";
import { checkNamespace } from "./namespaces.ts";
import { isDeleting, type JsonObject, metaOf, parsed, textOf } from "./object.ts";
import { SYSTEM_CLASSES } from "./pod_priority.ts";
import { type Change, ResourceStore, type StoreEnvironment } from "./resource_store.ts";
import { scaleResource } from "./scale_resource.ts";
import { ScaleStore } from "./scale_store.ts";
import type { ProtobufTable } from "../codec/protobuf.ts";

export interface RegistryOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** PEM; put into every namespace as kube-root-ca.crt. */
  readonly caCertificate?: string | undefined;
  /** Between sweeps of the control loops, ms; 0 or absent: none, for a cluster that is opened for one command. */
  readonly sweepMs?: number | undefined;
}

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

export class Registry implements ControllerHost {
  readonly catalog: Catalog;
  readonly storage: Storage;
  readonly protobuf: ProtobufTable;
  readonly policies: PolicyIndex;
  readonly #options: RegistryOptions;
  readonly #types: MergeTypes;
  readonly #shaper: BuiltinShaper;
  readonly #managers = new WeakMap<RegisteredResource, FieldManager>();
  readonly #stores = new WeakMap<RegisteredResource, ResourceStore>();
  readonly #scales = new WeakMap<RegisteredResource, ResourceStore>();
  readonly #tables: BuiltinTables;
  readonly #definitions: Definitions;
  readonly #admission: Admission;
  readonly #definitionWatch: Watcher;
  #following: Promise<void> = Promise.resolve();
  readonly #controllers: Controllers;

  /** Reads the tables and what the storage holds, and creates what every cluster has. */
  static async open(options: RegistryOptions): Promise<Registry> {
    const tables = await loadBuiltinTables();
    const { resources, shaper } = builtinResources(tables);
    const registry = new Registry(new Catalog(resources), { tables, shaper }, options);
    await registry.#load();
    registry.#following = registry.#follow();
    await registry.#bootstrap();
    const { sweepMs = 0 } = options;
    if (sweepMs > 0) registry.#controllers.arm(sweepMs);
    return registry;
  }

  private constructor(
    catalog: Catalog,
    { tables, shaper }: { tables: BuiltinTables; shaper: BuiltinShaper },
    options: RegistryOptions,
  ) {
    this.catalog = catalog;
    this.#tables = tables;
    this.protobuf = tables.protobuf;
    this.#types = new MergeTypes(tables.types);
    this.#shaper = shaper;
    this.storage = options.storage;
    this.policies = new PolicyIndex(options.storage);
    this.#options = options;
    this.#definitionWatch = options.storage.watch({ resource: DEFINITIONS }, { from: "now" });
    this.#admission = new Admission(this);
    this.#controllers = new Controllers(this);
    this.#definitions = new Definitions({
      catalog,
      nowMs: () => options.clock.now(),
      shapeMetadata: (metadata) => shaper.shape(metadata as JsonObject, OBJECT_META),
      write: (name, change) => rewrite(this.#definitionStore(), { namespace: "", name }, change),
      deleteObjects: (definition) => this.#deleteCustomObjects(definition),
    });
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get caCertificate(): string | undefined {
    return this.#options.caCertificate;
  }

  /** The store of a served resource. */
  store(resource: RegisteredResource): ResourceStore {
    let store = this.#stores.get(resource);
    if (!store) {
      store = new ResourceStore(resource, this.#environment());
      this.#stores.set(resource, store);
    }
    return store;
  }

  /** The store of a resource's scales. */
  scaleStore(parent: RegisteredResource): ResourceStore {
    let store = this.#scales.get(parent);
    if (!store) {
      const scale = scaleResource(parent, { shaper: this.#shaper, types: this.#tables.types });
      store = new ScaleStore(scale, this.#environment(), this.store(parent));
      this.#scales.set(parent, store);
    }
    return store;
  }

  #environment(): StoreEnvironment {
    return {
      storage: this.storage,
      clock: this.#options.clock,
      fieldManager: (target) => this.#fieldManager(target),
      checkNamespace: (target, name) => checkNamespace(this.storage, target, name),
      admission: this.#admission,
      changed: (change) => this.#changed(change),
    };
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

  /** Throws 429 where a disruption budget keeps a pod from being evicted now; else counts it and tells the pod. */
  async admitEviction(pod: JsonObject, options: { readonly dryRun: boolean }): Promise<void> {
    await this.#controllers.disruption.evict(pod, options);
  }

  /** One sweep of the control loops, as their timer runs them. */
  async sweep(): Promise<void> {
    await this.#controllers.sweep();
  }

  /** Stops following what other processes write. */
  async close(): Promise<void> {
    await this.#controllers.close();
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
    await this.#controllers.load();
  }

  async #bootstrap(): Promise<void> {
    const namespaces = this.builtin("", "v1", "namespaces");
    for (const name of NAMESPACES) {
      if (!await namespaces.find({ namespace: "", name })) {
        await createQuietly(namespaces, "", { metadata: { name } });
      }
    }
    const classes = this.builtin("scheduling.k8s.io", "v1", "priorityclasses");
    for (const system of SYSTEM_CLASSES) {
      const name = textOf(metaOf(system), "name");
      if (!await classes.find({ namespace: "", name })) {
        await createQuietly(classes, "", structuredClone(system));
      }
    }
    const services = this.builtin("", "v1", "services");
    if (await services.find({ namespace: "default", name: "kubernetes" })) return;
    const isThere = () => services.find({ namespace: "default", name: "kubernetes" });
    if (await isThere()) return;
    const made = createQuietly(services, "default", {
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
    // another process that starts this moment may have the address already, and the service next
    await made.catch((error) => {
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
    });
  }

  async #changed(change: Change): Promise<void> {
    const { resource, type } = change;
    if (resource.storageName === DEFINITIONS) {
      if (type === "deleted") this.#definitions.deleted(change.object);
      else await this.#definitions.changed(change.object);
    }
    await this.#controllers.changed(change);
    if (type === "deleted" && resource.served.custom) {
      await this.#definitions.objectDeleted(resource.storageName);
    }
  }

  async #deleteCustomObjects(definition: JsonObject): Promise<boolean> {
    const name = textOf(metaOf(definition), "name");
    const resource = this.catalog.all().find(({ storageName }) => storageName === name);
    if (!resource) return true;
    const store = this.store(resource);
    await inBatches((await store.list("")).items, async (item) => {
      if (!isDeleting(item)) await deleteQuietly(this, store, { name: parseKey(item.key) });
    });
    return await this.storage.count({ resource: name }) === 0;
  }
}
