/** Containers of a pod or a pod template: image, ports, command, state, resources, probes, environment, mounts. */
import { milliValue, parseQuantity } from "../kube/mod.ts";
import { type CellInput, none, orNone, type Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { bool, fullTime, goList, goQuote, link } from "./values.ts";

export interface ContainersOptions {
  /** Spaces before the section's label: 0 in a pod, 2 in a template. */
  readonly indent: number;
  readonly namespace: string;
  /** Container statuses of a running pod. */
  readonly statuses?: readonly Tree[];
  /** The pod that field references in the environment read from. */
  readonly pod?: Tree;
}

export function describeContainers(
  page: Page,
  label: string,
  containers: readonly Tree[],
  options: ContainersOptions,
): void {
  if (containers.length === 0) return page.text(`${label}: <none>`, options.indent);
  page.heading(label, options.indent);
  for (const container of containers) {
    const name = container.at("name").text;
    const status = options.statuses?.find((s) => s.at("name").text === name);
    page.heading(name, options.indent === 0 ? 2 : 3);
    basics(page, container, status);
    words(page, "Command", container.at("command"));
    words(page, "Args", container.at("args"));
    if (status) states(page, status);
    describeResources(page, container.at("resources"), 4);
    probes(page, container);
    environmentFrom(page, container, options.namespace);
    environment(page, container, options);
    mounts(page, container);
  }
}

function basics(page: Page, container: Tree, status: Tree | undefined): void {
  if (status) page.field("Container ID", status.at("containerID").text, 4);
  page.field("Image", container.at("image").text, 4);
  if (status) page.field("Image ID", status.at("imageID").text, 4);
  const ports = container.at("ports").list;
  const many = ports.length > 1 ? "s" : "";
  page.field(`Port${many}`, orNone(ports.map((p) => portText(p, "containerPort")).join(", ")), 4);
  page.field(`Host Port${many}`, orNone(ports.map((p) => portText(p, "hostPort")).join(", ")), 4);
  const profile = container.at("securityContext.seccompProfile");
  if (!profile.exists) return;
  page.field("SeccompProfile", profile.at("type").text, 4);
  if (profile.at("type").text === "Localhost") {
    page.field("LocalhostProfile", profile.at("localhostProfile").text, 6);
  }
}

function portText(port: Tree, field: string): string {
  const text = `${port.at(field).number}/${port.at("protocol").or("TCP")}`;
  const name = port.at("name").text;
  return name === "" ? text : `${text} (${name})`;
}

/** One line a word; words of several lines take several. */
function words(page: Page, label: string, list: Tree): void {
  if (list.list.length === 0) return;
  page.heading(label, 4);
  for (const word of list.texts) for (const line of word.split("\n")) page.text(line, 6);
}

function states(page: Page, status: Tree): void {
  state(page, "State", status.at("state"));
  if (status.at("lastState.terminated").exists) state(page, "Last State", status.at("lastState"));
  const ready = status.at("ready").isTrue;
  page.field("Ready", { text: bool(ready), tone: ready ? "good" : "warn" }, 4);
  const restarts = status.at("restartCount").number;
  page.field("Restart Count", { text: String(restarts), tone: restarts > 0 ? "warn" : "plain" }, 4);
}

function state(page: Page, label: string, container: Tree): void {
  const running = container.at("running");
  const terminated = container.at("terminated");
  if (running.exists) {
    page.field(label, { text: "Running", tone: "good" }, 4);
    page.field("Started", fullTime(running.at("startedAt").text), 6);
  } else if (terminated.exists) {
    const code = terminated.at("exitCode").number;
    page.field(label, { text: "Terminated", tone: code === 0 ? "plain" : "bad" }, 4);
    optional(page, "Reason", terminated.at("reason").text);
    optional(page, "Message", terminated.at("message").text);
    page.field("Exit Code", { text: String(code), tone: code === 0 ? "plain" : "bad" }, 6);
    if (terminated.at("signal").number > 0) page.field("Signal", terminated.at("signal").number, 6);
    page.field("Started", fullTime(terminated.at("startedAt").text), 6);
    page.field("Finished", fullTime(terminated.at("finishedAt").text), 6);
  } else {
    page.field(label, { text: "Waiting", tone: "warn" }, 4);
    optional(page, "Reason", container.at("waiting.reason").text);
  }
}

function optional(page: Page, label: string, text: string): void {
  if (text === "") return;
  page.field(label, /BackOff|Err|OOM|Invalid/.test(text) ? { text, tone: "bad" } : text, 6);
}

/** Limits, then requests, sorted by the resource's name. */
export function describeResources(page: Page, resources: Tree, indent: number): void {
  for (const [label, field] of [["Limits", "limits"], ["Requests", "requests"]] as const) {
    const entries = resources.at(field).entries;
    if (entries.length > 0) page.heading(label, indent);
    for (const [name, quantity] of entries) page.field(name, quantity.text, indent + 2);
  }
}

function probes(page: Page, container: Tree): void {
  for (const label of ["Liveness", "Readiness", "Startup"]) {
    const probe = container.at(`${label.toLowerCase()}Probe`);
    if (probe.exists) page.field(label, probeText(probe), 4);
  }
}

function probeText(probe: Tree): string {
  const of = (field: string) => probe.at(field).number;
  const numbers = `delay=${of("initialDelaySeconds")}s timeout=${of("timeoutSeconds")}s period=${
    of("periodSeconds")
  }s #success=${of("successThreshold")} #failure=${of("failureThreshold")}`;
  return `${probeAction(probe)} ${numbers}`;
}

function probeAction(probe: Tree): string {
  const http = probe.at("httpGet");
  const tcp = probe.at("tcpSocket");
  const grpc = probe.at("grpc");
  if (probe.at("exec").exists) return `exec ${goList(probe.at("exec.command").texts)}`;
  if (http.exists) {
    const scheme = http.at("scheme").or("http").toLowerCase();
    const path = http.at("path").text;
    const slash = path === "" || path.startsWith("/") ? "" : "/";
    return `http-get ${scheme}://${http.at("host").text}:${http.at("port").text}${slash}${path}`;
  }
  if (tcp.exists) return `tcp-socket ${tcp.at("host").text}:${tcp.at("port").text}`;
  if (grpc.exists) return `grpc <pod>:${grpc.at("port").number} ${grpc.at("service").text}`;
  return "unknown";
}

function environmentFrom(page: Page, container: Tree, namespace: string): void {
  const sources = container.at("envFrom").list;
  if (sources.length === 0) return;
  page.heading("Environment Variables from", 4);
  for (const source of sources) {
    const [kind, ref] = source.at("configMapRef").exists
      ? ["ConfigMap", source.at("configMapRef")] as const
      : ["Secret", source.at("secretRef")] as const;
    const prefix = source.at("prefix").text;
    const from = prefix === "" ? kind : `${kind} with prefix '${prefix}'`;
    const optional = `Optional: ${ref.at("optional").isTrue}`;
    page.line("field", [link(ref.at("name").text, { kind, namespace }), from, optional], 6);
  }
}

function environment(page: Page, container: Tree, options: ContainersOptions): void {
  const variables = container.at("env").list;
  if (variables.length === 0) return page.field("Environment", none(), 4);
  page.heading("Environment", 4);
  for (const variable of variables) {
    const name = variable.at("name").text;
    if (!variable.at("valueFrom").exists) {
      const [first = "", ...rest] = variable.at("value").text.split("\n");
      page.field(name, first, 6);
      for (const line of rest) page.line("more", ["", line], 6);
    } else referencedVariable(page, variable, container, options);
  }
}

function referencedVariable(page: Page, variable: Tree, container: Tree, options: ContainersOptions): void {
  const label = `${variable.at("name").text}:`;
  const from = variable.at("valueFrom");
  const field = from.at("fieldRef");
  const resource = from.at("resourceFieldRef");
  if (field.exists) {
    const path = field.at("fieldPath").text;
    const text = `${podField(options.pod, path)} (${field.at("apiVersion").text}:${path})`;
    return page.line("field", [label, text], 6);
  }
  if (resource.exists) {
    return page.line("field", [
      label,
      `${resourceValue(resource, container)} (${resource.at("resource").text})`,
    ], 6);
  }
  for (
    const [key, kind, said] of [["secretKeyRef", "Secret", "in secret"], [
      "configMapKeyRef",
      "ConfigMap",
      "of config map",
    ]]
  ) {
    const ref = from.at(key!);
    if (!ref.exists) continue;
    const name = ref.at("name").text;
    const text = `<set to the key '${ref.at("key").text}' ${said} '${name}'>`;
    const value: CellInput = link(name, { kind: kind!, namespace: options.namespace, text });
    page.line("field", [label, value, `Optional: ${ref.at("optional").isTrue}`], 6);
  }
}

/** The few pod fields that kubectl resolves. */
function podField(pod: Tree | undefined, path: string): string {
  if (!pod) return "";
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return pod.at(`metadata.${keyed[1]}`).key(keyed[2]!).text;
  return /^metadata\.(name|namespace|uid)$/.test(path) ? pod.at(path).text : "";
}

/** What `limits.cpu` and the like give a container: whole divisors, rounded up. */
function resourceValue(reference: Tree, container: Tree): string {
  const path = reference.at("resource").text;
  const [list = "", ...rest] = path.split(".");
  const quantity = parseQuantity(container.at(`resources.${list}`).key(rest.join(".")).or("0"));
  const divisor = parseQuantity(reference.at("divisor").or("1"));
  if (!quantity || !divisor) return "";
  const unit = milliValue(divisor) || 1000;
  const value = String(Math.ceil(milliValue(quantity) / unit));
  return value === "0" && list === "limits" ? "node allocatable" : value;
}

function mounts(page: Page, container: Tree): void {
  const list = sortedBy(container.at("volumeMounts").list, "mountPath");
  if (list.length === 0) page.field("Mounts", none(), 4);
  else page.heading("Mounts", 4);
  for (const mount of list) {
    const flags = [mount.at("readOnly").isTrue ? "ro" : "rw"];
    if (mount.at("subPath").text !== "") flags.push(`path=${goQuote(mount.at("subPath").text)}`);
    page.text(`${mount.at("mountPath").text} from ${mount.at("name").text} (${flags.join(",")})`, 6);
  }
  const devices = sortedBy(container.at("volumeDevices").list, "devicePath");
  if (devices.length > 0) page.heading("Devices", 4);
  for (const device of devices) {
    page.text(`${device.at("devicePath").text} from ${device.at("name").text}`, 6);
  }
}

export function sortedBy(list: readonly Tree[], field: string): Tree[] {
  return [...list].sort((a, b) => {
    const [x, y] = [a.at(field).text, b.at(field).text];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}
