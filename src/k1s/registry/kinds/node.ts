/** Node: its taints and the addresses of its pods. */
import { equal } from "../../patch/mod.ts";
import { labelValue, qualifiedName } from "../metadata_validation.ts";
import { type JsonObject, mapOf, textOf, textsOf } from "../object.ts";
import { each, type Problems } from "./problems.ts";
import { cidr, isIpv6 } from "./rules.ts";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function checkTaints(problems: Problems, spec: JsonObject | undefined): void {
  const seen = new Set<string>();
  for (const { item, at } of each(spec, "taints", "metadata")) {
    const [key, value, effect] = [textOf(item, "key"), textOf(item, "value"), textOf(item, "effect")];
    problems.invalidEach(`${at}.key`, key, qualifiedName(key));
    if (value !== "") problems.invalidEach(`${at}.value`, value, labelValue(value));
    problems.requiredOneOf(`${at}.effect`, effect, EFFECTS);
    const pair = `${effect}/${key}`;
    if (seen.has(pair)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: item.timeAdded ?? null };
      problems.duplicate(at, shown, "taints must be unique by key and effect pair");
    }
    seen.add(pair);
  }
}

export function validateNode(problems: Problems, node: JsonObject): void {
  const spec = mapOf(node, "spec");
  checkTaints(problems, spec);
  const ranges = textsOf(spec, "podCIDRs");
  for (const [index, range] of ranges.entries()) {
    problems.invalidEach(`spec.podCIDRs[${index}]`, range, cidr(range));
  }
  if (ranges.length < 2 || ranges.length === 2 && isSix(ranges[0]!) !== isSix(ranges[1]!)) return;
  problems.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family");
}

function isSix(range: string): boolean {
  return isIpv6(range.split("/")[0]!);
}

export function validateNodeUpdate(problems: Problems, node: JsonObject, oldNode: JsonObject): void {
  const [spec, old] = [mapOf(node, "spec"), mapOf(oldNode, "spec")];
  const before = textsOf(old, "podCIDRs");
  const detail = (what: string) => `node updates may not change ${what} except from "" to valid`;
  if (before.length > 0 && !equal(textsOf(spec, "podCIDRs"), before)) {
    problems.forbidden("spec.podCIDRs", detail("podCIDR"));
  }
  const provider = textOf(old, "providerID");
  if (provider !== "" && textOf(spec, "providerID") !== provider) {
    problems.forbidden("spec.providerID", detail("providerID"));
  }
}

/** The older field is the first of the newer one's; where they differ the older counts. */
export function alignPodRanges(spec: JsonObject): void {
  const [range, ranges] = [textOf(spec, "podCIDR"), textsOf(spec, "podCIDRs")];
  if (range !== "" && range !== ranges[0]) spec.podCIDRs = [range];
  else if (range === "" && ranges.length > 0) spec.podCIDR = ranges[0]!;
}
