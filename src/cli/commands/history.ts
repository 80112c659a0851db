/** `orka history`: what changed of one object, when, and by whom. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type HistoryEntry, objectHistory } from "../../change/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { diffText } from "../change/diff_printer.ts";
import { targetName } from "../change/targets.ts";
import { namedObject } from "../edit/named_object.ts";
import { reportFormat, reportText, timeText } from "../edit/report_output.ts";
import { type CliIo, safeLines } from "../io.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

const LIMIT = 50;

export const command: Command = async (io, { flags, args }) => {
  const format = reportFormat(flags);
  using session = await openChangeSession(io, flags);
  const { target, ref, live } = await namedObject(session, args);
  const lists = await session.lists(target.resource);
  const limit = flags.count("limit") || LIMIT;
  const entries = objectHistory({ memory: session.memory, ref, live, lists, limit });
  if (entries.length === 0) {
    throw new OrkaError("not-found", `${targetName(target)} is not there, and Orka remembers nothing of it`);
  }
  const isFull = flags.on("diff");
  if (format !== "table") await io.stdout.write(reportText(entries.map((each) => dataOf(each)), format));
  else if (isFull) await printDiffs(io, entries);
  else await io.stdout.write(safeLines(tableOf(entries, io.stdout.columns)));
  return EXIT.ok;
};

function dataOf({ ts, changes, ...entry }: HistoryEntry): object {
  return { time: timeText(ts), ...entry, ...(changes === null ? {} : { changes }) };
}

const HEADER = ["TIME", "ID", "VERB", "BY", "CHANGE"];

function tableOf(entries: readonly HistoryEntry[], columns: number): string {
  const rows = entries.map((
    entry,
  ) => [timeText(entry.ts), idOf(entry), entry.verb, byOf(entry), changeOf(entry)]);
  const [time, id, verb, by] = [0, 1, 2, 3].map((at) =>
    Math.max(6, ...[HEADER, ...rows].map((row) => row[at]!.length + 3))
  );
  const room = Math.max(40, columns - (time! + id! + verb! + by!));
  const shown = rows.map((row) => [...row.slice(0, 4), short(row[4]!, room)]);
  return new TabWriter().layout([HEADER, ...shown]);
}

function short(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

function idOf({ id }: HistoryEntry): string {
  return id === null ? "-" : String(id);
}

/** `jane (orka)`, `hpa (scale)`. */
function byOf({ user, manager, subresource }: HistoryEntry): string {
  const how = [user === "" ? "" : manager, subresource].filter((part) => part !== "").join(" ");
  const who = user || manager || "-";
  return how === "" ? who : `${who} (${how})`;
}

function changeOf({ summary, undoes, undoneBy }: HistoryEntry): string {
  const notes = [
    ...(undoes === null ? [] : [`takes back ${undoes}`]),
    ...(undoneBy === null ? [] : [`taken back by ${undoneBy}`]),
  ];
  return notes.length === 0 ? summary : `${summary} [${notes.join(", ")}]`;
}

async function printDiffs(io: CliIo, entries: readonly HistoryEntry[]): Promise<void> {
  const color = io.stdout.isTerminal && !io.env("NO_COLOR");
  for (const entry of entries) {
    const head = [timeText(entry.ts), ...(entry.id === null ? [] : [`${entry.id}`]), entry.verb, byOf(entry)]
      .join(" ");
    await io.stdout.write(safeLines(`${head}\n`));
    const { changes } = entry;
    if (changes === null || changes.length === 0) {
      await io.stdout.write(safeLines(`    ${changeOf(entry)}\n`));
    } else await io.stdout.write(diffText(changes, { color }));
  }
}
