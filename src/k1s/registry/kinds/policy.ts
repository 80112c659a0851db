/** PodDisruptionBudget, PriorityClass, StorageClass, ResourceQuota, LimitRange. */
import { equal } from "../../patch/mod.ts";
import { qualifiedName } from "../metadata_validation.ts";
import { type Json, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "../object.ts";
import {
  checkQuantity,
  checkResourceName,
  isExtended,
  isHugePage,
  quantityOf,
} from "./container_resources.ts";
import { checkSelector } from "./label_selectors.ts";
import { checkAtMostAll, checkIntOrPercent } from "./pod_template.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { BAD_OPERATOR } from "./rules.ts";
import { checkImmutable } from "./workloads.ts";

export function validateBudget(problems: Problems, budget: JsonObject): void {
  const spec = mapOf(budget, "spec") ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: spec.minAvailable,
      Selector: spec.selector ?? null,
      MaxUnavailable: spec.maxUnavailable,
      UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
    };
    problems.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set");
  }
  for (const field of ["minAvailable", "maxUnavailable"]) {
    if (spec[field] === undefined) continue;
    checkIntOrPercent(problems, `spec.${field}`, spec[field]);
    checkAtMostAll(problems, `spec.${field}`, spec[field]);
  }
  checkSelector(problems, "spec.selector", mapOf(spec, "selector"));
  const policy = spec.unhealthyPodEvictionPolicy;
  if (policy !== undefined) {
    problems.oneOf("spec.unhealthyPodEvictionPolicy", policy, ["AlwaysAllow", "IfHealthyBudget"]);
  }
}

/** The highest priority that is not the system's. */
const MAX_PRIORITY = 1_000_000_000;

export function validatePriorityClass(problems: Problems, object: JsonObject): void {
  const name = textOf(metaOf(object), "name");
  const isSystem = name === "system-cluster-critical" || name === "system-node-critical";
  if (name.startsWith("system-") && !isSystem) {
    const detail = "priority class names with 'system-' prefix are reserved for system use only. error: " +
      `${name} is not a known system priority class`;
    problems.forbidden("metadata.name", detail);
  } else if (!isSystem && numberOf(object, "value") > MAX_PRIORITY) {
    const detail = `maximum allowed value of a user defined priority is ${MAX_PRIORITY}`;
    problems.forbidden("value", detail);
  }
  if (object.preemptionPolicy !== undefined) {
    const choices = ["PreemptLowerPriority", "Never"];
    problems.requiredOneOf("preemptionPolicy", object.preemptionPolicy, choices);
  }
}

export function validatePriorityClassUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  if (object.value !== old.value) problems.forbidden("value", "may not be changed in an update.");
  checkImmutable(problems, "preemptionPolicy", [object, old]);
}

/** Parameters of a storage class: entries and bytes. */
const [MAX_PARAMETERS, MAX_PARAMETER_BYTES] = [512, 256 * 1024];

export function validateStorageClass(problems: Problems, object: JsonObject): void {
  const provisioner = textOf(object, "provisioner");
  if (provisioner === "") problems.required("provisioner");
  else problems.invalidEach("provisioner", provisioner, qualifiedName(provisioner.toLowerCase()));
  const parameters = Object.entries(mapOf(object, "parameters") ?? {});
  if (parameters.length > MAX_PARAMETERS) problems.tooLong("parameters", MAX_PARAMETERS);
  let size = 0;
  for (const [key, value] of parameters) {
    if (key === "") problems.invalid("parameters", key, "field can not be empty.");
    size += key.length + String(value).length;
  }
  if (size > MAX_PARAMETER_BYTES) problems.tooLong("parameters", MAX_PARAMETER_BYTES);
  const policy = object.reclaimPolicy;
  if (policy !== undefined && policy !== "") problems.oneOf("reclaimPolicy", policy, ["Delete", "Retain"]);
  const modes = ["Immediate", "WaitForFirstConsumer"];
  if (object.volumeBindingMode === undefined) problems.required("volumeBindingMode");
  else problems.oneOf("volumeBindingMode", object.volumeBindingMode, modes);
  checkTopologies(problems, object);
}

function checkTopologies(problems: Problems, object: JsonObject): void {
  const terms: Json[] = [];
  for (const { item: term, at: place } of each(object, "allowedTopologies", "")) {
    const at = place.slice(1);
    const keys = new Set<string>();
    for (const { item, at: path } of each(term, "matchLabelExpressions", at)) {
      const key = textOf(item, "key");
      problems.invalidEach(`${path}.key`, key, qualifiedName(key));
      if (listOf(item, "values").length === 0) problems.required(`${path}.values`);
      const values = new Set<string>();
      for (const { item: value, at: valueAt } of eachText(item, "values", path)) {
        if (values.has(value)) problems.duplicate(valueAt, value);
        values.add(value);
      }
      if (keys.has(key)) problems.duplicate(`${path}.key`, key);
      keys.add(key);
    }
    // the real server compares with as many empty terms as there are terms
    const isEmpty = listOf(term, "matchLabelExpressions").length === 0;
    if (isEmpty || terms.some((other) => equal(other, term))) {
      problems.duplicate(`${at}.matchLabelExpressions`, "");
    }
    terms.push(term);
  }
}

const CLASS_IMMUTABLE = ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"];

export function validateStorageClassUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  for (const field of CLASS_IMMUTABLE) checkImmutable(problems, field, [object, old]);
}

const FOR_QUOTAS = new Set(["cpu", "memory", "ephemeral-storage", "pods", "resourcequotas", "services"]);
const SCOPES = [
  "Terminating",
  "NotTerminating",
  "BestEffort",
  "NotBestEffort",
  "PriorityClass",
  "CrossNamespacePodAffinity",
  "VolumeAttributesClass",
];

function checkQuotaName(problems: Problems, field: string, name: string): void {
  const isGood = checkResourceName(problems, field, name);
  if (isGood || name.includes("/") || FOR_QUOTAS.has(name) || isHugePage(name) || isExtended(name)) return;
  problems.invalid(field, name, "must be a standard resource for quota");
}

export function validateQuota(problems: Problems, quota: JsonObject): void {
  const spec = mapOf(quota, "spec");
  const hard = Object.entries(mapOf(spec, "hard") ?? {});
  for (const [name, amount] of hard) {
    const field = `spec.hard[${name}]`;
    checkQuotaName(problems, field, name);
    checkQuantity(problems, field, [name, amount]);
  }
  checkScopes(problems, { spec, names: hard.map(([name]) => name) });
  const at = "spec.scopeSelector.matchExpressions";
  for (const { item } of each(mapOf(spec, "scopeSelector"), "matchExpressions", "")) {
    const scope = textOf(item, "scopeName");
    if (!SCOPES.includes(scope)) problems.invalid(`${at}.scopeName`, scope, "unsupported scope");
    const operator = textOf(item, "operator");
    const values = listOf(item, "values");
    if (operator === "In" || operator === "NotIn") {
      if (values.length > 0) continue;
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      problems.required(`${at}.values`, detail);
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length === 0) continue;
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      problems.invalid(`${at}.values`, values, detail);
    } else problems.invalid(`${at}.operator`, operator, BAD_OPERATOR);
  }
}

function checkScopes(
  problems: Problems,
  { spec, names }: { spec: JsonObject | undefined; names: readonly string[] },
): void {
  const scopes = textsOf(spec, "scopes");
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) problems.invalid("spec.scopes", scopes, "unsupported scope");
    else if (scope === "BestEffort" && names.some((name) => name !== "pods")) {
      for (const name of names) {
        if (name !== "pods") problems.invalid("spec.scopes", scopes, "unsupported scope applied to resource");
      }
    }
  }
  for (const [one, other] of [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]) {
    if (scopes.includes(one!) && scopes.includes(other!)) {
      problems.invalid("spec.scopes", scopes, "conflicting scopes");
    }
  }
}

export function validateQuotaUpdate(problems: Problems, quota: JsonObject, old: JsonObject): void {
  const [now, before] = [quota, old].map((one) => [...textsOf(mapOf(one, "spec"), "scopes")].sort());
  if (equal(now!, before!)) return;
  const shown = textsOf(mapOf(quota, "spec"), "scopes");
  problems.invalid("spec.scopes", shown.length === 0 ? null : shown, "field is immutable");
}

const LIMIT_MAPS = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

export function validateLimitRange(problems: Problems, range: JsonObject): void {
  const types = new Set<string>();
  for (const { item: limit, at } of each(mapOf(range, "spec"), "limits", "spec")) {
    const type = textOf(limit, "type");
    problems.invalidEach(`${at}.type`, type, qualifiedName(type));
    if (types.has(type)) problems.duplicate(`${at}.type`, type);
    types.add(type);
    for (const field of LIMIT_MAPS) {
      const values = mapOf(limit, field) ?? {};
      const isDefault = field === "default" || field === "defaultRequest";
      if (type === "Pod" && isDefault) {
        const detail = "may not be specified when `type` is 'Pod'";
        if (Object.keys(values).length > 0) problems.forbidden(`${at}.${field}`, detail);
        continue;
      }
      for (const name of Object.keys(values)) checkResourceName(problems, `${at}.${field}[${name}]`, name);
    }
    const sizes = { ...mapOf(limit, "max"), ...mapOf(limit, "min") };
    if (type === "PersistentVolumeClaim" && sizes.storage === undefined) {
      const detail = "either minimum or maximum storage value is required, but neither was provided";
      problems.required(`${at}.limits`, detail);
    }
    const names = new Set(LIMIT_MAPS.flatMap((field) => Object.keys(mapOf(limit, field) ?? {})));
    for (const name of names) checkOrder(problems, at, { limit, name });
  }
}

/** [less, more, whose field, which value is shown, its words]. */
const ORDERS: readonly (readonly [string, string, string, string, string])[] = [
  ["min", "max", "min", "min", "min value % is greater than max value %"],
  [
    "min",
    "defaultRequest",
    "defaultRequest",
    "defaultRequest",
    "min value % is greater than default request value %",
  ],
  [
    "defaultRequest",
    "max",
    "defaultRequest",
    "defaultRequest",
    "default request value % is greater than max value %",
  ],
  [
    "defaultRequest",
    "default",
    "defaultRequest",
    "defaultRequest",
    "default request value % is greater than default limit value %",
  ],
  ["min", "default", "default", "min", "min value % is greater than default value %"],
  ["default", "max", "default", "max", "default value % is greater than max value %"],
];

function checkOrder(
  problems: Problems,
  at: string,
  { limit, name }: { limit: JsonObject; name: string },
): void {
  for (const [less, more, field, shown, words] of ORDERS) {
    const [low, high] = [mapOf(limit, less)?.[name], mapOf(limit, more)?.[name]];
    if (low === undefined || high === undefined || quantityOf(low)! <= quantityOf(high)!) continue;
    const detail = words.replace("%", String(low)).replace("%", String(high));
    problems.invalid(`${at}.${field}[${name}]`, mapOf(limit, shown)?.[name], detail);
  }
  const ratio = mapOf(limit, "maxLimitRequestRatio")?.[name];
  const most = quantityOf(ratio);
  if (most === undefined) return;
  const field = `${at}.maxLimitRequestRatio[${name}]`;
  if (most < 1) problems.invalid(field, ratio, `ratio ${String(ratio)} is less than 1`);
  const [min, max] = [quantityOf(mapOf(limit, "min")?.[name]), quantityOf(mapOf(limit, "max")?.[name])];
  if (min === undefined || max === undefined || most <= max / min) return;
  const detail = `ratio ${String(ratio)} is greater than max/min = ${(max / min).toFixed(6)}`;
  problems.invalid(field, ratio, detail);
}
