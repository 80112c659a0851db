/** Services, ingresses, ingress classes, service address ranges and addresses. */
import type { Context } from "./context.ts";
import type { CellInput, Page } from "./document.ts";
import { endpointsText, readSlices } from "./endpoints.ts";
import type { Tree } from "./tree.ts";
import { annotations, head, inlinePairs, link, pairs, transitionConditions } from "./values.ts";

export async function describeService(page: Page, service: Tree, context: Context): Promise<void> {
  const spec = service.at("spec");
  const namespace = service.at("metadata.namespace").text;
  head(page, service);
  page.field("Selector", inlinePairs(spec.at("selector")));
  page.field("Type", spec.at("type").text);
  if (spec.at("ipFamilyPolicy").exists) page.field("IP Family Policy", spec.at("ipFamilyPolicy").text);
  page.field("IP Families", spec.at("ipFamilies").texts.join(",") || "<none>");
  page.field("IP", spec.at("clusterIP").text);
  page.field("IPs", spec.at("clusterIPs").texts.join(",") || "<none>");
  given(page, "External IPs", spec.at("externalIPs").texts.join(","));
  given(page, "Desired LoadBalancer IP", spec.at("loadBalancerIP").text);
  given(page, "External Name", spec.at("externalName").text);
  given(
    page,
    "LoadBalancer Ingress",
    service.at("status.loadBalancer.ingress").list.map(ingressText).join(", "),
  );
  const slices = await readSlices(namespace, service.at("metadata.name").text, context);
  for (const port of spec.at("ports").list) {
    servicePort(page, port);
    if (slices.ok) page.field("Endpoints", endpointsText(slices.value, port.at("name").text));
    else page.problem("Endpoints", slices.problem);
  }
  page.field("Session Affinity", spec.at("sessionAffinity").text);
  given(page, "External Traffic Policy", spec.at("externalTrafficPolicy").text);
  given(page, "Internal Traffic Policy", spec.at("internalTrafficPolicy").text);
  given(page, "HealthCheck NodePort", spec.at("healthCheckNodePort").text);
  given(page, "LoadBalancer Source Ranges", spec.at("loadBalancerSourceRanges").texts.join(","));
  given(page, "Traffic Distribution", spec.at("trafficDistribution").text);
}

function given(page: Page, label: string, text: string): void {
  if (text !== "") page.field(label, text);
}

function ingressText(ingress: Tree): string {
  const ip = ingress.at("ip").text;
  if (ip === "") return ingress.at("hostname").text;
  const mode = ingress.at("ipMode").text;
  return mode === "" ? ip : `${ip} (${mode})`;
}

function servicePort(page: Page, port: Tree): void {
  const name = port.at("name").or("<unset>");
  const protocol = port.at("protocol").text;
  page.line("field", ["Port:", name, `${port.at("port").text}/${protocol}`], 0);
  page.field("TargetPort", `${port.at("targetPort").text}/${protocol}`);
  given(page, "AppProtocol", port.at("appProtocol").text);
  const nodePort = port.at("nodePort").number;
  if (nodePort !== 0) page.line("field", ["NodePort:", name, `${nodePort}/${protocol}`], 0);
}

export async function describeIngress(page: Page, ingress: Tree, context: Context): Promise<void> {
  const namespace = ingress.at("metadata.namespace").text;
  const spec = ingress.at("spec");
  page.field("Name", ingress.at("metadata.name").text);
  page.field("Labels", pairs(ingress.at("metadata.labels")));
  page.field("Namespace", namespace);
  const addresses = ingress.at("status.loadBalancer.ingress").list.map((i) =>
    i.at("ip").or(i.at("hostname").text)
  );
  page.field("Address", addresses.join(","));
  page.field("Ingress Class", spec.at("ingressClassName").or("<none>"));
  const fallback = spec.at("defaultBackend");
  const fallbackCell = fallback.exists ? await backend(fallback, namespace, context) : "<default>";
  page.field("Default backend", fallbackCell);
  tls(page, spec.at("tls").list);
  await rules(page, ingress, context, fallbackCell);
  annotations(page, "Annotations", ingress.at("metadata.annotations"));
}

function tls(page: Page, entries: readonly Tree[]): void {
  if (entries.length === 0) return;
  page.heading("TLS");
  for (const entry of entries) {
    const secret = entry.at("secretName").text;
    const hosts = entry.at("hosts").texts.join(",");
    page.text(secret === "" ? `SNI routes ${hosts}` : `${secret} terminates ${hosts}`, 2);
  }
}

async function rules(page: Page, ingress: Tree, context: Context, fallback: CellInput): Promise<void> {
  const namespace = ingress.at("metadata.namespace").text;
  const shown = ingress.at("spec.rules").list.filter((rule) => rule.at("http").exists);
  page.heading("Rules");
  page.table(["Host", "Path", "Backends"], shown.length === 0 ? [["*", "*", fallback]] : []);
  for (const rule of shown) {
    page.line("row", [rule.at("host").or("*"), ""], 2);
    for (const path of rule.at("http.paths").list) {
      page.line("row", [
        "",
        `${path.at("path").text} `,
        await backend(path.at("backend"), namespace, context),
      ], 4);
    }
  }
}

/** `web:80 (10.1.2.3:8080)`, or the resource that serves the path. */
async function backend(target: Tree, namespace: string, context: Context): Promise<CellInput> {
  const resource = target.at("resource");
  if (resource.exists) {
    const group = resource.at("apiGroup").or("<none>");
    return `APIGroup: ${group}, Kind: ${resource.at("kind").text}, Name: ${resource.at("name").text}`;
  }
  const name = target.at("service.name").text;
  if (name === "") return "";
  const port = target.at("service.port.name").or(target.at("service.port.number").text);
  const text = `${name}:${port} (${await backendAddresses(target.at("service"), namespace, context)})`;
  return link(name, { kind: "Service", namespace, text });
}

async function backendAddresses(target: Tree, namespace: string, context: Context): Promise<string> {
  const name = target.at("name").text;
  const service = await context.get(`/api/v1/namespaces/${namespace}/services/${name}`);
  if (!service.ok) return `<error: ${service.problem}>`;
  const slices = await readSlices(namespace, name, context);
  if (!slices.ok) return `<error: ${slices.problem}>`;
  const wanted = target.at("port.name").or(target.at("port.number").text);
  const port = service.value.at("spec.ports").list.find((p) => {
    return target.at("port.name").exists ? p.at("name").text === wanted : p.at("port").text === wanted;
  });
  return endpointsText(slices.value, port?.at("name").text ?? "");
}

export function describeIngressClass(page: Page, ingressClass: Tree): void {
  head(page, ingressClass);
  page.field("Controller", ingressClass.at("spec.controller").text);
  const parameters = ingressClass.at("spec.parameters");
  if (!parameters.exists) return;
  page.heading("Parameters");
  if (parameters.at("apiGroup").exists) page.field("APIGroup", parameters.at("apiGroup").text, 2);
  page.field("Kind", parameters.at("kind").text, 2);
  page.field("Name", parameters.at("name").text, 2);
}

export function describeServiceCidr(page: Page, cidr: Tree): void {
  head(page, cidr);
  page.field("CIDRs", cidr.at("spec.cidrs").texts.join(", "));
  const conditions = cidr.at("status.conditions").list;
  if (conditions.length === 0) return;
  page.heading("Status");
  transitionConditions(page, conditions);
}

export function describeIpAddress(page: Page, address: Tree): void {
  head(page, address);
  const parent = address.at("spec.parentRef");
  if (!parent.exists) return;
  page.heading("Parent Reference");
  page.field("Group", parent.at("group").text, 2);
  page.field("Resource", parent.at("resource").text, 2);
  page.field("Namespace", parent.at("namespace").text, 2);
  page.field("Name", parent.at("name").text, 2);
}
