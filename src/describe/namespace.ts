/** Namespaces with their quotas and limits; resource quotas and limit ranges of their own. */
import type { Context } from "./context.ts";
import type { CellInput, Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { sortedBy } from "./containers.ts";
import { labelsAndAnnotations, phaseTone, transitionConditions } from "./values.ts";

const LIMIT_COLUMNS = [
  "Type",
  "Resource",
  "Min",
  "Max",
  "Default Request",
  "Default Limit",
  "Max Limit/Request Ratio",
];
const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before " +
    "being actively terminated by the system.",
  NotTerminating:
    "Matches all pods that do not have an active deadline. These pods usually include long running pods " +
    "whose container command is not expected to terminate.",
  BestEffort:
    "Matches all pods that do not have resource requirements set. These pods have a best effort quality of " +
    "service.",
  NotBestEffort:
    "Matches all pods that have at least one resource requirement set. These pods have a burstable or " +
    "guaranteed quality of service.",
};

export async function describeNamespace(page: Page, namespace: Tree, context: Context): Promise<void> {
  const name = namespace.at("metadata.name").text;
  page.field("Name", name);
  labelsAndAnnotations(page, namespace);
  const phase = namespace.at("status.phase").text;
  page.field("Status", { text: phase, tone: phaseTone(phase) });
  transitionConditions(page, namespace.at("status.conditions").list);
  const [quotas, limits] = await Promise.all([
    context.list(`/api/v1/namespaces/${name}/resourcequotas`),
    context.list(`/api/v1/namespaces/${name}/limitranges`),
  ]);
  page.blank();
  if (quotas.ok) namespaceQuotas(page, quotas.value);
  else page.problem("Resource Quotas", quotas.problem);
  page.blank();
  if (limits.ok) namespaceLimits(page, limits.value);
  else page.problem("Resource Limits", limits.problem);
}

function namespaceQuotas(page: Page, quotas: readonly Tree[]): void {
  if (quotas.length === 0) return page.text("No resource quota.");
  page.text("Resource Quotas");
  for (const quota of sortedBy(quotas, "metadata.name")) {
    page.field("Name", quota.at("metadata.name").text, 2);
    scopes(page, quota, 2);
    // kubectl's rule below "Used" is a dash short.
    page.line("header", ["Resource", "Used", "Hard"], 2);
    page.line("rule", ["--------", "---", "---"], 2);
    for (const row of quotaRows(quota)) page.line("row", row, 2);
  }
}

function scopes(page: Page, quota: Tree, indent: number): void {
  const names = quota.at("spec.scopes").texts.sort();
  if (names.length === 0) return;
  page.field("Scopes", names.join(", "), indent);
  for (const name of names) {
    if (SCOPES[name] !== undefined) page.text(`* ${SCOPES[name]}`, Math.max(1, indent));
  }
}

function quotaRows(quota: Tree): CellInput[][] {
  const used = quota.at("status.used");
  return quota.at("status.hard").entries.map(([name, hard]) => [name, used.key(name).or("0"), hard.text]);
}

export function describeQuota(page: Page, quota: Tree): void {
  page.field("Name", quota.at("metadata.name").text);
  page.field("Namespace", quota.at("metadata.namespace").text);
  scopes(page, quota, 0);
  page.table(["Resource", "Used", "Hard"], quotaRows(quota), { indent: 0 });
}

function namespaceLimits(page: Page, ranges: readonly Tree[]): void {
  if (ranges.length === 0) return page.text("No LimitRange resource.");
  page.text("Resource Limits");
  page.table(LIMIT_COLUMNS, ranges.flatMap(limitRows), { indent: 1 });
}

export function describeLimitRange(page: Page, range: Tree): void {
  page.field("Name", range.at("metadata.name").text);
  page.field("Namespace", range.at("metadata.namespace").text);
  page.table(LIMIT_COLUMNS, limitRows(range), { indent: 0 });
}

function limitRows(range: Tree): CellInput[][] {
  return range.at("spec.limits").list.flatMap((limit) => {
    const lists = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"].map((field) =>
      limit.at(field)
    );
    const names = new Set(lists.flatMap((list) => list.entries.map(([name]) => name)));
    return [...names].sort().map((
      name,
    ) => [limit.at("type").text, name, ...lists.map((list) => list.key(name).or("-"))]);
  });
}
