/** `s` and `a` on a pod or a container: a shell in it, or its own process; the whole terminal, or a pane. */
import type { KubeObject } from "../../kube/mod.ts";
import { objectCommand } from "../command_line.ts";
import type { Pane, PaneHost, TargetObject } from "../pane.ts";
import { readObject } from "../panes/object_jumps.ts";
import { defaultContainer, podContainers } from "../panes/pod_containers.ts";
import { handOver } from "./hand_over.ts";
import { pickContainer } from "./pick_container.ts";
import type { RemoteProgram } from "./remote_terminal.ts";

type Objects = readonly TargetObject[];

export async function openShell(host: PaneHost, objects: Objects, pane: Pane): Promise<void> {
  await open(host, { objects, pane, verb: "shell", inPane: false });
}

export async function openShellPane(host: PaneHost, objects: Objects, pane: Pane): Promise<void> {
  await open(host, { objects, pane, verb: "shell", inPane: true });
}

export async function openAttach(host: PaneHost, objects: Objects, pane: Pane): Promise<void> {
  await open(host, { objects, pane, verb: "attach", inPane: false });
}

interface Wanted {
  readonly objects: Objects;
  readonly pane: Pane;
  readonly verb: RemoteProgram["type"];
  readonly inPane: boolean;
}

async function open(host: PaneHost, { objects, pane, verb, inPane }: Wanted): Promise<void> {
  const [ref] = objects;
  const pod = ref === undefined ? null : await readObject(host.engine, ref);
  if (ref === undefined || pod === null) return host.notify("No connection", "warn");
  if (objects.length > 1) host.notify(`A shell is in one pod: ${ref.name}`, "info");
  const container = pane.containers?.[0] ?? await chosen(host, pod, verb);
  if (container === null) return;
  const why = whyNot(pod, container);
  if (why !== "") return host.notify(why, "warn");
  const program = programOf(pod, { verb, container });
  const place = { namespace: ref.namespace, pod: ref.name, container };
  const { passThrough } = host;
  if (!inPane && passThrough !== undefined) return await handOver(host, passThrough, { place, program });
  const { ShellPane } = await import("../panes/shell.ts");
  host.repaint();
  const words = verb === "shell" ? "exec -it -c" : "attach -it -c";
  const command = objectCommand(`${words} ${container}`, ref, { context: host.namedContext }) +
    (verb === "shell" ? " --write -- sh" : " --write");
  host.openPane(new ShellPane(host, { place, program, command, beside: pane }));
}

/** With several containers that run the person says which; null: they gave up. */
async function chosen(host: PaneHost, pod: KubeObject, verb: string): Promise<string | null> {
  const running = podContainers(pod).filter(({ isRunning }) => isRunning).map(({ name }) => name);
  if (running.length < 2) return running[0] ?? defaultContainer(pod);
  const title = verb === "shell" ? "Shell in which container?" : "Attach to which container?";
  return await pickContainer(host, { title, names: running, first: defaultContainer(pod) });
}

function whyNot(pod: KubeObject, name: string): string {
  const container = podContainers(pod).find((one) => one.name === name);
  if (container === undefined) return `Pod "${pod.metadata.name}" has no container "${name}"`;
  // where nothing is known of it yet the server says
  if (container.isRunning || container.state === "") return "";
  return `Container "${name}" does not run: ${container.state}`;
}

function programOf(pod: KubeObject, { verb, container }: { verb: string; container: string }): RemoteProgram {
  if (verb === "shell") return { type: "shell" };
  const spec = pod["spec"] as { containers?: readonly { name: string; stdin?: boolean; tty?: boolean }[] };
  const { stdin = false, tty = false } = spec.containers?.find(({ name }) => name === container) ?? {};
  return { type: "attach", stdin, tty };
}
