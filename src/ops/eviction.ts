/** One eviction: a deletion that disruption budgets may refuse. https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
import { deleteObject, type ObjectTarget } from "../apply/mod.ts";
import { type Client, queryPath } from "../client/mod.ts";
import { resourcePath } from "../kube/mod.ts";
import { PODS } from "./builtin_kinds.ts";

export interface EvictionOptions {
  /** Deletes it past its budgets. */
  readonly disableEviction?: boolean | undefined;
  /** The pod's own unless given. */
  readonly graceSeconds?: number | undefined;
}

/** Which pod: one made anew under its name meanwhile stays. */
export interface EvictedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Throws OrkaError `throttled` when a budget refuses it for now, `conflict` when the pod was made anew. */
export async function evict(
  client: Client,
  { namespace, name, uid }: EvictedPod,
  { disableEviction, graceSeconds, dryRun, signal }: EvictionOptions & {
    readonly dryRun?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const target: ObjectTarget = { resource: PODS, namespace, name };
  if (disableEviction) {
    await deleteObject(client, target, { uid, graceSeconds, dryRun, signal });
    return;
  }
  const path = resourcePath(PODS, { namespace, name, subresource: "eviction" });
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace },
    deleteOptions: {
      gracePeriodSeconds: graceSeconds,
      preconditions: uid === "" ? undefined : { uid },
      ...(dryRun ? { dryRun: ["All"] } : {}),
    },
  };
  await client.json(queryPath(path, { dryRun: dryRun ? "All" : undefined }), {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
    signal,
  });
}
