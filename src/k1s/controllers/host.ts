/** What control loops are given of the cluster, and the writes that they make in it. */
import type { Clock } from "../../base/mod.ts";
import { ApiError } from "../http/api_error.ts";
import type { Catalog, RegisteredResource } from "../registry/catalog.ts";
import { deleteObject, type DeleteRequest } from "../registry/deletion.ts";
import type { JsonObject } from "../registry/object.ts";
import type { ObjectName, ResourceStore } from "../registry/resource_store.ts";
import type { Storage } from "../storage/mod.ts";
import type { PolicyIndex } from "./policy_index.ts";

export interface ControllerHost {
  readonly catalog: Catalog;
  readonly storage: Storage;
  readonly clock: Clock;
  /** PEM; put into every namespace as kube-root-ca.crt. */
  readonly caCertificate: string | undefined;
  readonly policies: PolicyIndex;
  store(resource: RegisteredResource): ResourceStore;
  /** The store of a built-in kind. */
  builtin(group: string, version: string, plural: string): ResourceStore;
}

/** An object of any kind, by the name of its kind in storage: `pods`, `deployments.apps`. */
export interface ObjectPlace extends ObjectName {
  readonly storageName: string;
}

export function placeKey({ storageName, namespace, name }: ObjectPlace): string {
  return `${storageName}/${namespace}/${name}`;
}

/** Who the server's own writes are by. */
export const SELF = { dryRun: false, manager: "k1s", ownsFields: true } as const;

/** What somebody else has done meanwhile is as good as done by us. */
const SETTLED = ["NotFound", "AlreadyExists", "Conflict"];

async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError) || !SETTLED.includes(error.reason)) throw error;
  }
}

export async function createQuietly(
  store: ResourceStore,
  namespace: string,
  object: JsonObject,
): Promise<void> {
  await quietly(store.create(namespace, object, SELF));
}

/** Deletes an object, the very one where `uid` tells; one that has gone is as good. */
export async function deleteQuietly(
  host: ControllerHost,
  store: ResourceStore,
  { name, uid, propagation }: {
    readonly name: ObjectName;
    readonly uid?: string;
    readonly propagation?: DeleteRequest["propagation"];
  },
): Promise<void> {
  const request: DeleteRequest = {
    ...SELF,
    propagation,
    gracePeriodSeconds: undefined,
    uid,
    resourceVersion: undefined,
    nowMs: host.clock.now(),
  };
  await quietly(deleteObject(store, name, request));
}

/** A write of the server itself: nothing is validated, a missing object is left missing. */
export async function rewrite(
  store: ResourceStore,
  name: ObjectName,
  change: (current: JsonObject) => void,
): Promise<void> {
  const mutate = (current: JsonObject) => {
    const next = structuredClone(current);
    change(next);
    return next;
  };
  await quietly(store.update(name, mutate, { ...SELF, subresource: "", internal: true }));
}

/** The store of a kind by its name in storage; undefined where the kind is no longer served. */
export function storeNamed(host: ControllerHost, storageName: string): ResourceStore | undefined {
  const named = (candidate: RegisteredResource) => candidate.storageName === storageName;
  const resource = host.catalog.stored().find(named) ?? host.catalog.all().find(named);
  return resource && host.store(resource);
}
