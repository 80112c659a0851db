/** Persistent volume claims, persistent volumes, storage classes, volume attributes classes, CSI nodes. */
import type { Context } from "./context.ts";
import { type CellInput, none, type Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import {
  fullTime,
  goList,
  head,
  inlinePairs,
  labelsAndAnnotations,
  link,
  optionalBool,
  statusCell,
  statusOf,
} from "./values.ts";
import { describeSource } from "./volumes.ts";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

export async function describeClaim(page: Page, claim: Tree, context: Context): Promise<void> {
  const namespace = claim.at("metadata.namespace").text;
  const volume = claim.at("spec.volumeName").text;
  page.field("Name", claim.at("metadata.name").text);
  page.field("Namespace", namespace);
  page.field("StorageClass", storageClass(claim));
  page.field("Status", statusCell(claim, context.nowMs));
  page.field("Volume", link(volume, { kind: "PersistentVolume" }));
  labelsAndAnnotations(page, claim);
  page.field("Finalizers", goList(claim.at("metadata.finalizers").texts));
  page.field("Capacity", volume === "" ? "" : claim.at("status.capacity.storage").or("0"));
  page.field("Access Modes", volume === "" ? "" : accessModes(claim.at("status.accessModes")));
  if (claim.at("spec.volumeMode").exists) page.field("VolumeMode", claim.at("spec.volumeMode").text);
  dataSource(page, claim.at("spec.dataSource"));
  await usedBy(page, claim, context);
  claimConditions(page, claim.at("status.conditions"));
}

function storageClass(object: Tree): CellInput {
  const annotated = object.at("metadata.annotations").key(CLASS_ANNOTATION).text;
  return link(annotated || object.at("spec.storageClassName").text, {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
  });
}

/** Modes in kubectl's letters, each once, in its order. */
function accessModes(modes: Tree): string {
  const given = new Set(modes.texts);
  return Object.entries(MODES).filter(([mode]) => given.has(mode)).map(([, short]) => short).join(",");
}

function dataSource(page: Page, source: Tree): void {
  if (!source.exists) return;
  page.heading("DataSource");
  if (source.at("apiGroup").exists) page.field("APIGroup", source.at("apiGroup").text, 2);
  page.field("Kind", source.at("kind").text, 2);
  page.field("Name", source.at("name").text, 2);
}

/** The pods whose volumes claim it. */
async function usedBy(page: Page, claim: Tree, context: Context): Promise<void> {
  const namespace = claim.at("metadata.namespace").text;
  const name = claim.at("metadata.name").text;
  const pods = await context.list(`/api/v1/namespaces/${namespace}/pods`);
  if (!pods.ok) return page.problem("Used By", pods.problem);
  const owners = new Set(claim.at("metadata.ownerReferences").list.map((o) => o.at("uid").text));
  const users = pods.value.filter((pod) =>
    owners.has(pod.at("metadata.uid").text) ||
    pod.at("spec.volumes").list.some((v) => v.at("persistentVolumeClaim.claimName").text === name)
  );
  const names = users.map((pod) => pod.at("metadata.name").text).sort();
  page.field("Used By", names.map((pod) => link(pod, { kind: "Pod", namespace })));
}

function claimConditions(page: Page, conditions: Tree): void {
  if (conditions.list.length === 0) return;
  page.heading("Conditions");
  page.line("header", ["Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message"], 2);
  page.line("rule", ["----", "------", "-----------------", "------------------", "------", "-------"], 2);
  for (const c of conditions.list) {
    page.line("row", [
      `${c.at("type").text} `,
      statusOf(c, " "),
      `${fullTime(c.at("lastProbeTime").text)} `,
      `${fullTime(c.at("lastTransitionTime").text)} `,
      `${c.at("reason").text} `,
      c.at("message").text,
    ], 2);
  }
}

export function describeVolume(page: Page, volume: Tree, context: Context): void {
  const spec = volume.at("spec");
  const claim = spec.at("claimRef");
  head(page, volume);
  page.field("Finalizers", goList(volume.at("metadata.finalizers").texts));
  page.field("StorageClass", storageClass(volume));
  page.field("Status", statusCell(volume, context.nowMs));
  const { namespace = "", name = "" } = claim.map;
  page.field("Claim", link(name, { kind: "PersistentVolumeClaim", namespace, text: `${namespace}/${name}` }));
  page.field("Reclaim Policy", spec.at("persistentVolumeReclaimPolicy").text);
  page.field("Access Modes", accessModes(spec.at("accessModes")));
  if (spec.at("volumeMode").exists) page.field("VolumeMode", spec.at("volumeMode").text);
  page.field("Capacity", spec.at("capacity.storage").or("0"));
  nodeAffinity(page, spec.at("nodeAffinity.required"));
  page.field("Message", volume.at("status.message").text);
  page.heading("Source");
  const source = spec.entries.find(([field, value]) => !NOT_SOURCES.has(field) && isObject(value));
  if (source) describeSource(page, source[0], source[1], namespace);
  else page.text("<unknown>", 2);
}

const NOT_SOURCES = new Set(["capacity", "claimRef", "nodeAffinity"]);

function isObject(tree: Tree): boolean {
  return typeof tree.value === "object" && tree.value !== null && !Array.isArray(tree.value);
}

function nodeAffinity(page: Page, required: Tree): void {
  if (!required.exists) return page.field("Node Affinity", none());
  page.field("Node Affinity", "");
  const terms = required.at("nodeSelectorTerms").list;
  page.field("Required Terms", terms.length === 0 ? none() : "", 2);
  terms.forEach((term, i) => expressions(page, `Term ${i}`, term.at("matchExpressions").list, 4));
}

function expressions(page: Page, label: string, list: readonly Tree[], indent: number): void {
  const lines = list.map((e) => {
    const values = e.at("values").texts;
    const operator = e.at("operator").or("In").toLowerCase();
    return `${e.at("key").text} ${operator}${values.length === 0 ? "" : ` [${values.join(", ")}]`}`;
  });
  if (lines.length === 0) return page.field(label, none(), indent);
  lines.forEach((line, i) =>
    page.line(i === 0 ? "field" : "more", [i === 0 ? `${label}:` : "", line], indent)
  );
}

export function describeStorageClass(page: Page, storage: Tree): void {
  const given = storage.at("metadata.annotations");
  const isDefault = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
  ]
    .some((key) => given.key(key).text === "true");
  page.field("Name", storage.at("metadata.name").text);
  page.field("IsDefaultClass", isDefault ? "Yes" : "No");
  page.field("Annotations", inlinePairs(given));
  page.field("Provisioner", storage.at("provisioner").text);
  page.field("Parameters", inlinePairs(storage.at("parameters")));
  page.field("AllowVolumeExpansion", optionalBool(storage.at("allowVolumeExpansion")));
  const options = storage.at("mountOptions").texts;
  if (options.length === 0) page.field("MountOptions", none());
  else page.heading("MountOptions");
  for (const option of options) page.text(option, 2);
  if (storage.at("reclaimPolicy").exists) page.field("ReclaimPolicy", storage.at("reclaimPolicy").text);
  if (storage.at("volumeBindingMode").exists) {
    page.field("VolumeBindingMode", storage.at("volumeBindingMode").text);
  }
  const topologies = storage.at("allowedTopologies");
  if (!topologies.exists) return;
  page.field("AllowedTopologies", topologies.list.length === 0 ? none() : "");
  topologies.list.forEach((term, i) =>
    expressions(page, `Term ${i}`, term.at("matchLabelExpressions").list, 2)
  );
}

export function describeVolumeAttributesClass(page: Page, attributes: Tree): void {
  page.field("Name", attributes.at("metadata.name").text);
  page.field("Annotations", inlinePairs(attributes.at("metadata.annotations")));
  page.field("DriverName", attributes.at("driverName").text);
  page.field("Parameters", inlinePairs(attributes.at("parameters")));
}

export function describeCsiNode(page: Page, node: Tree): void {
  head(page, node);
  page.field("CreationTimestamp", fullTime(node.at("metadata.creationTimestamp").text));
  page.heading("Spec");
  const drivers = node.at("spec.drivers");
  if (!drivers.exists) return;
  page.heading("Drivers", 2);
  for (const driver of drivers.list) {
    page.heading(driver.at("name").text, 4);
    page.field("Node ID", driver.at("nodeID").text, 6);
    if (driver.at("allocatable.count").exists) {
      page.heading("Allocatables", 6);
      page.field("Count", driver.at("allocatable.count").text, 8);
    }
    if (driver.at("topologyKeys").exists) {
      page.field("Topology Keys", goList(driver.at("topologyKeys").texts), 6);
    }
  }
}
