/** `:undo`, and `u` in a history: the inverse of a remembered change, tried on the server, shown, and done after a yes. */
import { pathText } from "../../apply/mod.ts";
import { hasWayBack, newestChange, planUndo, type UndoPlan } from "../../change/mod.ts";
import { humanDuration } from "../../kube/mod.ts";
import type { Audit, AuditEntry } from "../../persist/mod.ts";
import { contextWords } from "../command_line.ts";
import type { PaneHost } from "../pane.ts";
import type { StyledLine } from "../widgets/mod.ts";
import { messageOf, runChange } from "./change_form.ts";

/** `id` null: the newest change of this cluster that can be taken back. False when nothing was done. */
export async function undoChange(host: PaneHost, id: number | null): Promise<boolean> {
  const { engine } = host;
  if (engine === null) {
    host.notify("No connection: nothing can be undone", "warn");
    return false;
  }
  const { audit } = await host.memory();
  const cluster = engine.target.server;
  const entry = id === null ? newestChange(audit, { cluster }) : entryOf(audit, { cluster, id });
  if (entry === null) {
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
  const bodies = audit.bodies(entry.id);
  const older = id === null && !hasWayBack(entry)
    ? newestChange(audit, { cluster, canBeUndone: true })
    : null;
  const plan = await planUndo({ client: engine.client, resource, entry, bodies }).catch((error) => {
    if (older === null) throw error;
    const other = `the ${older.verb} of ${older.ref.kind} ${older.ref.name}`;
    host.notify(`${messageOf(error)}; :undo ${older.id} takes back ${other}`, "warn");
  });
  return plan !== undefined && await askToUndo(host, entry, plan);
}

/** Numbers run over all clusters: another one's is none here. */
function entryOf(audit: Audit, { cluster, id }: { cluster: string; id: number }): AuditEntry | null {
  return audit.list({ cluster, beforeId: id + 1, limit: 1 }).find((entry) => entry.id === id) ?? null;
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
    command: () => [`orka undo ${id}`, ...contextWords({ context: host.namedContext }), "--write"].join(" "),
    label: "Undo",
    done: `as before the ${verb}`,
    destroys: conflicts.length > 0 || change.verb === "delete",
    name,
  });
  return done.length > 0;
}
