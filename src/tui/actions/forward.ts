/** `shift-f`: the dialog that forwards a port, with the ports that the object names; `f`: what is forwarded. */
import { groupResource, type KubeObject } from "../../kube/mod.ts";
import type { ForwardSpec } from "../../ops/mod.ts";
import { askForm } from "../ask_form.ts";
import type { ForwardProfile } from "../forwards.ts";
import type { Pane, PaneHost, TargetObject } from "../pane.ts";
import { ForwardsPane } from "../panes/forwards.ts";
import { readObject } from "../panes/object_jumps.ts";
import { podContainers, portsText } from "../panes/pod_containers.ts";
import { CANCEL, type FormValues } from "../widgets/mod.ts";

interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** Kubernetes forwards TCP alone. */
const isTcp = ({ protocol }: Port) => protocol === "TCP";
/** Ports below are the system's: they are offered 8000 higher (80 as 8080). */
const FIRST_FREE_PORT = 1024;
const HIGHER = 8000;

export async function forwardPort(
  host: PaneHost,
  objects: readonly TargetObject[],
  pane: Pane,
): Promise<void> {
  const [object] = objects;
  const live = object === undefined ? null : await readObject(host.engine, object);
  if (object === undefined || live === null) return host.notify("No connection", "warn");
  const ports = portsOf(live, object, pane.containers?.[0]).filter(isTcp);
  const title = titleOf(object);
  const [first] = ports;
  const answer = await askForm(host, {
    title: `Forward a port of ${title}`,
    lines: [
      ports.length === 0
        ? "It names no ports: any that it listens on will do."
        : `Ports: ${portsText(ports)}`,
    ],
    fields: [
      {
        type: "text",
        id: "remote",
        label: "its port",
        value: first === undefined ? "" : String(first.port),
        check: checkRemote,
      },
      {
        type: "text",
        id: "local",
        label: "local port",
        value: first === undefined ? "" : String(localFor(first.port)),
        check: checkLocal,
      },
      {
        type: "text",
        id: "address",
        label: "on address",
        value: "localhost",
        check: (text) => text === "" ? "An address of this machine" : "",
      },
      { type: "choice", id: "keep", label: "keep for later", options: ["no", "yes"] },
    ],
    answers: [{ id: "forward", label: "Forward" }, { id: CANCEL, label: "Cancel" }],
  });
  if (answer === null) return;
  await start(host, { title, spec: specOf(object, answer.values) }, answer.values["keep"] === "yes");
}

async function start(host: PaneHost, profile: ForwardProfile, keep: boolean): Promise<void> {
  const { id, ports, isKept } = await host.forwards.start(profile);
  if (keep && !isKept) await host.forwards.keep(id);
  const [port] = ports;
  const where = port === undefined ? "" : ` on localhost:${port.local}`;
  host.notify(`Forwarding ${profile.title}${where}: f or :pf shows it`, "ok");
}

export function showForwards(host: PaneHost): void {
  host.openPane(new ForwardsPane(host, host.forwards));
}

function titleOf({ resource, name }: TargetObject): string {
  return `${resource.kind.toLowerCase()}/${name}`;
}

function specOf({ resource, namespace, name }: TargetObject, values: FormValues): ForwardSpec {
  const { remote = "", local = "", address = "localhost" } = values;
  const kind = groupResource(resource);
  const target = kind === "pods"
    ? { type: "pod", name } as const
    : kind === "services"
    ? { type: "service", name } as const
    : { type: "workload", resource, name } as const;
  const port = {
    local: local === "" ? 0 : Number(local),
    remote: /^\d+$/.test(remote) ? Number(remote) : remote,
  };
  return { namespace, target, ports: [port], ...(address === "localhost" ? {} : { addresses: [address] }) };
}

function portsOf(
  live: KubeObject,
  { resource }: TargetObject,
  container: string | undefined,
): readonly Port[] {
  const spec = (live["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  if (groupResource(resource) === "services") {
    const ports = (spec["ports"] ?? []) as readonly Partial<Port>[];
    return ports.map(({ name = "", port = 0, protocol = "TCP" }) => ({ name, port, protocol }));
  }
  const template = spec["template"] as KubeObject | undefined;
  const pod = template === undefined ? live : { ...live, spec: template["spec"] };
  const all = podContainers(pod).filter(({ name }) => container === undefined || name === container);
  return all.flatMap(({ ports }) => ports);
}

function localFor(port: number): number {
  return port < FIRST_FREE_PORT ? port + HIGHER : port;
}

function checkRemote(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) && !/^\d+$/.test(text)) return "";
  return isPort(text) ? "" : "A port, 1 to 65535, or its name";
}

function checkLocal(text: string): string {
  return text === "" || text === "0" || isPort(text) ? "" : "A port, 1 to 65535; empty for any that is free";
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
