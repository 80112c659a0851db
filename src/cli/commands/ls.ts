/** `orka ls KIND`: the engine's snapshot of a kind as a table. */
import { EXIT, fromWire, OrkaError, safeText } from "../../base/mod.ts";
import { type Column, type Engine, type Row, sinceText, type ViewSpec } from "../../engine/mod.ts";
import { humanDuration, jsonText, writeJson } from "../../kube/mod.ts";
import { openCluster } from "../cluster.ts";
import { isSettled, openCommandEngine } from "../command_engine.ts";
import { readTargets } from "../get/request.ts";
import { type CliIo, note } from "../io.ts";
import { ageText, createdText } from "../print/created.ts";
import { escapeControls } from "../print/table.ts";
import { TabWriter } from "../print/tab_writer.ts";
import { targetName } from "../print/target_name.ts";
import type { Command } from "../verbs.ts";

const FORMATS = ["", "json", "ndjson", "wide", "name"];

export const command: Command = async (io, call) => {
  const { flags, args } = call;
  const output = flags.text("output") ?? "";
  if (args.length !== 1) {
    throw new OrkaError("usage", "ls takes one kind", {
      hint: "For example: orka ls pods. orka get takes names too.",
    });
  }
  if (!FORMATS.includes(output)) {
    throw new OrkaError(
      "usage",
      `unable to match a printer suitable for the output format "${output}", allowed formats are: ${
        FORMATS.slice(1).join(",")
      }`,
    );
  }
  using cluster = await openCluster(io, flags);
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files: [],
    allNamespaces: flags.on("all-namespaces"),
    isSelected: flags.given("selector") || flags.given("field-selector"),
  });
  const target = targets[0]!;
  if (targets.length > 1 || target.name !== undefined) {
    throw new OrkaError("usage", "ls takes one kind, and no names");
  }
  const [labelSelector, fieldSelector] = [flags.text("selector"), flags.text("field-selector")];
  const spec: ViewSpec = {
    resource: target.resource,
    namespace: target.namespace,
    ...labelSelector === undefined ? {} : { labelSelector },
    ...fieldSelector === undefined ? {} : { fieldSelector },
  };
  await using engine = openCommandEngine(io, cluster, { keepRaw: false });
  const snapshot = await takeSnapshot(engine, { spec, signal: io.signal });
  await print(io, { ...snapshot, spec, output, noHeaders: flags.on("no-headers") });
  if (snapshot.rows.length === 0 && (output === "" || output === "wide")) {
    const where = target.namespace === null ? "" : ` in ${target.namespace} namespace.`;
    await note(io, `No resources found${where}`);
  }
  return EXIT.ok;
};

interface Snapshot {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The rows once the feed is complete. Throws OrkaError for what the server refuses, or the signal's reason. */
async function takeSnapshot(
  engine: Engine,
  { spec, signal }: { spec: ViewSpec; signal: AbortSignal },
): Promise<Snapshot> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let columns: readonly Column[] = [];
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const view = engine.openView(spec, { from: 0, to: 0, sort: null, filter: null }, (update) => {
    columns = update.columns ?? columns;
    const { phase, error } = update.status ?? {};
    if (phase === "live") resolve();
    else if (phase !== undefined && error && isSettled({ phase, error })) reject(fromWire(error));
  });
  try {
    if (signal.aborted) onAbort();
    await promise;
    return { columns, rows: await view.rows() };
  } finally {
    signal.removeEventListener("abort", onAbort);
    view.close();
  }
}

interface Printing extends Snapshot {
  readonly spec: ViewSpec;
  readonly output: string;
  readonly noHeaders: boolean;
}

async function print(io: CliIo, printing: Printing): Promise<void> {
  const { rows, output, spec } = printing;
  if (output === "json") await io.stdout.write(`${writeJson(rows.map((row) => plain(row, printing)))}\n`);
  else if (output === "ndjson") {
    for (const row of rows) await io.stdout.write(`${jsonText(plain(row, printing))}\n`);
  } else if (output === "name") {
    const { resource } = spec;
    for (const { name } of rows) await io.stdout.write(`${targetName({ resource, name })}\n`);
  } else if (rows.length > 0) await io.stdout.write(table(io, printing));
}

/** One row for scripts: the seed's fields, then every cell by its column's name. */
function plain(row: Row, { columns }: Printing): unknown {
  return {
    namespace: row.namespace,
    name: row.name,
    uid: row.uid,
    creationTimestamp: createdText(row),
    labels: row.labels,
    cells: Object.fromEntries(columns.map(({ name }, index) => [name, row.cells[index] ?? ""])),
    ...row.malformed === undefined ? {} : { malformed: row.malformed },
  };
}

/** `NAMESPACE NAME AGE`, then the printer columns that say something else. */
function table(io: CliIo, { columns, rows, output, noHeaders }: Printing): string {
  const shown = columns.flatMap((column, index) => {
    const isOwn = /^(name|age)$/i.test(column.name);
    return !isOwn && (output === "wide" || column.priority === 0) ? [index] : [];
  });
  const clean = io.stdout.isTerminal ? safeText : escapeControls;
  const nowMs = io.clock.now();
  const lines = rows.map((row) =>
    [
      row.namespace,
      row.name,
      ageText(row, nowMs),
      ...shown.map((index) => cell(row, { index, column: columns[index]!, nowMs })),
    ].map((text) => clean(text.replace(/[\n\r\f].*/s, "...")))
  );
  const headers = ["NAMESPACE", "NAME", "AGE", ...shown.map((index) => columns[index]!.name.toUpperCase())];
  return new TabWriter().layout(noHeaders ? lines : [headers.map(clean), ...lines]);
}

function cell(row: Row, { index, column, nowMs }: { index: number; column: Column; nowMs: number }): string {
  const value = row.cells[index] ?? "";
  if (row.malformed !== undefined && index === 1) return row.malformed;
  if (column.cell === "time" && typeof value === "number") return humanDuration(nowMs - value);
  if (column.cell === "since") return sinceText(value, nowMs, humanDuration);
  return String(value);
}
