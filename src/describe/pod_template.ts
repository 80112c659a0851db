/** What pods and pod templates share below their containers, and templates as workloads show them. */
import { formatObjectSelector, type ObjectSelector } from "../kube/mod.ts";
import { describeContainers, sortedBy } from "./containers.ts";
import type { Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { annotations, link, pairs } from "./values.ts";
import { describeVolumes } from "./volumes.ts";

/** The `Pod Template` section. */
export function describePodTemplate(page: Page, template: Tree, namespace: string): void {
  page.heading("Pod Template");
  if (!template.exists) return page.text("<unset>", 2);
  const spec = template.at("spec");
  const options = { indent: 2, namespace };
  page.field("Labels", pairs(template.at("metadata.labels")), 2);
  if (template.at("metadata.annotations").entries.length > 0) {
    annotations(page, "Annotations", template.at("metadata.annotations"), 2);
  }
  const account = spec.at("serviceAccountName").text;
  if (account !== "") page.field("Service Account", link(account, { kind: "ServiceAccount", namespace }), 2);
  const init = spec.at("initContainers").list;
  if (init.length > 0) describeContainers(page, "Init Containers", init, options);
  describeContainers(page, "Containers", spec.at("containers").list, options);
  describeVolumes(page, spec.at("volumes").list, options);
  describeSpread(page, spec, 2);
  const priority = spec.at("priorityClassName").text;
  if (priority !== "") page.field("Priority Class Name", priority, 2);
  describePlacement(page, spec, 2);
}

/** Node selectors and tolerations. */
export function describePlacement(page: Page, spec: Tree, indent: number): void {
  page.field("Node-Selectors", pairs(spec.at("nodeSelector")), indent);
  page.field("Tolerations", sortedBy(spec.at("tolerations").list, "key").map(tolerationText), indent);
}

export function describeSpread(page: Page, spec: Tree, indent: number): void {
  const constraints = sortedBy(spec.at("topologySpreadConstraints").list, "topologyKey");
  if (constraints.length === 0) return;
  page.field("Topology Spread Constraints", constraints.map(spreadText), indent);
}

function spreadText(constraint: Tree): string {
  const selector = constraint.at("labelSelector");
  const key = `${constraint.at("topologyKey").text}:${constraint.at("whenUnsatisfiable").text}`;
  const skew = `when max skew ${constraint.at("maxSkew").number} is exceeded`;
  const rest = selector.exists
    ? ` for selector ${formatObjectSelector(selector.value as ObjectSelector)}`
    : "";
  return `${key} ${skew}${rest}`;
}

function tolerationText(toleration: Tree): string {
  const value = toleration.at("value").text;
  const effect = toleration.at("effect").text;
  const seconds = toleration.at("tolerationSeconds");
  let text = toleration.at("key").text;
  if (value !== "") text += `=${value}`;
  if (effect !== "") text += `:${effect}`;
  if (toleration.at("operator").text === "Exists" && value === "") {
    text += text === "" ? "op=Exists" : " op=Exists";
  }
  return seconds.exists ? `${text} for ${seconds.number}s` : text;
}
