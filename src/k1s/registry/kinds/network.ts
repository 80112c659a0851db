/** Ingress, IngressClass, NetworkPolicy. */
import { dnsLabel, pathSegment, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "../object.ts";
import { checkSelector } from "./label_selectors.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { cidr, isInside, isIpv4, isIpv6, portName, portNumber, wildcardDomain } from "./rules.ts";
import { checkImmutable } from "./workloads.ts";

/** What is no service that takes requests: an object of some group. */
function checkResourceBackend(problems: Problems, at: string, resource: JsonObject): void {
  const group = resource.apiGroup;
  if (typeof group === "string") problems.invalidEach(`${at}.apiGroup`, group, subdomain(group, false));
  for (const field of ["kind", "name"]) {
    const value = textOf(resource, field);
    if (value === "") problems.required(`${at}.${field}`);
    else problems.invalidEach(`${at}.${field}`, value, pathSegment(value, false));
  }
}

function checkBackend(problems: Problems, at: string, backend: JsonObject | undefined): void {
  const [service, resource] = [mapOf(backend, "service"), mapOf(backend, "resource")];
  if (resource && service) {
    return problems.invalid(at, "", "cannot set both resource and service backends");
  }
  if (resource) return checkResourceBackend(problems, `${at}.resource`, resource);
  if (!service) return problems.invalid(at, "", "resource or service backend is required");
  const name = textOf(service, "name");
  if (name === "") problems.required(`${at}.service.name`);
  else problems.invalidEach(`${at}.service.name`, name, dnsLabel(name, false));
  const port = mapOf(service, "port");
  const [portLabel, number] = [textOf(port, "name"), numberOf(port, "number")];
  if (portLabel !== "" && number !== 0) problems.invalid(at, "", "cannot set both port name & port number");
  else if (portLabel !== "") problems.invalidEach(`${at}.service.port.name`, portLabel, portName(portLabel));
  else if (number !== 0) problems.invalidEach(`${at}.service.port.number`, number, portNumber(number));
  else problems.required(at, "port name or number is required");
}

const BAD_IN_PATH = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_PATH_END = ["/..", "/."];
const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];

function checkPath(problems: Problems, at: string, item: JsonObject): void {
  const [path, type] = [textOf(item, "path"), textOf(item, "pathType")];
  const absolute = "must be an absolute path";
  if (item.pathType === undefined) {
    return problems.required(`${at}.pathType`, "pathType must be specified");
  }
  if (type === "Exact" || type === "Prefix") {
    if (!path.startsWith("/")) problems.invalid(`${at}.path`, path, absolute);
    for (const bad of path === "" ? [] : BAD_IN_PATH) {
      if (path.includes(bad)) problems.invalid(`${at}.path`, path, `must not contain '${bad}'`);
    }
    for (const bad of path === "" ? [] : BAD_PATH_END) {
      if (path.endsWith(bad)) problems.invalid(`${at}.path`, path, `cannot end with '${bad}'`);
    }
  } else if (type === "ImplementationSpecific") {
    if (path !== "" && !path.startsWith("/")) problems.invalid(`${at}.path`, path, absolute);
  } else problems.notSupported(`${at}.pathType`, type, PATH_TYPES);
  checkBackend(problems, `${at}.backend`, mapOf(item, "backend"));
}

function checkHost(problems: Problems, field: string, host: string): void {
  if (host.includes("*")) problems.invalidEach(field, host, wildcardDomain(host));
  else problems.invalidEach(field, host, subdomain(host, false));
}

export function validateIngress(problems: Problems, ingress: JsonObject): void {
  const spec = mapOf(ingress, "spec");
  const backend = mapOf(spec, "defaultBackend");
  if (listOf(spec, "rules").length === 0 && !backend) {
    problems.invalid("spec", null, "either `defaultBackend` or `rules` must be specified");
  }
  if (backend) checkBackend(problems, "spec.defaultBackend", backend);
  for (const { item: rule, at } of each(spec, "rules", "spec")) {
    const host = textOf(rule, "host");
    if (isIpv4(host) || isIpv6(host)) {
      problems.invalid(`${at}.host`, host, "must be a DNS name, not an IP address");
    }
    if (host !== "") checkHost(problems, `${at}.host`, host);
    const http = mapOf(rule, "http");
    if (http && listOf(http, "paths").length === 0) problems.required(`${at}.http.paths`);
    for (const { item, at: place } of each(http, "paths", `${at}.http`)) {
      checkPath(problems, place, item);
    }
  }
  for (const { item: tls, at } of each(spec, "tls", "spec")) {
    for (const { item: host, at: place } of eachText(tls, "hosts", at)) checkHost(problems, place, host);
    const secret = textOf(tls, "secretName");
    if (secret !== "") problems.invalidEach(`${at}.secretName`, secret, subdomain(secret, false));
  }
  const name = spec?.ingressClassName;
  if (typeof name === "string") problems.invalidEach("spec.ingressClassName", name, subdomain(name, false));
}

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

export function validateNewIngress(problems: Problems, ingress: JsonObject): void {
  const annotation = mapOf(metaOf(ingress), "annotations")?.[CLASS_ANNOTATION];
  const name = mapOf(ingress, "spec")?.ingressClassName;
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    const detail = "must match `ingressClassName` when both are specified";
    problems.invalid(`annotations.${CLASS_ANNOTATION}`, annotation, detail);
  }
  validateIngress(problems, ingress);
}

function checkController(problems: Problems, controller: string): void {
  const field = "spec.controller";
  if (controller.length > 250) problems.tooLong(field, 250);
  if (controller === "") return problems.required(field);
  const [domain = "", ...rest] = controller.split("/");
  if (rest.length === 0 || domain === "" || rest.join("/") === "") {
    return problems.invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")');
  }
  problems.invalidEach(field, domain, subdomain(domain, false));
}

export function validateIngressClass(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec");
  checkController(problems, textOf(spec, "controller"));
  const parameters = mapOf(spec, "parameters");
  if (!parameters) return;
  const at = "spec.parameters";
  const group = parameters.apiGroup;
  if (typeof group === "string") problems.invalidEach(`${at}.apiGroup`, group, subdomain(group, false));
  for (const field of ["kind", "name"]) {
    const value = textOf(parameters, field);
    if (value === "") problems.required(`${at}.${field}`);
    else problems.invalidEach(`${at}.${field}`, value, pathSegment(value, false));
  }
  const scope = parameters.scope;
  if (scope !== undefined) problems.oneOf(`${at}.scope`, scope, ["Cluster", "Namespace"]);
  const namespace = parameters.namespace;
  if (scope === "Namespace" && textOf(parameters, "namespace") === "") {
    problems.required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'");
  } else if (scope === "Cluster" && namespace !== undefined) {
    problems.forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'");
  }
}

export function validateIngressClassUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  checkImmutable(problems, "spec.controller", [
    { controller: "", ...mapOf(object, "spec") },
    mapOf(old, "spec"),
  ]);
}

function checkPolicyPort(problems: Problems, at: string, item: JsonObject): void {
  if (item.protocol !== undefined) problems.oneOf(`${at}.protocol`, item.protocol, ["TCP", "UDP", "SCTP"]);
  const { port, endPort: end } = item;
  if (typeof port === "number") {
    problems.invalidEach(`${at}.port`, port, portNumber(port));
    if (typeof end !== "number") return;
    if (end < port) problems.invalid(`${at}.endPort`, port, "must be greater than or equal to `port`");
    problems.invalidEach(`${at}.endPort`, end, portNumber(end));
  } else if (typeof port === "string") {
    if (end !== undefined) {
      problems.invalid(`${at}.endPort`, end, "may not be specified when `port` is non-numeric");
    }
    problems.invalidEach(`${at}.port`, port, portName(port));
  } else if (end !== undefined) {
    problems.invalid(`${at}.endPort`, end, "may not be specified when `port` is not specified");
  }
}

function checkBlock(problems: Problems, at: string, block: JsonObject): void {
  const range = textOf(block, "cidr");
  if (range === "") return problems.required(`${at}.cidr`);
  const bad = cidr(range);
  problems.invalidEach(`${at}.cidr`, range, bad);
  if (bad.length > 0) return;
  for (const { item, at: place } of eachText(block, "except", at)) {
    const problem = cidr(item);
    problems.invalidEach(place, item, problem);
    if (problem.length === 0 && !isInside(item, range)) {
      problems.invalid(place, item, "must be a strict subset of `cidr`");
    }
  }
}

function checkPeer(problems: Problems, at: string, peer: JsonObject): void {
  const selectors = ["podSelector", "namespaceSelector"].filter((field) => mapOf(peer, field));
  for (const field of selectors) checkSelector(problems, `${at}.${field}`, mapOf(peer, field));
  const block = mapOf(peer, "ipBlock");
  if (block) checkBlock(problems, `${at}.ipBlock`, block);
  if (selectors.length === 0 && !block) problems.required(at, "must specify a peer");
  else if (selectors.length > 0 && block) {
    problems.forbidden(at, "may not specify both ipBlock and another peer");
  }
}

export function validateNetworkPolicy(problems: Problems, policy: JsonObject): void {
  const spec = mapOf(policy, "spec");
  checkSelector(problems, "spec.podSelector", mapOf(spec, "podSelector"));
  for (const [direction, peers] of [["ingress", "from"], ["egress", "to"]]) {
    for (const { item: rule, at } of each(spec, direction!, "spec")) {
      for (const { item, at: place } of each(rule, "ports", at)) checkPolicyPort(problems, place, item);
      for (const { item, at: place } of each(rule, peers!, at)) checkPeer(problems, place, item);
    }
  }
  const types = textsOf(spec, "policyTypes");
  if (types.length > 2) {
    return problems.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
  }
  for (const [index, type] of types.entries()) {
    problems.oneOf(`spec.policyTypes[${index}]`, type, ["Ingress", "Egress"]);
  }
}
