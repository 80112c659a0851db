/** Pod disruption budgets and priority classes. */
import { formatObjectSelector, type ObjectSelector } from "../kube/mod.ts";
import type { Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { inlinePairs } from "./values.ts";

export function describeDisruptionBudget(page: Page, budget: Tree): void {
  const spec = budget.at("spec");
  const status = budget.at("status");
  page.field("Name", budget.at("metadata.name").text);
  page.field("Namespace", budget.at("metadata.namespace").text);
  if (spec.at("minAvailable").exists) page.field("Min available", spec.at("minAvailable").text);
  else if (spec.at("maxUnavailable").exists) page.field("Max unavailable", spec.at("maxUnavailable").text);
  const selector = spec.at("selector");
  page.field(
    "Selector",
    selector.exists ? formatObjectSelector(selector.value as ObjectSelector) : "<unset>",
  );
  page.heading("Status");
  const allowed = status.at("disruptionsAllowed").number;
  page.field("Allowed disruptions", { text: String(allowed), tone: allowed === 0 ? "warn" : "plain" }, 4);
  page.field("Current", status.at("currentHealthy").number, 4);
  page.field("Desired", status.at("desiredHealthy").number, 4);
  page.field("Total", status.at("expectedPods").number, 4);
}

export function describePriorityClass(page: Page, priority: Tree): void {
  page.field("Name", priority.at("metadata.name").text);
  page.field("Value", priority.at("value").number);
  page.field("GlobalDefault", String(priority.at("globalDefault").isTrue));
  page.field("PreemptionPolicy", priority.at("preemptionPolicy").or("PreemptLowerPriority"));
  page.field("Description", priority.at("description").text);
  page.field("Annotations", inlinePairs(priority.at("metadata.annotations")));
}
