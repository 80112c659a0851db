/** What a pod is to be: of pods themselves, and of the templates of workloads. */
import { dnsLabel, qualifiedName, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { checkNotNegative, checkQuantity, checkResourceName } from "./container_resources.ts";
import { checkLabels } from "./label_selectors.ts";
import {
  checkContainers,
  checkEphemeralContainers,
  checkInitContainers,
  type ContainerContext,
} from "./pod_containers.ts";
import { checkAffinity, checkTolerations, checkTopologySpread } from "./pod_placement.ts";
import { checkPodSecurity } from "./pod_security.ts";
import { checkVolumes } from "./pod_volumes.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { ipAddress, MAX_INT32, outOfRange, searchDomain } from "./rules.ts";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARS = 2048;

export interface PodSpecPlace {
  readonly spec: JsonObject | undefined;
  /** Empty for templates. */
  readonly podName: string;
  /** True for a pod itself. */
  readonly isPod: boolean;
}

/** Checks a pod's spec in the real server's order. */
export function checkPodSpec(
  problems: Problems,
  at: string,
  { spec = {}, podName, isPod }: PodSpecPlace,
): void {
  const volumes = checkVolumes(problems, at, { spec, podName });
  const context: ContainerContext = {
    volumes,
    restartPolicy: textOf(spec, "restartPolicy"),
    graceSeconds: numberOf(spec, "terminationGracePeriodSeconds"),
    os: textOf(mapOf(spec, "os"), "name"),
  };
  checkContainers(problems, at, [spec, context]);
  checkInitContainers(problems, at, [spec, context]);
  checkEphemeralContainers(problems, at, [spec, context]);
  if (spec.hostNetwork === true) checkHostNetworkPorts(problems, at, { spec, isPod });
  problems.requiredOneOf(`${at}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES);
  problems.requiredOneOf(`${at}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  checkLabels(problems, `${at}.nodeSelector`, mapOf(spec, "nodeSelector"));
  checkPodSecurity(problems, `${at}.securityContext`, spec);
  checkAffinity(problems, `${at}.affinity`, mapOf(spec, "affinity"));
  checkDns(problems, `${at}.dnsConfig`, spec);
  checkGates(problems, at, spec);
  checkTopologySpread(problems, at, spec);
  checkHostUsers(problems, at, spec);
  checkNames(problems, at, spec);
  checkTolerations(problems, at, spec);
  checkHostAliases(problems, at, spec);
  checkClasses(problems, at, spec);
  checkOs(problems, at, spec);
}

function checkHostNetworkPorts(
  problems: Problems,
  path: string,
  { spec, isPod }: { spec: JsonObject; isPod: boolean },
): void {
  for (const { item: container, at } of each(spec, "containers", path)) {
    for (const { item: port, at: portAt } of each(container, "ports", at)) {
      const [host, inside] = [numberOf(port, "hostPort"), numberOf(port, "containerPort")];
      if (host === inside || !isPod && host === 0) continue;
      const detail = "must match `containerPort` when `hostNetwork` is true";
      problems.invalid(`${portAt}.hostPort`, host, detail);
    }
  }
}

function checkDns(problems: Problems, at: string, spec: JsonObject): void {
  const config = mapOf(spec, "dnsConfig");
  const servers = textsOf(config, "nameservers");
  if (spec.dnsPolicy === "None") {
    if (config === undefined) {
      return problems.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
    }
    if (servers.length === 0) {
      const detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
      return problems.required(`${at}.nameservers`, detail);
    }
  }
  if (servers.length > MAX_NAMESERVERS) {
    const detail = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    problems.invalid(`${at}.nameservers`, servers, detail);
  }
  for (const { item, at: path } of eachText(config, "nameservers", at)) {
    problems.invalidEach(path, item, ipAddress(item));
  }
  checkSearches(problems, at, config);
  for (const { item, at: path } of each(config, "options", at)) {
    if (textOf(item, "name") === "") problems.required(path, "must not be empty");
  }
}

function checkSearches(problems: Problems, at: string, config: JsonObject | undefined): void {
  const searches = textsOf(config, "searches");
  const field = `${at}.searches`;
  if (searches.length > MAX_SEARCHES) {
    problems.invalid(field, searches, `must not have more than ${MAX_SEARCHES} search paths`);
  }
  if (searches.join(" ").length > MAX_SEARCH_CHARS) {
    const detail =
      `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`;
    problems.invalid(field, searches, detail);
  }
  for (const { item, at: path } of eachText(config, "searches", at)) {
    if (item === ".") continue;
    const name = item.endsWith(".") ? item.slice(0, -1) : item;
    problems.invalidEach(path, name, searchDomain(name));
  }
}

function checkGates(problems: Problems, path: string, spec: JsonObject): void {
  for (const { item, at } of each(spec, "readinessGates", path)) {
    const type = textOf(item, "conditionType");
    problems.invalidEach(`${at}.conditionType`, type, qualifiedName(type));
  }
  const seen = new Set<string>();
  for (const { item, at } of each(spec, "schedulingGates", path)) {
    const name = textOf(item, "name");
    problems.invalidEach(at, name, qualifiedName(name));
    if (seen.has(name)) problems.duplicate(at, name);
    seen.add(name);
  }
}

function checkHostUsers(problems: Problems, at: string, spec: JsonObject): void {
  if (spec.hostUsers !== false) return;
  const detail = "when `hostUsers` is false";
  if (spec.hostNetwork === true) problems.forbidden(`${at}.hostNetwork`, detail);
  if (spec.hostPID === true) problems.forbidden(`${at}.HostPID`, detail);
  if (spec.hostIPC === true) problems.forbidden(`${at}.HostIPC`, detail);
}

function checkNames(problems: Problems, at: string, spec: JsonObject): void {
  for (const field of ["serviceAccountName", "nodeName"]) {
    const name = textOf(spec, field);
    if (name !== "") problems.invalidEach(`${at}.${field}`, name, subdomain(name, false));
  }
  const deadline = spec.activeDeadlineSeconds;
  if (typeof deadline === "number" && (deadline < 1 || deadline > MAX_INT32)) {
    problems.invalid(`${at}.activeDeadlineSeconds`, deadline, outOfRange(1, MAX_INT32));
  }
  for (const field of ["hostname", "subdomain"]) {
    const name = textOf(spec, field);
    if (name !== "") problems.invalidEach(`${at}.${field}`, name, dnsLabel(name, false));
  }
}

function checkHostAliases(problems: Problems, path: string, spec: JsonObject): void {
  for (const { item, at } of each(spec, "hostAliases", path)) {
    const ip = textOf(item, "ip");
    problems.invalidEach(`${at}.ip`, ip, ipAddress(ip));
    for (const { item: name, at: nameAt } of eachText(item, "hostnames", at)) {
      problems.invalidEach(nameAt, name, subdomain(name, false));
    }
  }
}

function checkClasses(problems: Problems, at: string, spec: JsonObject): void {
  const priority = textOf(spec, "priorityClassName");
  if (priority !== "") problems.invalidEach(`${at}.priorityClassName`, priority, subdomain(priority, false));
  const runtime = spec.runtimeClassName;
  if (typeof runtime === "string") {
    problems.invalidEach(`${at}.runtimeClassName`, runtime, subdomain(runtime, false));
  }
  if (spec.preemptionPolicy !== undefined) {
    const choices = ["PreemptLowerPriority", "Never"];
    problems.requiredOneOf(`${at}.preemptionPolicy`, spec.preemptionPolicy, choices);
  }
  for (const [name, amount] of Object.entries(mapOf(spec, "overhead") ?? {})) {
    const field = `${at}.overhead.limits[${name}]`;
    checkResourceName(problems, field, name);
    checkQuantity(problems, field, [name, amount]);
    checkNotNegative(problems, field, amount);
  }
}

function checkOs(problems: Problems, at: string, spec: JsonObject): void {
  const os = mapOf(spec, "os");
  if (os === undefined) return;
  const name = textOf(os, "name");
  if (name === "") return problems.required(`${at}.os.name`);
  if (name !== "linux" && name !== "windows") {
    return problems.notSupported(`${at}.os`, name, ["linux", "windows"]);
  }
  if (name === "linux") return;
  const detail = "cannot be set for a windows pod";
  checkWindowsPod(problems, at, { spec, detail });
}

/** In the order that they are looked at in. */
const LINUX_POD_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "hostUsers",
  "hostPID",
  "hostIPC",
  "seccompProfile",
  "fsGroup",
  "fsGroupChangePolicy",
  "sysctls",
  "shareProcessNamespace",
  "runAsUser",
  "runAsGroup",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "seLinuxChangePolicy",
];
const LINUX_CONTAINER_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
];

function checkWindowsPod(
  problems: Problems,
  at: string,
  { spec, detail }: { spec: JsonObject; detail: string },
): void {
  const context = mapOf(spec, "securityContext");
  for (const field of LINUX_POD_FIELDS) {
    const own = /^(host|share)/.test(field);
    const value = own ? spec[field] : context?.[field];
    const isSet = value !== undefined && !(Array.isArray(value) && value.length === 0);
    if (isSet) problems.forbidden(own ? `${at}.${field}` : `${at}.securityContext.${field}`, detail);
  }
  for (const kind of ["initContainers", "containers"]) {
    for (const { item, at: path } of each(spec, kind, at)) {
      const own = mapOf(item, "securityContext");
      for (const field of LINUX_CONTAINER_FIELDS) {
        if (own?.[field] !== undefined) problems.forbidden(`${path}.securityContext.${field}`, detail);
      }
    }
  }
}

/** True for a pod whose spec has ephemeral containers. */
export function hasEphemeral(spec: JsonObject | undefined): boolean {
  return listOf(spec, "ephemeralContainers").length > 0;
}
