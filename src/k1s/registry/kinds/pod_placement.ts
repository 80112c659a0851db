/** Where a pod may run: affinity, tolerations, topology spread. */
import { dnsLabel, labelValue, qualifiedName, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { checkSelector, checkValues } from "./label_selectors.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { BAD_OPERATOR } from "./rules.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

function checkNodeRequirement(
  problems: Problems,
  at: string,
  { item, checksValues }: { item: JsonObject; checksValues: boolean },
): void {
  if (!checkValues(problems, at, item)) {
    if (item.operator === "Gt" || item.operator === "Lt") {
      if (listOf(item, "values").length !== 1) {
        const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
        problems.required(`${at}.values`, detail);
      }
    } else problems.invalid(`${at}.operator`, textOf(item, "operator"), BAD_OPERATOR);
  }
  const key = textOf(item, "key");
  problems.invalidEach(`${at}.key`, key, qualifiedName(key));
  for (const { item: value, at: path } of checksValues ? eachText(item, "values", at) : []) {
    problems.invalidEach(path, value, labelValue(value));
  }
}

function checkFieldRequirement(problems: Problems, at: string, item: JsonObject): void {
  if (item.operator !== "In" && item.operator !== "NotIn") {
    problems.invalid(`${at}.operator`, textOf(item, "operator"), BAD_OPERATOR);
  } else if (listOf(item, "values").length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    problems.required(`${at}.values`, detail);
  }
  if (item.key !== "metadata.name") {
    return problems.invalid(`${at}.key`, textOf(item, "key"), "not a valid field selector key");
  }
  for (const { item: value, at: path } of eachText(item, "values", at)) {
    problems.invalidEach(path, value, subdomain(value, false));
  }
}

function checkNodeTerm(
  problems: Problems,
  at: string,
  { term, checksValues }: { term: JsonObject | undefined; checksValues: boolean },
): void {
  for (const { item, at: path } of each(term, "matchExpressions", at)) {
    checkNodeRequirement(problems, path, { item, checksValues });
  }
  for (const { item, at: path } of each(term, "matchFields", at)) {
    checkFieldRequirement(problems, path, item);
  }
}

/** A selector of nodes: at least one term. */
export function checkNodeSelector(problems: Problems, at: string, selector: JsonObject): void {
  if (listOf(selector, "nodeSelectorTerms").length === 0) {
    problems.required(`${at}.nodeSelectorTerms`, "must have at least one node selector term");
  }
  for (const { item, at: path } of each(selector, "nodeSelectorTerms", at)) {
    checkNodeTerm(problems, path, { term: item, checksValues: true });
  }
}

function checkWeight(problems: Problems, at: string, item: JsonObject): void {
  const weight = numberOf(item, "weight");
  if (weight <= 0 || weight > 100) problems.invalid(`${at}.weight`, weight, "must be in the range 1-100");
}

function checkNodeAffinity(problems: Problems, at: string, affinity: JsonObject): void {
  const required = mapOf(affinity, REQUIRED);
  if (required) checkNodeSelector(problems, `${at}.${REQUIRED}`, required);
  for (const { item, at: path } of each(affinity, PREFERRED, at)) {
    checkWeight(problems, path, item);
    const term = mapOf(item, "preference");
    checkNodeTerm(problems, `${path}.preference`, { term, checksValues: false });
  }
}

function checkMatchKeys(problems: Problems, at: string, item: JsonObject): void {
  const selector = mapOf(item, "labelSelector");
  for (const field of ["matchLabelKeys", "mismatchLabelKeys"]) {
    if (listOf(item, field).length === 0) continue;
    if (selector === undefined) {
      problems.forbidden(`${at}.${field}`, "must not be specified when labelSelector is not set");
    } else {
      for (const { item: key, at: path } of eachText(item, field, at)) {
        problems.invalidEach(path, key, qualifiedName(key));
      }
    }
  }
  checkTwiceSelected(problems, at, item);
  const mismatched = new Set(textsOf(item, "mismatchLabelKeys"));
  for (const { item: key, at: path } of eachText(item, "matchLabelKeys", at)) {
    if (!mismatched.has(key)) continue;
    problems.invalid(path, key, "exists in both matchLabelKeys and mismatchLabelKeys");
  }
}

/** Keys that the server adds to the selector must not be in it already. */
function checkTwiceSelected(problems: Problems, at: string, item: JsonObject): void {
  const selector = mapOf(item, "labelSelector");
  const added = textsOf(item, "matchLabelKeys");
  const selected = new Set(Object.keys(mapOf(selector, "matchLabels") ?? {}));
  for (const { item: requirement } of each(selector, "matchExpressions", "")) {
    const key = textOf(requirement, "key");
    if (added.includes(key) && selected.has(key)) {
      const detail = "exists in both matchLabelKeys and labelSelector";
      problems.invalid(`${at}[${added.indexOf(key)}]`, key, detail);
    }
    selected.add(key);
  }
}

function checkPodTerm(problems: Problems, at: string, term: JsonObject | undefined): void {
  checkSelector(problems, `${at}.labelSelector`, mapOf(term, "labelSelector"));
  checkSelector(problems, `${at}.namespaceSelector`, mapOf(term, "namespaceSelector"));
  for (const name of textsOf(term, "namespaces")) {
    problems.invalidEach(`${at}.namespace`, name, dnsLabel(name, false));
  }
  checkMatchKeys(problems, at, term ?? {});
  const key = textOf(term, "topologyKey");
  if (key === "") problems.required(`${at}.topologyKey`, "can not be empty");
  problems.invalidEach(`${at}.topologyKey`, key, qualifiedName(key));
}

function checkPodAffinity(problems: Problems, at: string, affinity: JsonObject): void {
  for (const { item, at: path } of each(affinity, REQUIRED, at)) checkPodTerm(problems, path, item);
  for (const { item, at: path } of each(affinity, PREFERRED, at)) {
    checkWeight(problems, path, item);
    checkPodTerm(problems, `${path}.podAffinityTerm`, mapOf(item, "podAffinityTerm"));
  }
}

export function checkAffinity(problems: Problems, at: string, affinity: JsonObject | undefined): void {
  const nodes = mapOf(affinity, "nodeAffinity");
  if (nodes) checkNodeAffinity(problems, `${at}.nodeAffinity`, nodes);
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    const pods = mapOf(affinity, kind);
    if (pods) checkPodAffinity(problems, `${at}.${kind}`, pods);
  }
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

export function checkTolerations(problems: Problems, path: string, parent: JsonObject | undefined): void {
  for (const { item, at } of each(parent, "tolerations", path)) checkToleration(problems, at, item);
}

function checkToleration(problems: Problems, at: string, toleration: JsonObject): void {
  const [key, operator, value] = ["key", "operator", "value"].map((field) => textOf(toleration, field)) as [
    string,
    string,
    string,
  ];
  const effect = textOf(toleration, "effect");
  if (key !== "") problems.invalidEach(`${at}.key`, key, qualifiedName(key));
  else if (operator !== "Exists") {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    problems.invalid(`${at}.operator`, operator, detail);
  }
  if (toleration.tolerationSeconds !== undefined && effect !== "NoExecute") {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    problems.invalid(`${at}.effect`, effect, detail);
  }
  if (operator === "Equal" || operator === "") {
    const bad = labelValue(value);
    if (bad.length > 0) problems.invalid(`${at}.operator`, value, bad.join(";"));
  } else if (operator === "Exists") {
    if (value !== "") {
      problems.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
    }
  } else if (operator === "Lt" || operator === "Gt") {
    problems.notSupported(`${at}.operator`, operator, ["Equal", "Exists", "Lt", "Gt"]);
  } else problems.notSupported(`${at}.operator`, operator, ["Equal", "Exists"]);
  if (effect !== "") problems.oneOf(`${at}.effect`, effect, EFFECTS);
}

const SCHEDULE_ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];

export function checkTopologySpread(problems: Problems, path: string, spec: JsonObject): void {
  const places = listOf(spec, "topologySpreadConstraints").map((item) => place(item as JsonObject));
  for (const { item, at, index } of each(spec, "topologySpreadConstraints", path)) {
    problems.positive(`${at}.maxSkew`, item.maxSkew);
    if (textOf(item, "topologyKey") === "") problems.required(`${at}.topologyKey`, "can not be empty");
    problems.oneOf(`${at}.whenUnsatisfiable`, item.whenUnsatisfiable, SCHEDULE_ACTIONS);
    if (places.indexOf(place(item), index + 1) > 0) {
      problems.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, place(item));
    }
    if (item.minDomains !== undefined) {
      problems.positive(`${at}.minDomains`, item.minDomains);
      if (item.whenUnsatisfiable !== "DoNotSchedule") {
        const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${
          textOf(item, "whenUnsatisfiable")
        }`;
        problems.invalid(`${at}.minDomains`, item.minDomains, detail);
      }
    }
    for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      if (item[field] !== undefined) problems.oneOf(`${at}.${field}`, item[field], ["Honor", "Ignore"]);
    }
    checkMatchKeys(problems, at, item);
    checkSelector(problems, `${at}.labelSelector`, mapOf(item, "labelSelector"));
  }
}

function place(item: JsonObject): string {
  return `{${textOf(item, "topologyKey")}, ${textOf(item, "whenUnsatisfiable")}}`;
}
