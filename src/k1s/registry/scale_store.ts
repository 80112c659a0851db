/**
 * Scales kept in the objects that they scale: what is read and written here is the number of replicas there, and who
 * owns it.
 */
import { formatLabelSelector, selectorOfObject } from "../../kube/mod.ts";
import { ApiError, invalid } from "../http/api_error.ts";
import { fromScaleFields, type ReplicasPaths, toScaleFields } from "../smd/mod.ts";
import type { StoredObject } from "../storage/mod.ts";
import type { RegisteredResource, ScalePaths } from "./catalog.ts";
import { assign, type JsonObject, mapOf, metaOf, pathKeys, storedText, textOf, valueAt } from "./object.ts";
import {
  type Mutation,
  type ObjectName,
  ResourceStore,
  type StoreEnvironment,
  type UpdateOptions,
  type Written,
} from "./resource_store.ts";

const BUILTIN: ScalePaths = {
  spec: ".spec.replicas",
  status: ".status.replicas",
  selector: undefined,
  owned: {},
};

export class ScaleStore extends ResourceStore {
  readonly #parent: ResourceStore;
  readonly #paths: ScalePaths;
  readonly #owned: ReplicasPaths;

  /** `resource` is Scale, `parent` holds the objects. */
  constructor(resource: RegisteredResource, env: StoreEnvironment, parent: ResourceStore) {
    super(resource, env);
    this.#parent = parent;
    this.#paths = parent.resource.scale ?? BUILTIN;
    this.#owned = parent.resource.scale?.owned ?? { [this.#apiVersion]: ["f:spec", "f:replicas"] };
  }

  get #apiVersion(): string {
    return this.#parent.write({ dryRun: true, manager: "" }, "").apiVersion;
  }

  override async get(name: ObjectName, resourceVersion = 0): Promise<StoredObject> {
    return this.#scale(await this.#parent.get(name, resourceVersion));
  }

  /** Errors as the object's; ApiError 422 for replicas that can't be. */
  override async update(name: ObjectName, mutate: Mutation, options: UpdateOptions): Promise<Written> {
    const { stored, created } = await this.#parent.update(name, async (current) => {
      const scale = this.#scaleOf(current);
      const { managedFields } = metaOf(current);
      metaOf(scale).managedFields = toScaleFields(managedFields, this.#owned);
      const wanted = await mutate(scale);
      if (options.ownsFields) this.#checkConversion(wanted, name.name);
      const written = options.ownsFields
        ? wanted
        : this.fieldManager!.update(scale, wanted, this.write(options, "scale"));
      return this.#scaled(current, written, name.name);
    }, { ...options, ownsFields: true });
    return { stored: this.#scale(stored), created };
  }

  /** The real server has no way from an applied Scale to a custom object. Throws ApiError 500. */
  #checkConversion(scale: JsonObject, name: string): void {
    if (!this.#parent.resource.served.custom) return;
    const { apiVersion } = this.resource.stored;
    throw new ApiError(
      500,
      "",
      `failed to convert new object (/${name}; ${apiVersion}, Kind=${
        String(scale.kind)
      }) to proper version: ` +
        `request to convert CR to an invalid group/version: ${apiVersion}`,
    );
  }

  /** The object with the scale's replicas, precondition and owners. */
  #scaled(current: JsonObject, scale: JsonObject, name: string): JsonObject {
    const next = structuredClone(current);
    setReplicas(next, this.#paths.spec, replicasOf(scale, name));
    const version = textOf(metaOf(scale), "resourceVersion");
    // unlike the object's, a scale's update may always leave it out
    if (version !== "") metaOf(next).resourceVersion = version;
    const entries = fromScaleFields({
      parent: metaOf(current).managedFields,
      scale: metaOf(scale).managedFields,
      paths: this.#owned,
      apiVersion: this.#apiVersion,
    });
    assign(metaOf(next), "managedFields", entries.length === 0 ? undefined : entries);
    return next;
  }

  #scale(stored: StoredObject): StoredObject {
    return { ...stored, value: storedText(this.#scaleOf(this.#parent.served(stored)), this.resource.stored) };
  }

  #scaleOf(object: JsonObject): JsonObject {
    const meta = metaOf(object);
    const metadata: JsonObject = {};
    for (const field of ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]) {
      if (meta[field] !== undefined) metadata[field] = meta[field];
    }
    const replicas = valueAt(object, this.#paths.spec);
    const seen = valueAt(object, this.#paths.status);
    const selector = this.#selector(object);
    return {
      kind: this.resource.stored.kind,
      apiVersion: this.resource.stored.apiVersion,
      metadata,
      spec: typeof replicas === "number" && replicas !== 0 ? { replicas } : {},
      status: { replicas: typeof seen === "number" ? seen : 0, ...(selector === "" ? {} : { selector }) },
    };
  }

  #selector(object: JsonObject): string {
    if (this.#paths === BUILTIN) return builtinSelector(object);
    const { selector } = this.#paths;
    return selector === undefined ? "" : String(valueAt(object, selector) ?? "");
  }
}

function replicasOf(scale: JsonObject, name: string): number {
  const replicas = mapOf(scale, "spec")?.replicas ?? 0;
  if (typeof replicas === "number" && replicas >= 0) return replicas;
  const detail = "must be greater than or equal to 0";
  throw invalid({ group: "autoscaling", kind: "Scale" }, name, [
    { type: "invalid", field: "spec.replicas", value: replicas, detail },
  ]);
}

/** ReplicationControllers select by a plain map, the others by a LabelSelector. */
function builtinSelector(object: JsonObject): string {
  const selector = mapOf(mapOf(object, "spec"), "selector");
  if (!selector) return "";
  const isPlain = selector.matchLabels === undefined && selector.matchExpressions === undefined;
  return formatLabelSelector(
    selectorOfObject(isPlain ? { matchLabels: selector as Record<string, string> } : selector),
  );
}

function setReplicas(object: JsonObject, path: string, replicas: number): void {
  const keys = pathKeys(path);
  const last = keys.pop()!;
  let current = object;
  for (const key of keys) current = (mapOf(current, key) ?? (current[key] = {})) as JsonObject;
  current[last] = replicas;
}
