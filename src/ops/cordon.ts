/** Whether new pods may be scheduled on a node. */
import { FIELD_MANAGER, type ObjectTarget, patchObject } from "../apply/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { NODES } from "./builtin_kinds.ts";
import { readLive } from "./workload.ts";

export function nodeTarget(name: string): ObjectTarget {
  return { resource: NODES, namespace: "", name };
}

export function isCordoned(node: KubeObject): boolean {
  return (node as { spec?: { unschedulable?: boolean } }).spec?.unschedulable === true;
}

export interface CordonOptions {
  /** False lets pods in again. */
  readonly on: boolean;
  readonly fieldManager?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** null: the node is so already. Throws OrkaError `not-found`. */
export async function planCordon(
  client: Client,
  node: string,
  options: CordonOptions,
): Promise<Change | null> {
  const { on, fieldManager, signal } = options;
  const target = nodeTarget(node);
  const before = await readLive(client, target, { signal });
  if (isCordoned(before) === on) return null;
  const patch = { spec: { unschedulable: on ? true : null } };
  return {
    verb: on ? "cordon" : "uncordon",
    target,
    fieldManager: fieldManager ?? FIELD_MANAGER,
    before,
    send: ({ dryRun, signal }) =>
      patchObject(client, target, { type: "merge", patch, fieldManager, dryRun, signal }),
  };
}
