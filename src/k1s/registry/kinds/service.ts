/** Service: ports, addresses, families, and what its type allows. */
import { equal } from "../../patch/mod.ts";
import { dnsLabel, qualifiedName, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { checkLabels } from "./label_selectors.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { checkAddresses, isHeadless } from "./service_addresses.ts";
import { checkPort, cidr, endpointIp, IMMUTABLE, ipAddress, portNumber, PROTOCOLS } from "./rules.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"];
/** A day. */
const MAX_AFFINITY_SECONDS = 86_400;

/** True for a service that is reached from outside the cluster. */
export function isExternal(spec: JsonObject | undefined): boolean {
  return spec?.type === "LoadBalancer" || spec?.type === "NodePort" ||
    spec?.type === "ClusterIP" && listOf(spec, "externalIPs").length > 0;
}

/** True for a service whose nodes are asked for their health. */
function needsHealthCheck(spec: JsonObject | undefined): boolean {
  return spec?.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}

function checkPorts(problems: Problems, spec: JsonObject): void {
  const named = listOf(spec, "ports").length > 1;
  const names = new Set<string>();
  for (const { item: port, at } of each(spec, "ports", "spec")) {
    const name = textOf(port, "name");
    if (name !== "") {
      problems.invalidEach(`${at}.name`, name, dnsLabel(name, false));
      if (names.has(name)) problems.duplicate(`${at}.name`, name);
      names.add(name);
    } else if (named) problems.required(`${at}.name`);
    const number = numberOf(port, "port");
    problems.invalidEach(`${at}.port`, number, portNumber(number));
    problems.requiredOneOf(`${at}.protocol`, port.protocol, PROTOCOLS);
    checkPort(problems, `${at}.targetPort`, port.targetPort);
    const protocol = port.appProtocol;
    if (typeof protocol === "string") {
      problems.invalidEach(`${at}.appProtocol`, protocol, qualifiedName(protocol));
    }
  }
}

function checkType(problems: Problems, spec: JsonObject): void {
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") {
    if (!isHeadless(spec)) return;
    problems.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${spec.type} services`);
  }
  if (spec.type !== "ExternalName") return;
  const detail = "may not be set for ExternalName services";
  for (const field of ["clusterIPs", "ipFamilies"]) {
    if (listOf(spec, field).length > 0) problems.forbidden(`spec.${field}`, detail);
  }
  if (spec.ipFamilyPolicy !== undefined) problems.forbidden("spec.ipFamilyPolicy", detail);
  const name = textOf(spec, "externalName").replace(/\.$/, "");
  if (name === "") problems.required("spec.externalName");
  else problems.invalidEach("spec.externalName", name, subdomain(name, false));
}

function checkAffinity(problems: Problems, spec: JsonObject): void {
  problems.requiredOneOf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]);
  const config = mapOf(spec, "sessionAffinityConfig");
  const at = "spec.sessionAffinityConfig";
  if (spec.sessionAffinity === "None") {
    if (config) problems.forbidden(at, "must not be set when session affinity is None");
  } else if (spec.sessionAffinity === "ClientIP") {
    const detail = "when session affinity type is ClientIP";
    const client = mapOf(config, "clientIP");
    if (!config) return problems.required(at, detail);
    if (!client) return problems.required(`${at}.clientIP`, detail);
    const seconds = client.timeoutSeconds;
    if (seconds === undefined) return problems.required(`${at}.clientIP.timeoutSeconds`, detail);
    if (Number(seconds) > 0 && Number(seconds) <= MAX_AFFINITY_SECONDS) return;
    const range = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
    problems.invalid(`${at}.clientIP.timeoutSeconds`, seconds, range);
  }
}

function checkUniquePorts(problems: Problems, spec: JsonObject): void {
  if (spec.type === "ClusterIP") {
    for (const { item, at } of each(spec, "ports", "spec")) {
      if (numberOf(item, "nodePort") === 0) continue;
      problems.forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'");
    }
  }
  const nodePorts = new Set<string>();
  for (const { item, at } of each(spec, "ports", "spec")) {
    const node = numberOf(item, "nodePort");
    const key = `${textOf(item, "protocol")}/${node}`;
    if (node !== 0 && nodePorts.has(key)) problems.duplicate(`${at}.nodePort`, node);
    nodePorts.add(key);
  }
  const ports = new Set<string>();
  for (const { item, at } of each(spec, "ports", "spec")) {
    const [protocol, port] = [textOf(item, "protocol"), numberOf(item, "port")];
    if (ports.has(`${protocol}/${port}`)) {
      problems.duplicate(at, {
        Name: "",
        Protocol: protocol,
        AppProtocol: null,
        Port: port,
        TargetPort: 0,
        NodePort: 0,
      });
    }
    ports.add(`${protocol}/${port}`);
  }
}

function checkBalancer(problems: Problems, spec: JsonObject): void {
  const isBalancer = spec.type === "LoadBalancer";
  const only = "may only be used when `type` is 'LoadBalancer'";
  const ranges = textsOf(spec, "loadBalancerSourceRanges");
  const at = "spec.LoadBalancerSourceRanges";
  if (ranges.length > 0 && !isBalancer) problems.forbidden(at, only);
  for (const [index, range] of ranges.entries()) {
    problems.invalidEach(`${at}[${index}]`, range.trim(), cidr(range.trim()));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer) {
    problems.forbidden("spec.allocateLoadBalancerNodePorts", only);
  }
  const name = spec.loadBalancerClass;
  if (name !== undefined && !isBalancer) problems.forbidden("spec.loadBalancerClass", only);
  else if (typeof name === "string") {
    problems.invalidEach("spec.loadBalancerClass", name, qualifiedName(name));
  }
}

function checkTraffic(problems: Problems, spec: JsonObject): void {
  const external = textOf(spec, "externalTrafficPolicy");
  if (isExternal(spec)) {
    problems.requiredOneOf("spec.externalTrafficPolicy", external, ["Cluster", "Local"]);
  } else if (external !== "") {
    const detail = "may only be set for externally-accessible services";
    problems.invalid("spec.externalTrafficPolicy", external, detail);
  }
  const port = numberOf(spec, "healthCheckNodePort");
  if (!needsHealthCheck(spec) && port !== 0) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    problems.invalid("spec.healthCheckNodePort", port, detail);
  }
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined) problems.oneOf("spec.internalTrafficPolicy", internal, ["Cluster", "Local"]);
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined) problems.oneOf("spec.trafficDistribution", distribution, DISTRIBUTIONS);
}

export function validateService(problems: Problems, service: JsonObject): void {
  const spec = mapOf(service, "spec") ?? {};
  if (listOf(spec, "ports").length === 0 && !isHeadless(spec) && spec.type !== "ExternalName") {
    problems.required("spec.ports");
  }
  checkType(problems, spec);
  checkPorts(problems, spec);
  checkLabels(problems, "spec.selector", mapOf(spec, "selector"));
  checkAffinity(problems, spec);
  checkAddresses(problems, spec);
  for (const { item, at } of eachText(spec, "externalIPs", "spec")) {
    const bad = ipAddress(item);
    problems.invalidEach(at, item, bad.length > 0 ? bad : endpointIp(item));
  }
  problems.requiredOneOf("spec.type", spec.type, TYPES);
  checkUniquePorts(problems, spec);
  checkBalancer(problems, spec);
  checkTraffic(problems, spec);
}

function checkKeptAddresses(problems: Problems, spec: JsonObject, old: JsonObject): void {
  if (isHeadless(spec) && isHeadless(old)) return;
  const [now, before] = [textsOf(spec, "clusterIPs"), textsOf(old, "clusterIPs")];
  if (now.length === before.length) {
    for (const [index, ip] of before.entries()) {
      if (ip !== now[index]) problems.invalid(`spec.clusterIPs[${index}]`, now, "may not change once set");
    }
    return;
  }
  if (before.length > 0 && now.length === 0) {
    problems.invalid("spec.clusterIPs[0]", null, "primary clusterIP can not be unset");
  } else if (before.length > 0 && now[0] !== before[0]) {
    problems.invalid("spec.clusterIPs[0]", now, "may not change once set");
  }
  if (now.length === 1 && before.length > 1 && spec.ipFamilyPolicy !== "SingleStack") {
    const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    problems.invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy ?? null, detail);
  }
}

function checkKeptFamilies(problems: Problems, spec: JsonObject, old: JsonObject): void {
  if (isHeadless(spec) || isHeadless(old)) return;
  const [now, before] = [textsOf(spec, "ipFamilies"), textsOf(old, "ipFamilies")];
  const field = "spec.ipFamilies[0]";
  if (now.length === before.length) {
    for (const [index, family] of before.entries()) {
      if (family !== now[index]) problems.invalid(field, now, "may not change once set");
    }
  } else if (now.length > 0 && before.length > 0 && now[0] !== before[0]) {
    problems.invalid(field, textsOf(spec, "clusterIPs"), "may not change once set");
  }
}

export function validateServiceUpdate(problems: Problems, service: JsonObject, oldService: JsonObject): void {
  const [spec, old] = [mapOf(service, "spec") ?? {}, mapOf(oldService, "spec") ?? {}];
  if (spec.type !== "ExternalName" && old.type !== "ExternalName") {
    checkKeptAddresses(problems, spec, old);
    checkKeptFamilies(problems, spec, old);
  }
  const [name, oldName] = [spec.loadBalancerClass ?? null, old.loadBalancerClass ?? null];
  if (spec.type === "LoadBalancer" && old.type === "LoadBalancer" && !equal(name, oldName)) {
    problems.invalid("spec.loadBalancerClass", name, "may not change once set");
  }
  // looked at once more with the rest
  if (spec.type === "LoadBalancer" && typeof name === "string") {
    problems.invalidEach("spec.loadBalancerClass", name, qualifiedName(name));
  }
  if (!needsHealthCheck(spec) || !needsHealthCheck(old)) return;
  if (spec.healthCheckNodePort !== old.healthCheckNodePort) {
    problems.forbidden("spec.healthCheckNodePort", IMMUTABLE);
  }
}

/** What a change of type takes away where the client left it as it was. */
export function dropForType(spec: JsonObject, old: JsonObject): void {
  const same = (field: string) => equal(spec[field] ?? null, old[field] ?? null);
  const drop = (fields: readonly string[], when: boolean) => {
    if (when) { for (const field of fields) if (same(field)) delete spec[field]; }
  };
  const isNode = (one: JsonObject) => one.type === "NodePort" || one.type === "LoadBalancer";
  const ended = (has: (one: JsonObject) => boolean) => has(old) && !has(spec);
  if (ended((one) => one.type !== "ExternalName")) {
    if (same("clusterIP") && same("clusterIPs")) delete spec.clusterIP, delete spec.clusterIPs;
    drop(["ipFamilies", "ipFamilyPolicy"], true);
  }
  if (ended(isNode)) {
    const known = new Set([...each(old, "ports", "")].map(({ item }) => numberOf(item, "nodePort")));
    const ports = [...each(spec, "ports", "")].map(({ item }) => item);
    if (ports.every((port) => numberOf(port, "nodePort") === 0 || known.has(numberOf(port, "nodePort")))) {
      for (const port of ports) delete port.nodePort;
    }
  }
  drop(["healthCheckNodePort"], ended(needsHealthCheck));
  drop(["allocateLoadBalancerNodePorts", "loadBalancerClass"], ended((one) => one.type === "LoadBalancer"));
  drop(["externalTrafficPolicy"], ended(isExternal));
}
