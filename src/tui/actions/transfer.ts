/** `t` on a pod or a container: files copied out of it, or into it, behind the panes. */
import { askForm } from "../ask_form.ts";
import type { Pane, PaneHost, TargetObject } from "../pane.ts";
import { readObject } from "../panes/object_jumps.ts";
import { defaultContainer } from "../panes/pod_containers.ts";
import { CANCEL, countText } from "../widgets/mod.ts";

const FROM = "from the pod";
const TO = "to the pod";

export async function transfer(host: PaneHost, objects: readonly TargetObject[], pane: Pane): Promise<void> {
  const [ref] = objects;
  const pod = ref === undefined ? null : await readObject(host.engine, ref);
  if (ref === undefined || pod === null) return host.notify("No connection", "warn");
  const container = pane.containers?.[0] ?? defaultContainer(pod);
  const isPath = (text: string) => text.trim() === "" ? "A file or a directory" : "";
  const answer = await askForm(host, {
    title: `Copy files, ${ref.name}/${container}`,
    lines: [`Here: ${Deno.cwd()}. tar runs in the container.`],
    fields: [
      { type: "choice", id: "way", label: "copy", options: [FROM, TO] },
      { type: "text", id: "remote", label: "path in the pod", value: "/tmp/", check: isPath },
      { type: "text", id: "local", label: "path here", value: ".", check: isPath },
    ],
    answers: [{ id: "copy", label: "Copy" }, { id: CANCEL, label: "Cancel" }],
  });
  if (answer === null) return;
  const { way, remote = "", local = "" } = answer.values;
  await copy(host, { ref, container, remote, local, isOut: way === FROM });
}

interface Wanted {
  readonly ref: TargetObject;
  readonly container: string;
  readonly remote: string;
  readonly local: string;
  /** Out of the pod. */
  readonly isOut: boolean;
}

/** The session goes on meanwhile; what came of it is said wherever the person is. */
async function copy(host: PaneHost, { ref, container, remote, local, isOut }: Wanted): Promise<void> {
  const { engine, lifetime: signal, clock } = host;
  if (engine === null) return host.notify("No connection", "warn");
  const ops = await host.ops();
  const place = { namespace: ref.namespace, pod: ref.name, container, preserve: true };
  const warnings: string[] = [];
  const options = { signal, clock, onWarning: (message: string) => void warnings.push(message) };
  host.notify(`Copying ${isOut ? remote : local} …`, "info");
  const { files, bytes } = isOut
    ? await ops.copyFromPod(engine.client, { ...place, from: remote, to: local }, options)
    : await ops.copyToPod(engine.client, { ...place, from: local, to: remote }, options);
  const left = warnings.length === 0 ? "" : `; left out: ${warnings[0]}`;
  const count = files === 1 ? "1 file" : `${countText(files)} files`;
  const text = `Copied ${count} (${countText(bytes)} bytes) to ${isOut ? local : remote}${left}`;
  host.notify(text, warnings.length === 0 ? "ok" : "warn");
}
