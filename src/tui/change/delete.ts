/** `ctrl-d`: the dialog that deletes the object under the cursor, or every marked one. */
import { deleteObject, type DeleteOptions } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import { objectsCommand } from "../command_line.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import type { FormValues } from "../widgets/mod.ts";
import { type ChangeResult, runChange } from "./change_form.ts";

const MOST_NAMES = 8;

export async function deleteObjects(
  host: PaneHost,
  objects: readonly TargetObject[],
): Promise<ChangeResult | null> {
  const [first] = objects;
  if (first === undefined) return null;
  const what = objects.length === 1
    ? `${first.resource.kind} ${first.name}`
    : `${objects.length} ${first.resource.plural}`;
  return await runChange(host, {
    title: `Delete ${what}`,
    lines: linesOf(objects),
    fields: [
      {
        type: "choice",
        id: "propagation",
        label: "dependents",
        options: ["Background", "Foreground", "Orphan"],
      },
      {
        type: "choice",
        id: "grace",
        label: "grace period",
        options: ["the object's own", "1 s (now)", "0 s (force)"],
      },
    ],
    changes: (values) => objects.map((object) => deletion(host, object, optionsOf(values))),
    command: (values) => objectsCommand(`delete${flagsOf(values)}`, objects, { context: host.namedContext }),
    label: "Delete",
    done: "deleted",
    destroys: true,
    name: objects.length === 1 ? first.name : String(objects.length),
  });
}

function linesOf(objects: readonly TargetObject[]): readonly string[] {
  const named = objects.slice(0, MOST_NAMES).map(({ namespace, name }) =>
    namespace === "" ? name : `${name} in ${namespace}`
  );
  const more = objects.length - named.length;
  return [...named, ...(more > 0 ? [`… and ${more} more`] : [])];
}

function optionsOf({ propagation, grace }: FormValues): DeleteOptions {
  const seconds = /^\d+/.exec(grace ?? "")?.[0];
  return {
    propagation: propagation as DeleteOptions["propagation"],
    ...(seconds === undefined ? {} : { graceSeconds: Number(seconds) }),
  };
}

function flagsOf({ propagation = "Background", grace }: FormValues): string {
  const cascade = propagation === "Background" ? "" : ` --cascade=${propagation.toLowerCase()}`;
  const seconds = /^\d+/.exec(grace ?? "")?.[0];
  return cascade + (seconds === "0" ? " --force" : seconds === "1" ? " --now" : "");
}

function deletion(host: PaneHost, object: TargetObject, options: DeleteOptions): Change {
  return {
    verb: "delete",
    target: object,
    fieldManager: "orka",
    async send({ dryRun, signal }) {
      const { engine } = host;
      if (engine === null) throw new OrkaError("unreachable", "there is no connection");
      // The very object that was looked at: one made anew under its name meanwhile stays.
      const only = object.uid ? { uid: object.uid } : {};
      await deleteObject(engine.client, object, { ...options, ...only, dryRun, signal });
      return null;
    },
  };
}
