/** Endpoint slices: their own description, and the addresses behind a service's port. */
import type { Answer, Context } from "./context.ts";
import { none, type Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { head } from "./values.ts";

/** Addresses shown of a port; the rest is a count. */
const SHOWN = 3;

/** The endpoint slices of a service. */
export function readSlices(namespace: string, service: string, context: Context): Promise<Answer<Tree[]>> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  return context.list(path, { labelSelector: `kubernetes.io/service-name=${service}` });
}

/** The ready addresses of the port of that name: `10.1.2.3:8080,10.1.2.4:8080 + 5 more...`. */
export function endpointsText(slices: readonly Tree[], portName: string): string {
  if (slices.length === 0) return "<none>";
  const addresses: string[] = [];
  for (const slice of slices) {
    const ports = slice.at("ports").list;
    const endpoints = slice.at("endpoints").list;
    if (ports.length === 0) addresses.push(...endpoints.map((e) => e.at("addresses").texts[0] ?? ""));
    for (const port of ports.filter((p) => p.at("name").text === portName)) {
      for (const endpoint of endpoints) {
        if (endpoint.at("conditions.ready").value === false) continue;
        addresses.push(joinHostPort(endpoint.at("addresses").texts[0] ?? "", port.at("port").text));
      }
    }
  }
  const shown = addresses.slice(0, SHOWN).join(",");
  return addresses.length > SHOWN ? `${shown} + ${addresses.length - SHOWN} more...` : shown;
}

function joinHostPort(host: string, port: string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function describeEndpointSlice(page: Page, slice: Tree): void {
  head(page, slice);
  page.field("AddressType", slice.at("addressType").text);
  const ports = slice.at("ports").list;
  if (ports.length === 0) page.text("Ports: <unset>");
  else {
    page.heading("Ports");
    const row = (p: Tree) => [p.at("name").or("<unset>"), p.at("port").or("<unset>"), p.at("protocol").text];
    page.table(["Name", "Port", "Protocol"], ports.map(row));
  }
  const endpoints = slice.at("endpoints").list;
  if (endpoints.length === 0) return page.text("Endpoints: <none>");
  page.heading("Endpoints");
  for (const endpoint of endpoints) describeEndpoint(page, endpoint, slice.at("metadata.namespace").text);
}

function describeEndpoint(page: Page, endpoint: Tree, namespace: string): void {
  page.field("- Addresses", endpoint.at("addresses").texts.join(", ") || none(), 2);
  page.heading("Conditions", 4);
  const ready = endpoint.at("conditions.ready");
  page.field("Ready", { text: ready.or("<unset>"), tone: ready.isTrue ? "good" : "warn" }, 6);
  page.field("Hostname", endpoint.at("hostname").or("<unset>"), 4);
  const target = endpoint.at("targetRef");
  if (target.exists) {
    const { kind = "", name = "" } = target.map;
    const at = target.at("namespace").or(namespace);
    page.field("TargetRef", {
      text: `${kind}/${name}`,
      target: { apiVersion: "v1", kind, namespace: at, name },
    }, 4);
  }
  page.field("NodeName", endpoint.at("nodeName").or("<unset>"), 4);
  page.field("Zone", endpoint.at("zone").or("<unset>"), 4);
}

export function describeEndpoints(page: Page, endpoints: Tree): void {
  head(page, endpoints);
  page.heading("Subsets");
  const ips = (list: Tree) => list.list.map((a) => a.at("ip").text).join(",") || none();
  for (const subset of endpoints.at("subsets").list) {
    page.field("Addresses", ips(subset.at("addresses")), 2);
    page.field("NotReadyAddresses", ips(subset.at("notReadyAddresses")), 2);
    const ports = subset.at("ports").list;
    if (ports.length > 0) {
      page.heading("Ports", 2);
      const row = (p: Tree) => [p.at("name").or("<unset>"), p.at("port").text, p.at("protocol").text];
      page.table(["Name", "Port", "Protocol"], ports.map(row), { indent: 4 });
    }
    page.blank();
  }
}
