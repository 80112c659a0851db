/** The requests that change one object, and what they may say. Each is one request; none is retried here. */
import { OrkaError } from "../base/mod.ts";
import { type Client, queryPath, type RequestOptions } from "../client/mod.ts";
import { type KubeObject, type Resource, resourcePath } from "../kube/mod.ts";

/** The field manager of everything that Orka writes. */
export const FIELD_MANAGER = "orka";

export interface ObjectTarget {
  readonly resource: Resource;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: string | undefined;
}

export interface WriteOptions {
  /** The server does everything but keep it. */
  readonly dryRun?: boolean | undefined;
  /** `orka` unless given. */
  readonly fieldManager?: string | undefined;
  /** What the server says to unknown and duplicate fields; its own default is Warn. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes over fields that other managers own. */
  readonly force?: boolean | undefined;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/. Throws OrkaError `conflict` with a cause a field. */
export async function serverApply(
  client: Client,
  target: ObjectTarget,
  { configuration, force = false, ...options }: ApplyOptions & { readonly configuration: object },
): Promise<KubeObject> {
  const query = { ...writeQuery(options), force: force ? "true" : undefined };
  return await send(client, queryPath(pathOf(target), query), {
    method: "PATCH",
    body: JSON.stringify(configuration),
    headers: { "content-type": "application/apply-patch+yaml" },
    signal: options.signal,
  });
}

export type PatchType = "json" | "merge" | "strategic";

const PATCH_MEDIA: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

export async function patchObject(
  client: Client,
  target: ObjectTarget,
  { type, patch, ...options }: WriteOptions & { readonly type: PatchType; readonly patch: unknown },
): Promise<KubeObject> {
  return await send(client, queryPath(pathOf(target), writeQuery(options)), {
    method: "PATCH",
    body: JSON.stringify(patch),
    headers: { "content-type": PATCH_MEDIA[type] },
    signal: options.signal,
  });
}

/** `target.name` is what the object or the server's answer says; it is not part of the path. */
export async function createObject(
  client: Client,
  { resource, namespace }: Pick<ObjectTarget, "resource" | "namespace">,
  { object, ...options }: WriteOptions & { readonly object: object },
): Promise<KubeObject> {
  return await send(client, queryPath(resourcePath(resource, { namespace }), writeQuery(options)), {
    method: "POST",
    body: JSON.stringify(object),
    headers: { "content-type": "application/json" },
    signal: options.signal,
  });
}

/** With the object's resourceVersion it is refused (`conflict`) when the object has changed since. */
export async function replaceObject(
  client: Client,
  target: ObjectTarget,
  { object, ...options }: WriteOptions & { readonly object: object },
): Promise<KubeObject> {
  return await send(client, queryPath(pathOf(target), writeQuery(options)), {
    method: "PUT",
    body: JSON.stringify(object),
    headers: { "content-type": "application/json" },
    signal: options.signal,
  });
}

export interface DeleteOptions extends Pick<WriteOptions, "dryRun" | "signal"> {
  /** The server's default for the kind unless given. */
  readonly propagation?: "Background" | "Foreground" | "Orphan" | undefined;
  readonly graceSeconds?: number | undefined;
  /** Only the very object that has this uid, and this version. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** The object as it now is (while finalizers or a grace period hold it), or the server's Status. */
export async function deleteObject(
  client: Client,
  target: ObjectTarget,
  { dryRun, signal, propagation, graceSeconds, uid, resourceVersion }: DeleteOptions = {},
): Promise<KubeObject> {
  const preconditions = uid === undefined && resourceVersion === undefined
    ? undefined
    : { uid, resourceVersion };
  return await send(client, queryPath(pathOf(target), { dryRun: dryRun ? "All" : undefined }), {
    method: "DELETE",
    body: JSON.stringify({
      apiVersion: "v1",
      kind: "DeleteOptions",
      // With a body the server reads no options from the query: said only there, it would be a real deletion.
      ...(dryRun ? { dryRun: ["All"] } : {}),
      propagationPolicy: propagation,
      gracePeriodSeconds: graceSeconds,
      preconditions,
    }),
    headers: { "content-type": "application/json" },
    signal,
  });
}

/** null when there is none. */
export async function readObject(
  client: Client,
  target: ObjectTarget,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<KubeObject | null> {
  try {
    return withZeroReplicas(await client.json(pathOf(target), { signal }) as KubeObject);
  } catch (error) {
    if (error instanceof OrkaError && error.status === 404 && error.reason === "NotFound") return null;
    throw error;
  }
}

function pathOf({ resource, namespace, name, subresource }: ObjectTarget): string {
  return resourcePath(resource, { namespace, name, subresource });
}

function writeQuery({ dryRun, fieldManager = FIELD_MANAGER, fieldValidation }: WriteOptions) {
  return { fieldManager, fieldValidation, dryRun: dryRun ? "All" : undefined };
}

async function send(client: Client, path: string, options: RequestOptions): Promise<KubeObject> {
  return withZeroReplicas(await client.json(path, options) as KubeObject);
}

/** The server leaves out a Scale's replicas where there are none: scaled to zero, it would read as if they were unset. */
function withZeroReplicas(object: KubeObject): KubeObject {
  if (object.kind !== "Scale" || !object.apiVersion?.startsWith("autoscaling/")) return object;
  return { ...object, spec: { replicas: 0, ...object["spec"] as object | undefined } };
}
