/** Cells of services, ingresses, endpoint slices, policies and addresses. */
import { age, type CellWriter, firstOf, formatLabels, formatSelector, name } from "./format.ts";
import { at, type Json, listAt, mapAt, numberAt, scalarAt, textAt } from "./read.ts";

/** How many hosts, ports or endpoints a cell names. */
const SHOWN = 3;

export const NETWORK_CELLS: Readonly<Record<string, CellWriter>> = {
  "/services": (service, context) => [
    name(service),
    textAt(service, "spec.type"),
    String(listAt(service, "spec.clusterIPs")[0] ?? "<none>"),
    externalIp(service),
    listAt(service, "spec.ports").map(servicePort).join(",") || "<none>",
    age(service, context),
    formatLabels(mapAt(service, "spec.selector")),
  ],
  "networking.k8s.io/ingresses": (ingress, context) => [
    name(ingress),
    textAt(ingress, "spec.ingressClassName", "<none>"),
    hosts(listAt(ingress, "spec.rules")),
    loadBalancer(ingress),
    listAt(ingress, "spec.tls").length > 0 ? "80, 443" : "80",
    age(ingress, context),
  ],
  "networking.k8s.io/ingressclasses": (object, context) => [
    isDefault(object, "ingressclass.kubernetes.io/is-default-class")
      ? `${name(object)} (default)`
      : name(object),
    textAt(object, "spec.controller"),
    parameters(object),
    age(object, context),
  ],
  "networking.k8s.io/networkpolicies": (object, context) => [
    name(object),
    formatSelector(at(object, "spec.podSelector")),
    age(object, context),
  ],
  "networking.k8s.io/ipaddresses": (object, context) => [name(object), parent(object), age(object, context)],
  "networking.k8s.io/servicecidrs": (object, context) => [
    name(object),
    listAt(object, "spec.cidrs").join(","),
    age(object, context),
  ],
  "discovery.k8s.io/endpointslices": (slice, context) => [
    name(slice),
    textAt(slice, "addressType"),
    firstOf(listAt(slice, "ports").map(slicePort), { most: SHOWN, empty: "<unset>" }),
    firstOf(listAt(slice, "endpoints").flatMap((endpoint) => listAt(endpoint, "addresses").map(String)), {
      most: SHOWN,
      empty: "<unset>",
    }),
    age(slice, context),
  ],
};

/** True when the annotation makes an object its kind's default. */
export function isDefault(object: Json, annotation: string): boolean {
  return mapAt(object, "metadata.annotations")[annotation] === "true";
}

function externalIp(service: Json): string {
  const external = listAt(service, "spec.externalIPs").map(String);
  switch (textAt(service, "spec.type")) {
    case "ClusterIP":
    case "NodePort":
      return external.join(",") || "<none>";
    case "LoadBalancer": {
      const balanced = loadBalancer(service);
      return [...(balanced === "" ? [] : [balanced]), ...external].join(",") || "<pending>";
    }
    case "ExternalName":
      return textAt(service, "spec.externalName");
    default:
      return "<unknown>";
  }
}

function loadBalancer(object: Json): string {
  const found = listAt(object, "status.loadBalancer.ingress")
    .map((ingress) => textAt(ingress, "ip", textAt(ingress, "hostname")));
  return [...new Set(found.filter((address) => address !== ""))].sort().join(",");
}

function servicePort(port: Json): string {
  const nodePort = numberAt(port, "nodePort");
  return `${numberAt(port, "port")}${nodePort > 0 ? `:${nodePort}` : ""}/${textAt(port, "protocol")}`;
}

function slicePort(port: Json): string {
  return scalarAt(port, "port", textAt(port, "name", "*"));
}

function hosts(rules: readonly Json[]): string {
  const named: string[] = [];
  for (const rule of rules) {
    if (named.length === SHOWN) return `${named.join(",")} + ${rules.length - SHOWN} more...`;
    const host = textAt(rule, "host");
    if (host !== "") named.push(host);
  }
  return named.join(",") || "*";
}

function parameters(ingressClass: Json): string {
  const found = at(ingressClass, "spec.parameters");
  if (found === undefined) return "<none>";
  const group = textAt(found, "apiGroup");
  return `${textAt(found, "kind")}${group === "" ? "" : `.${group}`}/${textAt(found, "name")}`;
}

function parent(address: Json): string {
  const found = at(address, "spec.parentRef");
  if (found === undefined) return "<none>";
  const group = textAt(found, "group"), namespace = textAt(found, "namespace");
  const resource = `${textAt(found, "resource")}${group === "" ? "" : `.${group}`}`.toLowerCase();
  return [resource, ...(namespace === "" ? [] : [namespace]), textAt(found, "name")].join("/");
}
