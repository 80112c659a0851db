/** `:undo`, and `u` in a history: the inverse of a remembered change, tried on the server, shown, and done after a yes. */
import { pathText } from "../../apply/mod.ts";
import { planUndo, type UndoPlan } from "../../change/mod.ts";
import { humanDuration } from "../../kube/mod.ts";
import type { AuditEntry } from "../../persist/mod.ts";
import type { PaneHost } from "../pane.ts";
import type { StyledLine } from "../widgets/mod.ts";
import { runChange } from "./change_form.ts";

/** Entries looked at for the newest one that can be taken back. */
const LOOKED_AT = 100;

/** `id` null: the newest change of this cluster that can be taken back. False when nothing was done. */
export async function undoChange(host: PaneHost, id: number | null): Promise<boolean> {
  const { engine } = host;
  const memory = await host.memory();
  if (engine === null || memory === null) {
    host.notify(
      engine === null ? "No connection: nothing can be undone" : "Nothing is remembered here",
      "warn",
    );
    return false;
  }
  const cluster = engine.target.server;
  const entry = id === null
    ? memory.audit.list({ cluster, limit: LOOKED_AT }).find(({ undoneBy, inverse, undoes }) =>
      undoneBy === null && inverse !== null && undoes === null
    )
    : memory.audit.list({ cluster, limit: 1, beforeId: id + 1 }).find((found) => found.id === id);
  if (entry === undefined) {
    host.notify(
      id === null ? "No change of this cluster to undo" : `No change ${id} of this cluster`,
      "info",
    );
    return false;
  }
  const { ref: { apiVersion, kind } } = entry;
  const resource = host.findKind(`${apiVersion}/${kind}`);
  if (resource === undefined) {
    host.notify(`The server serves no ${kind} of ${apiVersion} any more`, "warn");
    return false;
  }
  const bodies = memory.audit.bodies(entry.id);
  const plan = await planUndo({ client: engine.client, resource, entry, bodies });
  return await askToUndo(host, entry, plan);
}

async function askToUndo(
  host: PaneHost,
  entry: AuditEntry,
  { change, conflicts }: UndoPlan,
): Promise<boolean> {
  const { ref: { name, kind }, verb, user, ts, id, summary } = entry;
  const who = user === "" ? "" : ` by ${user}`;
  const { done } = await runChange(host, {
    title: `Undo the ${verb} of ${kind} ${name}`,
    lines: [
      `${verb}${who}, ${humanDuration(host.clock.now() - ts)} ago: ${summary}`,
      ...conflicts.map(({ path }): StyledLine => [
        { text: `${pathText(path)} was changed since; it is set back all the same`, token: "warn" },
      ]),
    ],
    changes: () => [change],
    command: () => `orka undo ${id} --write`,
    label: "Undo",
    done: `as before the ${verb}`,
    destroys: conflicts.length > 0 || change.verb === "delete",
    name,
  });
  return done.length > 0;
}
