/**
 * What nodes and pods use, as metrics.k8s.io measures it; and what they ask for, which every cluster knows.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 */
import { OrkaError } from "../base/mod.ts";
import { type Client, queryPath } from "../client/mod.ts";
import { addQuantities, type KubeObject, parseQuantity, podAmounts, type Quantity } from "../kube/mod.ts";
import { NODES, PODS } from "./builtin_kinds.ts";
import { listAll } from "./object_list.ts";

export interface Amounts {
  readonly cpu: Quantity;
  readonly memory: Quantity;
}

export interface UsageSelection {
  /** null: all namespaces. Of pods alone. */
  readonly namespace?: string | null | undefined;
  /** This one alone. */
  readonly name?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly { readonly name: string; readonly usage: Amounts }[];
  /** Of all containers. */
  readonly usage: Amounts;
}

export interface NodeUsage {
  readonly name: string;
  /** null: the node reports none. */
  readonly usage: Amounts | null;
  readonly capacity: Amounts;
  readonly allocatable: Amounts;
}

export interface PodRequests {
  readonly namespace: string;
  readonly name: string;
  readonly requests: Amounts;
  /** What has no limit counts nothing. */
  readonly limits: Amounts;
}

export interface NodeRequests {
  readonly name: string;
  readonly pods: number;
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly capacity: Amounts;
  readonly allocatable: Amounts;
}

const METRICS = "/apis/metrics.k8s.io/v1beta1";
const ZERO: Quantity = { nano: 0n, format: "DecimalSI" };
const NOTHING: Amounts = { cpu: ZERO, memory: ZERO };

interface MetricsView extends KubeObject {
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly {
    readonly name: string;
    readonly usage?: Readonly<Record<string, string>>;
  }[];
}

/** By namespace and name; null where the cluster measures nothing. Throws OrkaError `not-found` for a name. */
export async function podUsage(
  client: Client,
  selection: UsageSelection,
): Promise<readonly PodUsage[] | null> {
  const { namespace } = selection;
  const scope = namespace === null || namespace === undefined
    ? ""
    : `/namespaces/${encodeURIComponent(namespace)}`;
  const found = await metrics(client, `${scope}/pods`, selection);
  return found?.map(({ metadata, containers = [] }) => {
    const used = containers.map(({ name, usage }) => ({ name, usage: amounts(usage) }));
    const usage = used.reduce((sum, each) => plus(sum, each.usage), NOTHING);
    return { namespace: metadata.namespace ?? "", name: metadata.name, containers: used, usage };
  }) ?? null;
}

/** null where the cluster measures nothing. Throws OrkaError `not-found` for a name. */
export async function nodeUsage(
  client: Client,
  selection: UsageSelection,
): Promise<readonly NodeUsage[] | null> {
  const [found, nodes] = await Promise.all([
    metrics(client, "/nodes", selection),
    listNodes(client, selection),
  ]);
  if (found === null) return null;
  const usage = new Map(found.map((each) => [each.metadata.name, amounts(each.usage)]));
  return nodes.map((node) => ({
    name: node.metadata.name,
    usage: usage.get(node.metadata.name) ?? null,
    ...room(node),
  }));
}

/** What pods ask for and may use, of those that have not ended. */
export async function podRequests(
  client: Client,
  selection: UsageSelection,
): Promise<readonly PodRequests[]> {
  const pods = await listAll(client, PODS, { ...selection, fieldSelector: fields(selection) });
  if (selection.name !== undefined && pods.length === 0) throw notFound("pods", selection.name);
  return pods.map((pod) => {
    const { namespace = "", name } = pod.metadata;
    return { namespace, name, requests: asked(pod, "requests"), limits: asked(pod, "limits") };
  });
}

/** What the pods of each node ask for and may use, together. */
export async function nodeRequests(
  client: Client,
  selection: UsageSelection,
): Promise<readonly NodeRequests[]> {
  const { name, signal } = selection;
  const on = name === undefined ? "spec.nodeName!=" : `spec.nodeName=${name}`;
  const [nodes, pods] = await Promise.all([
    listNodes(client, selection),
    listAll(client, PODS, { fieldSelector: `${on},${RUNNING}`, signal }),
  ]);
  const sums = new Map<string, { pods: number; requests: Amounts; limits: Amounts }>();
  for (const pod of pods) {
    const node = (pod as { spec?: { nodeName?: string } }).spec?.nodeName ?? "";
    const sum = sums.get(node) ?? { pods: 0, requests: NOTHING, limits: NOTHING };
    sums.set(node, {
      pods: sum.pods + 1,
      requests: plus(sum.requests, asked(pod, "requests")),
      limits: plus(sum.limits, asked(pod, "limits")),
    });
  }
  return nodes.map((node) => {
    const sum = sums.get(node.metadata.name) ?? { pods: 0, requests: NOTHING, limits: NOTHING };
    return { name: node.metadata.name, ...sum, ...room(node) };
  });
}

const RUNNING = "status.phase!=Succeeded,status.phase!=Failed";

function fields({ name, fieldSelector }: UsageSelection): string {
  return [
    RUNNING,
    ...name === undefined ? [] : [`metadata.name=${name}`],
    ...fieldSelector ? [fieldSelector] : [],
  ].join(",");
}

async function listNodes(client: Client, { name, labelSelector, signal }: UsageSelection) {
  const fieldSelector = name === undefined ? undefined : `metadata.name=${name}`;
  const nodes = await listAll(client, NODES, { labelSelector, fieldSelector, signal });
  if (name !== undefined && nodes.length === 0) throw notFound("nodes", name);
  return nodes;
}

function notFound(plural: string, name: string): OrkaError {
  return new OrkaError("not-found", `${plural} "${name}" not found`, { status: 404, reason: "NotFound" });
}

/** null: the group is not served, or what serves it does not answer. */
async function metrics(
  client: Client,
  path: string,
  { name, labelSelector, fieldSelector, signal }: UsageSelection,
): Promise<readonly MetricsView[] | null> {
  try {
    if (name !== undefined) {
      return [await client.json(`${METRICS}${path}/${encodeURIComponent(name)}`, { signal }) as MetricsView];
    }
    const list = await client.json(queryPath(`${METRICS}${path}`, { labelSelector, fieldSelector }), {
      signal,
    });
    return (list as { items?: readonly MetricsView[] }).items ?? [];
  } catch (error) {
    if (!(error instanceof OrkaError)) throw error;
    if (error.status === 503) return null;
    if (error.code !== "not-found") throw error;
    // Of an object that is not measured the server names the object; of a group that it does not serve, nothing.
    if (name === undefined || !error.message.includes(name)) return null;
    throw error;
  }
}

function amounts(list: Readonly<Record<string, string | undefined>> | undefined): Amounts {
  const of = (name: string) => parseQuantity(list?.[name] ?? "") ?? ZERO;
  return { cpu: of("cpu"), memory: of("memory") };
}

function room(node: KubeObject): Pick<NodeUsage, "capacity" | "allocatable"> {
  const { capacity, allocatable } = (node as { status?: Record<string, Record<string, string>> }).status ??
    {};
  return { capacity: amounts(capacity), allocatable: amounts(allocatable ?? capacity) };
}

function asked(pod: KubeObject, field: "requests" | "limits"): Amounts {
  const all = podAmounts(pod, field);
  return { cpu: all.get("cpu") ?? ZERO, memory: all.get("memory") ?? ZERO };
}

/** Both, added up. */
export function plus(a: Amounts, b: Amounts): Amounts {
  return { cpu: addQuantities(a.cpu, b.cpu), memory: addQuantities(a.memory, b.memory) };
}
