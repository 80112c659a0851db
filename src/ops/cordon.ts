/** Whether new pods may be scheduled on a node. */
import type { ObjectTarget } from "../apply/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { NODES } from "./builtin_kinds.ts";
import { listAll } from "./object_list.ts";
import { type PlanOptions, readLive } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

export function nodeTarget(name: string): ObjectTarget {
  return { resource: NODES, namespace: "", name };
}

export interface NodeSelection {
  /** Without names: those with the labels. */
  readonly names: readonly string[];
  readonly labelSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The nodes as they are now. Throws OrkaError `not-found` for a name that is not there. */
export async function readNodes(
  client: Client,
  { names, labelSelector, signal }: NodeSelection,
): Promise<readonly KubeObject[]> {
  if (names.length === 0) return await listAll(client, NODES, { labelSelector, signal });
  return await Promise.all(names.map((name) => readLive(client, nodeTarget(name), { signal })));
}

export function isCordoned(node: KubeObject): boolean {
  return (node as { spec?: { unschedulable?: boolean } }).spec?.unschedulable === true;
}

export interface CordonOptions extends PlanOptions {
  /** False lets pods in again. */
  readonly on: boolean;
}

/** null: the node is so already. Throws OrkaError `not-found`. */
export async function planCordon(
  client: Client,
  node: string,
  options: CordonOptions,
): Promise<Change | null> {
  const { on, fieldManager } = options;
  const target = nodeTarget(node);
  const before = await readLive(client, target, options);
  if (isCordoned(before) === on) return null;
  const patch = { spec: { unschedulable: on ? true : null } };
  return patchChange(client, target, { verb: on ? "cordon" : "uncordon", before, fieldManager, patch });
}
