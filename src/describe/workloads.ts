/** Deployments, replica sets, replication controllers, stateful sets, daemon sets. */
import {
  formatLabelSelector,
  formatObjectSelector,
  jsonText,
  type ObjectSelector,
  selectorOfObject,
} from "../kube/mod.ts";
import type { Answer, Context } from "./context.ts";
import { type CellInput, none, type Page } from "./document.ts";
import { describePodTemplate } from "./pod_template.ts";
import type { Tree } from "./tree.ts";
import {
  controlledBy,
  fullTime,
  goList,
  inlinePairs,
  labelsAndAnnotations,
  pairs,
  reasonConditions,
} from "./values.ts";

export async function describeDeployment(page: Page, deployment: Tree, context: Context): Promise<void> {
  const spec = deployment.at("spec");
  const status = deployment.at("status");
  page.field("Name", deployment.at("metadata.name").text);
  page.field("Namespace", deployment.at("metadata.namespace").text);
  page.field("CreationTimestamp", fullTime(deployment.at("metadata.creationTimestamp").text));
  labelsAndAnnotations(page, deployment);
  page.field("Selector", formatLabelSelector(selectorOf(spec)));
  const counts = ["updatedReplicas", "replicas", "availableReplicas", "unavailableReplicas"]
    .map((f) => status.at(f).number);
  page.field("Replicas", {
    text: `${spec.at("replicas").number} desired | ${counts[0]} updated | ${counts[1]} total | ${
      counts[2]
    } available | ${counts[3]} unavailable`,
    tone: counts[3]! > 0 ? "warn" : "plain",
  });
  page.field("StrategyType", spec.at("strategy.type").text);
  page.field("MinReadySeconds", spec.at("minReadySeconds").number);
  const rolling = spec.at("strategy.rollingUpdate");
  if (rolling.exists) {
    const text = `${rolling.at("maxUnavailable").or("0")} max unavailable, ${
      rolling.at("maxSurge").or("0")
    } max surge`;
    page.field("RollingUpdateStrategy", text);
  }
  describePodTemplate(page, spec.at("template"), deployment.at("metadata.namespace").text);
  reasonConditions(page, status.at("conditions"));
  await replicaSets(page, deployment, context);
}

/** The replica set that runs the template now, and those of older templates that still exist. */
async function replicaSets(page: Page, deployment: Tree, context: Context): Promise<void> {
  const namespace = deployment.at("metadata.namespace").text;
  const labelSelector = formatLabelSelector(selectorOf(deployment.at("spec")));
  const answer = await context.list(`/apis/apps/v1/namespaces/${namespace}/replicasets`, { labelSelector });
  if (!answer.ok) return page.problem("NewReplicaSet", answer.problem);
  const owned = answer.value.filter((set) => isControlledBy(set, deployment));
  const byAge = [...owned].sort((a, b) =>
    compareTimes(a, b) || (a.at("metadata.name").text < b.at("metadata.name").text ? -1 : 1)
  );
  const template = templateText(deployment.at("spec.template"));
  const current = byAge.find((set) => templateText(set.at("spec.template")) === template);
  const old = byAge.filter((set) => set !== current);
  if (owned.length === 0) return;
  page.field("OldReplicaSets", replicaSetLine(old));
  page.field("NewReplicaSet", replicaSetLine(current ? [current] : []));
}

function compareTimes(a: Tree, b: Tree): number {
  return (Date.parse(a.at("metadata.creationTimestamp").text) || 0) -
    (Date.parse(b.at("metadata.creationTimestamp").text) || 0);
}

/** A template without the hash that its replica set adds. */
function templateText(template: Tree): string {
  const labels = Object.fromEntries(
    template.at("metadata.labels").entries.filter(([key]) => key !== "pod-template-hash").map((
      [k, v],
    ) => [k, v.text]),
  );
  return jsonText({
    ...template.value as object,
    metadata: { ...template.at("metadata").value as object, labels },
  });
}

function replicaSetLine(sets: readonly Tree[]): CellInput {
  const [first] = sets;
  if (!first) return none();
  const text = sets.map((set) =>
    `${set.at("metadata.name").text} (${set.at("status.replicas").number}/${
      set.at("spec.replicas").number
    } replicas created)`
  ).join(", ");
  const { namespace, name } = first.at("metadata").map;
  return {
    text,
    target: { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: namespace ?? "", name: name ?? "" },
  };
}

export async function describeReplicaSet(page: Page, set: Tree, context: Context): Promise<void> {
  const isController = set.at("kind").text === "ReplicationController";
  page.field("Name", set.at("metadata.name").text);
  page.field("Namespace", set.at("metadata.namespace").text);
  const selector = set.at("spec.selector");
  page.field(
    "Selector",
    isController ? inlinePairs(selector) : formatObjectSelector(selector.value as ObjectSelector),
  );
  labelsAndAnnotations(page, set);
  controlledBy(page, set);
  page.field(
    "Replicas",
    `${set.at("status.replicas").number} current / ${set.at("spec.replicas").number} desired`,
  );
  const text = isController ? pairs(selector).join(",") : formatLabelSelector(selectorOf(set.at("spec")));
  podsStatus(page, await podCounts(set, text, context));
  describePodTemplate(page, set.at("spec.template"), set.at("metadata.namespace").text);
  reasonConditions(page, set.at("status.conditions"));
}

export async function describeStatefulSet(page: Page, set: Tree, context: Context): Promise<void> {
  const spec = set.at("spec");
  page.field("Name", set.at("metadata.name").text);
  page.field("Namespace", set.at("metadata.namespace").text);
  page.field("CreationTimestamp", fullTime(set.at("metadata.creationTimestamp").text));
  const selector = formatLabelSelector(selectorOf(spec));
  page.field("Selector", selector);
  labelsAndAnnotations(page, set);
  page.field("Replicas", `${spec.at("replicas").number} desired | ${set.at("status.replicas").number} total`);
  page.field("Update Strategy", spec.at("updateStrategy.type").text);
  const rolling = spec.at("updateStrategy.rollingUpdate");
  if (rolling.at("partition").exists) {
    page.field("Partition", rolling.at("partition").number, 2);
    if (rolling.at("maxUnavailable").exists) {
      page.field("MaxUnavailable", rolling.at("maxUnavailable").text, 2);
    }
  }
  podsStatus(page, await podCounts(set, selector, context));
  describePodTemplate(page, spec.at("template"), set.at("metadata.namespace").text);
  claims(page, spec.at("volumeClaimTemplates").list);
}

function claims(page: Page, templates: readonly Tree[]): void {
  if (templates.length === 0) return page.field("Volume Claims", none());
  page.heading("Volume Claims");
  for (const claim of templates) {
    page.field("Name", claim.at("metadata.name").text, 2);
    page.field("StorageClass", claim.at("spec.storageClassName").text, 2);
    page.field("Labels", pairs(claim.at("metadata.labels")), 2);
    page.field("Annotations", pairs(claim.at("metadata.annotations")), 2);
    page.field("Capacity", claim.at("spec.resources.requests.storage").or("<default>"), 2);
    page.field("Access Modes", goList(claim.at("spec.accessModes").texts), 2);
  }
}

export async function describeDaemonSet(page: Page, set: Tree, context: Context): Promise<void> {
  const status = set.at("status");
  const selector = formatLabelSelector(selectorOf(set.at("spec")));
  page.field("Name", set.at("metadata.name").text);
  page.field("Namespace", set.at("metadata.namespace").text);
  page.field("Selector", selector);
  page.field("Node-Selector", inlinePairs(set.at("spec.template.spec.nodeSelector")));
  labelsAndAnnotations(page, set);
  page.text(`Desired Number of Nodes Scheduled: ${status.at("desiredNumberScheduled").number}`);
  page.text(`Current Number of Nodes Scheduled: ${status.at("currentNumberScheduled").number}`);
  page.text(`Number of Nodes Scheduled with Up-to-date Pods: ${status.at("updatedNumberScheduled").number}`);
  page.text(`Number of Nodes Scheduled with Available Pods: ${status.at("numberAvailable").number}`);
  page.text(`Number of Nodes Misscheduled: ${status.at("numberMisscheduled").number}`);
  podsStatus(page, await podCounts(set, selector, context));
  describePodTemplate(page, set.at("spec.template"), set.at("metadata.namespace").text);
}

function selectorOf(spec: Tree): ReturnType<typeof selectorOfObject> {
  return selectorOfObject(spec.at("selector").value as ObjectSelector | undefined);
}

type Counts = Readonly<Record<"Running" | "Pending" | "Succeeded" | "Failed", number>>;

async function podCounts(owner: Tree, labelSelector: string, context: Context): Promise<Answer<Counts>> {
  const namespace = owner.at("metadata.namespace").text;
  const answer = await context.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector });
  if (!answer.ok) return answer;
  const counts: Record<string, number> = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  for (const pod of answer.value) {
    const phase = pod.at("status.phase").text;
    if (isControlledBy(pod, owner) && counts[phase] !== undefined) counts[phase]++;
  }
  return { ok: true, value: counts as Counts };
}

function podsStatus(page: Page, counts: Answer<Counts>): void {
  if (!counts.ok) return page.problem("Pods Status", counts.problem);
  const { Running, Pending, Succeeded, Failed } = counts.value;
  page.field("Pods Status", {
    text: `${Running} Running / ${Pending} Waiting / ${Succeeded} Succeeded / ${Failed} Failed`,
    tone: Failed > 0 ? "bad" : Pending > 0 ? "warn" : "plain",
  });
}

function isControlledBy(object: Tree, owner: Tree): boolean {
  const uid = owner.at("metadata.uid").text;
  return object.at("metadata.ownerReferences").list.some((o) =>
    o.at("controller").isTrue && o.at("uid").text === uid
  );
}
