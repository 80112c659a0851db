/** Nodes: conditions, capacity, the pods that run there and what they have reserved. */
import {
  addAmounts,
  ageSince,
  type Amounts,
  formatQuantity,
  parseQuantity,
  podAmounts,
  type Quantity,
} from "../kube/mod.ts";
import type { Context } from "./context.ts";
import { type CellInput, none, type Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { fullTime, labelsAndAnnotations, link, statusOf } from "./values.ts";

const ZERO: Quantity = { nano: 0n, format: "DecimalSI" };
const RUNNING_PODS = "status.phase!=Succeeded,status.phase!=Failed";
const INFO = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
] as const;

export async function describeNode(page: Page, node: Tree, context: Context): Promise<void> {
  const name = node.at("metadata.name").text;
  const [lease, pods] = await Promise.all([
    context.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`),
    context.list("/api/v1/pods", { fieldSelector: `spec.nodeName=${name},${RUNNING_PODS}` }),
  ]);
  page.field("Name", name);
  page.field("Roles", roles(node).join(",") || none());
  labelsAndAnnotations(page, node);
  page.field("CreationTimestamp", fullTime(node.at("metadata.creationTimestamp").text));
  page.field("Taints", taints(node));
  const cordoned = node.at("spec.unschedulable").isTrue;
  page.field("Unschedulable", { text: String(cordoned), tone: cordoned ? "warn" : "plain" });
  if (lease.ok) describeLease(page, lease.value.at("spec"));
  else page.field("Lease", { text: `Failed to get lease: ${lease.problem}`, tone: "warn" });
  conditions(page, node.at("status.conditions").list);
  page.heading("Addresses");
  for (const address of node.at("status.addresses").list) {
    page.field(address.at("type").text, address.at("address").text, 2);
  }
  resourceList(page, "Capacity", node.at("status.capacity"));
  resourceList(page, "Allocatable", node.at("status.allocatable"));
  systemInfo(page, node);
  if (pods.ok) runningPods(page, node, pods.value, context.nowMs);
  else page.problem("Non-terminated Pods", pods.problem);
}

function roles(node: Tree): string[] {
  const found = new Set<string>();
  for (const [key, value] of node.at("metadata.labels").entries) {
    if (key.startsWith("node-role.kubernetes.io/")) found.add(key.slice("node-role.kubernetes.io/".length));
    else if (key === "kubernetes.io/role" && value.text !== "") found.add(value.text);
  }
  return [...found].filter((role) => role !== "").sort();
}

/** `key=value:Effect`, sorted by effect and key. */
function taints(node: Tree): string[] {
  const of = (taint: Tree) => `${taint.at("effect").text},${taint.at("key").text}`;
  const sorted = [...node.at("spec.taints").list].sort((a, b) => of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0);
  return sorted.map((taint) => {
    const { key = "", value = "", effect = "" } = taint.map;
    return `${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`;
  });
}

function describeLease(page: Page, spec: Tree): void {
  const time = (field: string) => spec.at(field).exists ? fullTime(spec.at(field).text) : "<unset>";
  page.heading("Lease");
  page.field("HolderIdentity", spec.at("holderIdentity").or("<unset>"), 2);
  page.field("AcquireTime", time("acquireTime"), 2);
  page.field("RenewTime", time("renewTime"), 2);
}

function conditions(page: Page, list: readonly Tree[]): void {
  if (list.length === 0) return;
  page.heading("Conditions");
  page.table(
    ["Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"],
    list.map((c) => [
      `${c.at("type").text} `,
      statusOf(c, " "),
      `${fullTime(c.at("lastHeartbeatTime").text)} `,
      `${fullTime(c.at("lastTransitionTime").text)} `,
      `${c.at("reason").text} `,
      c.at("message").text,
    ]),
  );
}

function resourceList(page: Page, label: string, list: Tree): void {
  if (list.entries.length === 0) return;
  page.heading(label);
  for (const [name, amount] of list.entries) page.field(name, amount.text, 2);
}

function systemInfo(page: Page, node: Tree): void {
  const info = node.at("status.nodeInfo");
  page.heading("System Info");
  for (const [label, field] of INFO) page.field(label, info.at(field).text, 2);
  const spec = node.at("spec");
  if (spec.at("podCIDR").text !== "") page.field("PodCIDR", spec.at("podCIDR").text);
  if (spec.at("podCIDRs").texts.length > 0) page.field("PodCIDRs", spec.at("podCIDRs").texts.join(","));
  if (spec.at("providerID").text !== "") page.field("ProviderID", spec.at("providerID").text);
}

const POD_COLUMNS = [
  "Namespace",
  "Name",
  "",
  "CPU Requests",
  "CPU Limits",
  "Memory Requests",
  "Memory Limits",
  "Age",
];

function runningPods(page: Page, node: Tree, pods: readonly Tree[], nowMs: number): void {
  const room = node.at("status.allocatable").exists
    ? node.at("status.allocatable")
    : node.at("status.capacity");
  const requested: Amounts = new Map();
  const limited: Amounts = new Map();
  const rows = pods.map((pod): CellInput[] => {
    const requests = podAmounts(pod.value, "requests");
    const limits = podAmounts(pod.value, "limits");
    addAmounts(requested, requests);
    addAmounts(limited, limits);
    const { namespace = "", name = "" } = pod.at("metadata").map;
    return [
      namespace,
      link(name, { kind: "Pod", namespace }),
      "",
      share(requests, "cpu", room),
      share(limits, "cpu", room),
      share(requests, "memory", room),
      share(limits, "memory", room),
      ageSince(pod.at("metadata.creationTimestamp").text, nowMs),
    ];
  });
  page.field("Non-terminated Pods", `(${pods.length} in total)`);
  page.table(POD_COLUMNS, rows);
  allocated(page, room, requested, limited);
}

const STANDARD = new Set(["cpu", "memory", "ephemeral-storage", "pods"]);

function allocated(page: Page, room: Tree, requested: Amounts, limited: Amounts): void {
  page.heading("Allocated resources");
  page.text("(Total limits may be over 100 percent, i.e., overcommitted.)", 2);
  const names = room.entries.map(([name]) => name).filter((name) => !STANDARD.has(name));
  const huge = names.filter((name) => name.startsWith("hugepages-"));
  const rows = ["cpu", "memory", "ephemeral-storage", ...huge]
    .map((name) => [name, share(requested, name, room), share(limited, name, room)]);
  for (const name of names.filter((n) => !huge.includes(n))) {
    rows.push([name, formatQuantity(requested.get(name) ?? ZERO), formatQuantity(limited.get(name) ?? ZERO)]);
  }
  page.table(["Resource", "Requests", "Limits"], rows);
}

/** `100m (5%)` of what the node has. */
function share(amounts: Amounts, name: string, room: Tree): string {
  const amount = amounts.get(name) ?? ZERO;
  const whole = parseQuantity(room.key(name).or("0")) ?? ZERO;
  return `${formatQuantity(amount)} (${percent(amount, whole)}%)`;
}

function percent(amount: Quantity, whole: Quantity): bigint {
  return whole.nano === 0n ? 0n : amount.nano * 100n / whole.nano;
}
