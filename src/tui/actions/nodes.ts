/** Nodes: no new pods, pods again, and a drain with its plan before the question. */
import { OrkaError } from "../../base/mod.ts";
import { runChange } from "../change/change_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { drainCommand, DrainForm, drainOptions } from "./drain_form.ts";
import { namesOf, objectsText, opsCommand } from "./ops_command.ts";
import { changesOf, clientOf } from "./workloads.ts";

type Objects = readonly TargetObject[];

export async function cordon(host: PaneHost, objects: Objects): Promise<void> {
  await setCordon(host, objects, true);
}

export async function uncordon(host: PaneHost, objects: Objects): Promise<void> {
  await setCordon(host, objects, false);
}

async function setCordon(host: PaneHost, objects: Objects, on: boolean): Promise<void> {
  const ops = await host.ops();
  const label = on ? "Cordon" : "Uncordon";
  await runChange(host, {
    title: `${label} ${objectsText(objects)}`,
    lines: [
      ...namesOf(objects),
      on ? "No new pods come to it; those that run there stay." : "New pods may come to it again.",
    ],
    changes: async () => {
      const planned = await Promise.all(
        objects.map(({ name }) => ops.planCordon(clientOf(host), name, { on })),
      );
      const changes = changesOf(planned);
      if (changes.length === 0) {
        throw new OrkaError(
          "invalid",
          `${objectsText(objects)}: ${on ? "already cordoned" : "not cordoned"}`,
        );
      }
      return changes;
    },
    command: () => opsCommand(host, label.toLowerCase(), { objects }).replaceAll("nodes/", ""),
    label,
    done: on ? "cordoned" : "uncordoned",
  });
}

/** Several marked nodes are drained one after the other, each with its own question. */
export async function drain(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  for (const object of objects) {
    const form = new DrainForm(host, ops, object);
    const values = await form.ask();
    if (values === null) return;
    const { DrainPane } = await import("../panes/drain.ts");
    host.openPane(
      new DrainPane(host, {
        node: object.name,
        options: drainOptions(values),
        graceSeconds: values["grace"] === "" ? undefined : Number(values["grace"]),
        command: drainCommand(host, object, values),
      }),
    );
  }
}
