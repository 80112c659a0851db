/** `ctrl-k`: pods deleted at once, without the time that they were given to end. */
import { deleteObject } from "../../apply/mod.ts";
import { runChange } from "../change/change_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { namesOf, nameToType, objectsText, opsCommand } from "./ops_command.ts";
import { clientOf } from "./workloads.ts";

export async function kill(host: PaneHost, objects: readonly TargetObject[]): Promise<void> {
  await runChange(host, {
    title: `Kill ${objectsText(objects)}`,
    lines: [
      ...namesOf(objects),
      "Deleted at once: the node is not waited for, processes may go on there for a while.",
    ],
    changes: () =>
      objects.map((object) => ({
        verb: "delete",
        target: object,
        fieldManager: "orka",
        async send({ dryRun, signal }) {
          // the very pod that was looked at: one made anew under its name meanwhile stays
          const only = object.uid === undefined ? {} : { uid: object.uid };
          await deleteObject(clientOf(host), object, { graceSeconds: 0, ...only, dryRun, signal });
          return null;
        },
      })),
    command: () => opsCommand(host, "delete", { objects, flags: ["--grace-period=0", "--force"] }),
    label: "Kill",
    done: "killed",
    destroys: true,
    name: nameToType(objects),
  });
}
