/** Horizontal pod autoscalers, both versions. */
import type { Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { fullTime, goQuote, head, statusOf } from "./values.ts";

export function describeAutoscaler(page: Page, scaler: Tree): void {
  const spec = scaler.at("spec");
  const status = scaler.at("status");
  const target = spec.at("scaleTargetRef");
  const { kind = "", name = "", apiVersion = "" } = target.map;
  head(page, scaler);
  page.field("CreationTimestamp", fullTime(scaler.at("metadata.creationTimestamp").text));
  const namespace = scaler.at("metadata.namespace").text;
  page.field("Reference", { text: `${kind}/${name}`, target: { apiVersion, kind, namespace, name } });
  if (spec.at("targetCPUUtilizationPercentage").exists) {
    page.field("Target CPU utilization", `${spec.at("targetCPUUtilizationPercentage").text}%`);
    page.field("Current CPU utilization", `${status.at("currentCPUUtilizationPercentage").or("<unknown>")}%`);
  }
  if (scaler.at("apiVersion").text !== "autoscaling/v1") metrics(page, spec, status);
  page.field("Min replicas", spec.at("minReplicas").or("<unset>"));
  page.field("Max replicas", spec.at("maxReplicas").text);
  behavior(page, spec.at("behavior"));
  const counts = `${status.at("currentReplicas").number} current / ${
    status.at("desiredReplicas").number
  } desired`;
  page.field(`${kind} pods`, counts);
  conditions(page, status.at("conditions").list);
}

function conditions(page: Page, list: readonly Tree[]): void {
  if (list.length === 0) return;
  page.heading("Conditions");
  const row = (c: Tree) => [c.at("type").text, statusOf(c), c.at("reason").text, c.at("message").text];
  page.table(["Type", "Status", "Reason", "Message"], list.map(row));
}

function metrics(page: Page, spec: Tree, status: Tree): void {
  page.field("Metrics", "( current / target )");
  const current = status.at("currentMetrics").list;
  spec.at("metrics").list.forEach((metric, i) => {
    const type = metric.at("type").text;
    const field = type.charAt(0).toLowerCase() + type.slice(1);
    const source = metric.at(field);
    const now = current[i]?.at(field).at("current");
    const line = metricLine(type, source, now);
    if (line) page.field(line.label, `${line.now} / ${line.target}`, 2);
    else page.text(`<unknown metric type ${goQuote(type)}>`, 2);
  });
}

interface MetricLine {
  readonly label: string;
  readonly now: string;
  readonly target: string;
}

function metricLine(type: string, source: Tree, current: Tree | undefined): MetricLine | null {
  const name = source.at("metric.name").text;
  const target = source.at("target");
  const average = target.at("averageValue");
  const now = (field: string) => current?.at(field).or("<unknown>") ?? "<unknown>";
  const byValue = average.exists
    ? { suffix: " (target average value)", now: now("averageValue"), target: average.text }
    : { suffix: " (target value)", now: now("value"), target: target.at("value").text };
  switch (type) {
    case "External":
      return { ...byValue, label: goQuote(name) + byValue.suffix };
    case "Object": {
      const { kind = "", name: object = "" } = source.at("describedObject").map;
      return { ...byValue, label: `"${name}" on ${kind}/${object}${byValue.suffix}` };
    }
    case "Pods":
      return { label: `${goQuote(name)} on pods`, now: now("averageValue"), target: average.text };
    case "Resource":
    case "ContainerResource":
      return resourceLine(source, current);
  }
  return null;
}

function resourceLine(source: Tree, current: Tree | undefined): MetricLine {
  const container = source.at("container").text;
  const of = container === "" ? "" : ` of container "${container}"`;
  const label = `resource ${source.at("name").text}${of} on pods`;
  const target = source.at("target");
  if (target.at("averageValue").exists) {
    const now = current?.at("averageValue").or("<unknown>") ?? "<unknown>";
    return { label, now, target: target.at("averageValue").text };
  }
  const utilization = current?.at("averageUtilization");
  const now = utilization?.exists
    ? `${utilization.text}% (${current!.at("averageValue").text})`
    : "<unknown>";
  const wanted = target.at("averageUtilization");
  // The two spaces are kubectl's.
  return {
    label: `${label}  (as a percentage of request)`,
    now,
    target: wanted.exists ? `${wanted.text}%` : "<auto>",
  };
}

function behavior(page: Page, rules: Tree): void {
  if (!rules.exists) return;
  page.heading("Behavior");
  direction(page, "Scale Up", rules.at("scaleUp"));
  direction(page, "Scale Down", rules.at("scaleDown"));
}

function direction(page: Page, label: string, rules: Tree): void {
  if (!rules.exists) return;
  page.heading(label, 2);
  const window = rules.at("stabilizationWindowSeconds");
  if (window.exists) page.text(`Stabilization Window: ${window.text} seconds`, 4);
  const policies = rules.at("policies").list;
  if (policies.length === 0) return;
  page.text(`Select Policy: ${rules.at("selectPolicy").or("Max")}`, 4);
  page.text("Policies:", 4);
  for (const policy of policies) {
    const { type = "", value = "", periodSeconds = "" } = policy.map;
    page.line("row", [`- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`], 6);
  }
}
