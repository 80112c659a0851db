/** Pods. */
import { ageSince } from "../kube/mod.ts";
import { describeContainers, describeResources } from "./containers.ts";
import type { Context } from "./context.ts";
import { none, type Page } from "./document.ts";
import { describePlacement, describeSpread } from "./pod_template.ts";
import type { Tree } from "./tree.ts";
import { controlledBy, fullTime, labelsAndAnnotations, link, phaseTone, statusOf } from "./values.ts";
import { describeVolumes } from "./volumes.ts";

export function describePod(page: Page, pod: Tree, context: Context): void {
  const namespace = pod.at("metadata.namespace").text;
  identity(page, pod, namespace);
  labelsAndAnnotations(page, pod);
  phase(page, pod, context.nowMs);
  network(page, pod);
  controlledBy(page, pod);
  present(page, "NominatedNodeName", pod.at("status.nominatedNodeName"));
  if (pod.at("spec.resources").exists) {
    page.heading("Resources");
    describeResources(page, pod.at("spec.resources"), 2);
  }
  containers(page, pod, namespace);
  gatesAndConditions(page, pod);
  describeVolumes(page, pod.at("spec.volumes").list, { indent: 0, namespace });
  page.field("QoS Class", pod.at("status.qosClass").or("BestEffort"));
  describePlacement(page, pod.at("spec"), 0);
  describeSpread(page, pod.at("spec"), 0);
}

function present(page: Page, label: string, value: Tree): void {
  if (value.text !== "") page.field(label, value.text);
}

function identity(page: Page, pod: Tree, namespace: string): void {
  const spec = pod.at("spec");
  page.field("Name", pod.at("metadata.name").text);
  page.field("Namespace", namespace);
  present(page, "Priority", spec.at("priority"));
  present(page, "Priority Class Name", spec.at("priorityClassName"));
  present(page, "Runtime Class Name", spec.at("runtimeClassName"));
  const account = spec.at("serviceAccountName").text;
  if (account !== "") page.field("Service Account", link(account, { kind: "ServiceAccount", namespace }));
  const node = spec.at("nodeName").text;
  if (node === "") page.field("Node", none());
  else page.field("Node", link(node, { kind: "Node", text: `${node}/${pod.at("status.hostIP").text}` }));
  const started = pod.at("status.startTime").text;
  if (started !== "") page.field("Start Time", fullTime(started));
}

function phase(page: Page, pod: Tree, nowMs: number): void {
  const text = pod.at("status.phase").text;
  const deleted = pod.at("metadata.deletionTimestamp").text;
  if (deleted !== "" && text !== "Failed" && text !== "Succeeded") {
    page.field("Status", { text: `Terminating (lasts ${ageSince(deleted, nowMs)})`, tone: "warn" });
    page.field("Termination Grace Period", `${pod.at("metadata.deletionGracePeriodSeconds").number}s`);
  } else page.field("Status", { text, tone: phaseTone(text) });
  present(page, "Reason", pod.at("status.reason"));
  present(page, "Message", pod.at("status.message"));
  const profile = pod.at("spec.securityContext.seccompProfile");
  if (!profile.exists) return;
  page.field("SeccompProfile", profile.at("type").text);
  if (profile.at("type").text === "Localhost") {
    page.field("LocalhostProfile", profile.at("localhostProfile").text);
  }
}

function network(page: Page, pod: Tree): void {
  page.field("IP", pod.at("status.podIP").text);
  const ips = pod.at("status.podIPs").list;
  if (ips.length === 0) return page.field("IPs", none());
  page.heading("IPs");
  for (const ip of ips) page.field("IP", ip.at("ip").text, 2);
}

function containers(page: Page, pod: Tree, namespace: string): void {
  const groups = [
    ["Init Containers", "initContainers", "initContainerStatuses"],
    ["Containers", "containers", "containerStatuses"],
    ["Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"],
  ] as const;
  for (const [label, field, status] of groups) {
    const list = pod.at(`spec.${field}`).list;
    if (list.length === 0 && field !== "containers") continue;
    describeContainers(page, label, list, {
      indent: 0,
      namespace,
      statuses: pod.at(`status.${status}`).list,
      pod,
    });
  }
}

function gatesAndConditions(page: Page, pod: Tree): void {
  const conditions = pod.at("status.conditions").list;
  const gates = pod.at("spec.readinessGates").list;
  if (gates.length > 0) {
    page.heading("Readiness Gates");
    const rows = gates.map((gate) => {
      const type = gate.at("conditionType").text;
      const met = conditions.find((c) => c.at("type").text === type);
      return [`${type} `, met ? statusOf(met, " ") : none("<none> ")];
    });
    page.table(["Type", "Status"], rows, { rule: false });
  }
  if (conditions.length === 0) return;
  page.heading("Conditions");
  const rows = conditions.map((c) => [`${c.at("type").text} `, statusOf(c, " ")]);
  page.table(["Type", "Status"], rows, { rule: false });
}
