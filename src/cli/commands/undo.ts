/** `orka undo`: takes back what Orka changed on this cluster, shown and tried before it is done. */
import {
  type FieldOwner,
  fieldOwners,
  type FieldPath,
  isWithin,
  ownersOf,
  pathText,
} from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import {
  hasWayBack,
  maskOutcome,
  newestChange,
  planUndo,
  previewChange,
  type UndoPlan,
} from "../../change/mod.ts";
import { apiVersion, type Resource } from "../../kube/mod.ts";
import type { AuditEntry } from "../../persist/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { confirm } from "../change/confirm.ts";
import { diffText } from "../change/diff_printer.ts";
import { type PlannedChange, readDryRun, runChanges } from "../change/run_changes.ts";
import { targetName } from "../change/targets.ts";
import { reportFormat, reportText, timeText } from "../edit/report_output.ts";
import { note, safeLines } from "../io.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Call, FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

const LIMIT = 20;

export const command: Command = async (io, call) => {
  const { flags } = call;
  const id = readId(call);
  using session = await openChangeSession(io, flags);
  if (flags.on("list")) return await list(session, flags);
  const entry = entryToUndo(session, id);
  const resource = await resourceOf(session, entry);
  const bodies = session.memory.audit.bodies(entry.id);
  const { client } = session.cluster;
  const lists = await session.lists(resource);
  const plan = await planUndo({ client, resource, entry, bodies, lists, signal: io.signal }).catch(
    (error) => {
      throw id === null && !hasWayBack(entry) ? withOlderChange(session, error) : error;
    },
  );
  await tellConflicts(session, plan);
  const planned = { change: plan.change, name: targetName(plan.change.target), done: `${entry.verb} undone` };
  if (session.cluster.writes.isOpen && readDryRun(flags.text("dry-run")) === "none") {
    await showAndAsk(session, { planned, entry });
  }
  return (await runChanges(session, [planned])).code;
};

function readId({ args, flags }: Call): number | null {
  const [text] = args;
  if (args.length > 1 || (text !== undefined && flags.on("list"))) {
    throw new OrkaError("usage", "undo takes one change's number, or --list");
  }
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new OrkaError("usage", `"${text}" is no change's number`, { hint: "orka undo --list shows them." });
}

/** Throws OrkaError `not-found` for a number that is none of this cluster's. */
function entryToUndo({ cluster: { client }, memory }: ChangeSession, id: number | null): AuditEntry {
  const { server: cluster } = client.target;
  if (id === null) {
    const newest = newestChange(memory.audit, { cluster });
    if (newest !== null) return newest;
    throw new OrkaError("not-found", `Orka has changed nothing on ${cluster} that could be taken back`);
  }
  const [entry] = memory.audit.list({ cluster, beforeId: id + 1, limit: 1 });
  if (entry?.id === id) return entry;
  const elsewhere = memory.audit.get(id);
  throw elsewhere === null
    ? new OrkaError("not-found", `there is no change ${id}`, { hint: "orka undo --list shows them." })
    : new OrkaError(
      "not-found",
      `change ${id} was made on ${elsewhere.ref.cluster}, and this is ${cluster}`,
      {
        hint: "--context chooses the cluster.",
      },
    );
}

/** The newest change blocks none before it: the next that has a way back is named. */
function withOlderChange({ cluster: { client }, memory }: ChangeSession, error: unknown): unknown {
  const older = newestChange(memory.audit, { cluster: client.target.server, canBeUndone: true });
  if (older === null || !(error instanceof OrkaError)) return error;
  const { id, verb, ref: { kind, name } } = older;
  const hint = `orka undo ${id} takes back the change before it: the ${verb} of ${kind} "${name}".`;
  return new OrkaError(error.code, error.message, {
    hint: error.hint === undefined ? hint : `${error.hint}\n${hint}`,
  });
}

/** In the version of then where that is served; else as the group serves it now. */
async function resourceOf({ cluster }: ChangeSession, { ref }: AuditEntry): Promise<Resource> {
  const slash = ref.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : ref.apiVersion.slice(0, slash);
  return await cluster.resolve((resources) => {
    const found = resources.filter((each) => each.kind === ref.kind && each.group === group);
    const same = found.find((each) => apiVersion(each) === ref.apiVersion) ?? found[0];
    if (same !== undefined) return same;
    throw new OrkaError("unknown-kind", `${ref.kind} in ${ref.apiVersion} is not served any more`);
  });
}

/** Throws OrkaError `conflict` unless `--force`. */
async function tellConflicts({ io, flags }: ChangeSession, { conflicts, change }: UndoPlan): Promise<void> {
  if (conflicts.length === 0) return;
  const text = (value: unknown) => value === undefined ? "absent" : JSON.stringify(value);
  const isHidden = change.target.resource.kind === "Secret";
  const owners = change.before ? fieldOwners(change.before) : [];
  for (const { path, base, mine, theirs } of conflicts) {
    const by = ownedBy(path, owners);
    const values = isHidden ? "" : `: ${text(base)} then, ${text(theirs)} now; undo makes it ${text(mine)}`;
    await note(io, safeLines(`${pathText(path)} was changed since${by}${values}`));
  }
  if (flags.on("force")) return;
  throw new OrkaError("conflict", "nothing was changed: what is to be taken back was changed since", {
    hint: "--force sets those fields back all the same.",
  });
}

/** Who has the very field; one who has but the map around it counts where nobody does. */
function ownedBy(path: FieldPath, owners: readonly FieldOwner[]): string {
  const exact = owners.filter(({ fields }) => fields.some((field) => isWithin(field, path)));
  const found = exact.length > 0 ? exact : ownersOf(path, owners);
  const managers = [...new Set(found.map(({ manager }) => manager))];
  return managers.length === 0 ? "" : ` by ${managers.join(", ")}`;
}

async function showAndAsk(
  session: ChangeSession,
  { planned, entry }: { readonly planned: PlannedChange; readonly entry: AuditEntry },
): Promise<void> {
  const { io } = session;
  const { change, name } = planned;
  const lists = await session.lists(change.target.resource);
  const outcome = await previewChange(change, session.perform(lists));
  const { before, after, changes } = maskOutcome(outcome, change);
  const what = before === null ? "made anew" : after === null ? "deleted" : "set back";
  await note(io, `${name} would be ${what}`);
  const color = io.stderr.isTerminal && !io.env("NO_COLOR");
  if (before !== null && after !== null) await io.stderr.write(diffText(changes, { color }));
  await confirm(session, {
    text: `Undo the ${entry.verb} of ${name} (${entry.id})?`,
    name: change.target.name,
  });
}

async function list(session: ChangeSession, flags: FlagValues): Promise<number> {
  const { io, memory, cluster: { client } } = session;
  const format = reportFormat(flags);
  const limit = flags.count("limit") || LIMIT;
  const entries = memory.audit.list({ cluster: client.target.server, limit });
  if (format !== "table") await io.stdout.write(reportText(entries.map(dataOf), format));
  else if (entries.length === 0) await note(io, "Orka has changed nothing on this cluster");
  else {
    const rows = entries.map((entry) => [
      String(entry.id),
      timeText(entry.ts),
      entry.verb,
      entry.ref.namespace || "-",
      `${entry.ref.kind.toLowerCase()}/${entry.ref.name}`,
      stateOf(entry),
      entry.summary,
    ]);
    const header = ["ID", "TIME", "VERB", "NAMESPACE", "OBJECT", "UNDO", "CHANGE"];
    await io.stdout.write(safeLines(new TabWriter().layout([header, ...rows])));
  }
  return EXIT.ok;
}

function stateOf(entry: AuditEntry): string {
  if (entry.undoneBy !== null) return `done by ${entry.undoneBy}`;
  return hasWayBack(entry) ? "yes" : "no";
}

function dataOf({ ts, ...entry }: AuditEntry): object {
  return { time: timeText(ts), ...entry };
}
