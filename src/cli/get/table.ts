/** `get` as a table: server-side Tables, printed as their pages arrive. */
import { listTable, PAGE_LIMIT, type TableRow } from "../../client/mod.ts";
import { ageSince, parseJson, resourceKey, type TableColumn } from "../../kube/mod.ts";
import { note } from "../io.ts";
import { SortedItems } from "../print/sorting.ts";
import { type ShownRow, type TableOptions, TablePrinter } from "../print/table.ts";
import { Failures } from "./failures.ts";
import { fetchTable } from "./one.ts";
import { type GetRequest, groupByKind, type Target } from "./request.ts";
import { Sink } from "./sink.ts";

/** What the server gives where it can't make a Table: kubectl then prints these two. */
export const FALLBACK_COLUMNS: readonly TableColumn[] = [
  { name: "Name", type: "string", format: "name", description: "", priority: 0 },
  { name: "Age", type: "string", format: "", description: "", priority: 0 },
];

/** Prints the request's targets; the exit code. */
export async function getTable(request: GetRequest): Promise<number> {
  const failures = failuresOf(request);
  const groups = groupByKind(request.targets);
  const section = new Section(request, new Set(request.targets.map((t) => resourceKey(t.resource))).size > 1);
  for (const group of groups) {
    const first = group[0]!;
    const options = tableOptions(request, { resource: first.resource, several: section.several });
    const printing = { request, section, printer: new TablePrinter(options) };
    section.start();
    if (first.name !== undefined) await printNamed(group, { printing, failures });
    else await failures.guard(first, () => printCollection(first, printing));
  }
  if (section.isEmpty && !failures.any && !request.flags.on("ignore-not-found")) await noteNothing(request);
  return await failures.finish();
}

/** Keeps what fails of the request until its end. */
export function failuresOf({ io, flags }: GetRequest): Failures {
  return new Failures(io, { ignoreNotFound: flags.on("ignore-not-found") }, {
    labelSelector: flags.text("selector") ?? "",
    fieldSelector: flags.text("field-selector") ?? "",
  });
}

/** "No resources found in shop namespace." on stderr, as kubectl says it. */
export async function noteNothing({ io, cluster, targets }: GetRequest): Promise<void> {
  const isOneNamespace = targets.every((target) => target.namespace !== null);
  await note(
    io,
    isOneNamespace ? `No resources found in ${cluster.namespace} namespace.` : "No resources found",
  );
}

export function tableOptions(
  { flags, format, io }: GetRequest,
  { resource, several }: { resource: Target["resource"]; several: boolean },
): TableOptions {
  const withKind = several || flags.on("show-kind");
  const kind = `${resource.kind.toLowerCase()}${resource.group === "" ? "" : `.${resource.group}`}`;
  return {
    wide: format.type === "table" && format.wide,
    noHeaders: flags.on("no-headers"),
    withNamespace: flags.on("all-namespaces") && resource.namespaced,
    kindPrefix: withKind ? `${kind}/` : "",
    labelColumns: flags.list("label-columns").map((label) => label.trim()).filter((label) => label !== ""),
    showLabels: flags.on("show-labels"),
    forTerminal: io.stdout.isTerminal,
    withEvent: flags.on("output-watch-events"),
  };
}

/** Rows need their object's metadata only for what the cells do not say. */
export function includeObject(options: TableOptions): "None" | "Metadata" {
  return options.withNamespace || options.showLabels || options.labelColumns.length > 0 ? "Metadata" : "None";
}

/** Output in sections, one a kind, with a blank line between those that printed something. */
class Section {
  readonly sink: Sink;
  #printed = false;
  #printedBefore = false;

  constructor(private readonly request: GetRequest, readonly several: boolean) {
    this.sink = new Sink(request.io.stdout);
  }

  get isEmpty(): boolean {
    return !this.#printed && !this.#printedBefore;
  }

  start(): void {
    this.#printedBefore ||= this.#printed;
    this.#printed = false;
  }

  show(text: string): void {
    if (text === "") return;
    const isNext = !this.#printed && this.#printedBefore && !this.request.flags.on("no-headers");
    this.#printed = true;
    this.sink.show(isNext ? `\n${text}` : text);
  }
}

interface Printing {
  readonly request: GetRequest;
  readonly section: Section;
  readonly printer: TablePrinter;
}

async function printCollection(target: Target, printing: Printing): Promise<void> {
  const { request, section } = printing;
  const { flags, io, cluster } = request;
  const sortBy = flags.text("sort-by") ?? "";
  const options = tableOptions(request, { resource: target.resource, several: section.several });
  const rows = new RowBlocks(printing, sortBy);
  const client = section.sink.paced(cluster.client);
  await listTable(client, target.resource, {
    namespace: target.namespace,
    labelSelector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    limit: flags.count("chunk-size") ?? PAGE_LIMIT,
    includeObject: sortBy === "" ? includeObject(options) : "Object",
    signal: io.signal,
    onPage: ({ columns }) => rows.setColumns(columns),
    onRestart: () => rows.restart(),
    onRow: (row) => rows.add(row),
  });
  rows.end();
  await section.sink.drained();
}

/**
 * Rows gathered into blocks of a page.
 *
 * 1. A block is printed as soon as it is full; with a sort key only at the end.
 * 2. When the server forgot the list's snapshot and it began anew, rows that were printed are not printed again.
 */
class RowBlocks {
  #columns: readonly TableColumn[] = FALLBACK_COLUMNS;
  #waiting: ShownRow[] = [];
  readonly #printed = new Set<string>();
  #skips = false;
  readonly #sorting: SortedItems<ShownRow> | null;

  constructor(private readonly printing: Printing, sortBy: string) {
    this.#sorting = sortBy === "" ? null : new SortedItems(sortBy);
  }

  setColumns(columns: readonly TableColumn[] | null): void {
    this.#columns = columns ?? FALLBACK_COLUMNS;
  }

  restart(): void {
    this.#waiting = [];
    this.#sorting?.clear();
    this.#skips = true;
  }

  add(row: TableRow): void {
    const shown = shownRow(row, this.printing.request.io.clock.now());
    if (this.#sorting !== null) return this.#sorting.add(shown, objectOf(row));
    if (this.#skips && this.#printed.has(rowKey(shown))) return;
    this.#waiting.push(shown);
    if (this.#waiting.length >= PAGE_LIMIT) this.#print();
  }

  end(): void {
    if (this.#sorting !== null) this.#waiting = this.#sorting.sorted();
    this.#print();
  }

  #print(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    for (const row of rows) this.#printed.add(rowKey(row));
    this.printing.section.show(this.printing.printer.block(this.#columns, rows));
  }
}

const decoder = new TextDecoder();

function objectOf({ object }: TableRow): unknown {
  return object.length === 0 ? null : parseJson(decoder.decode(object));
}

/** A row as it is printed; one without cells gets its name and age. */
export function shownRow({ cells, metadata, error }: TableRow, nowMs: number): ShownRow {
  if (cells.length > 0 || metadata === null) {
    return { cells: error === "" ? cells : [`<${error}>`], metadata };
  }
  return { cells: [metadata.name, ageSince(metadata.creationTimestamp, nowMs)], metadata };
}

function rowKey({ cells, metadata }: ShownRow): string {
  return metadata === null ? String(cells[0]) : `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Named objects, asked for at the same time and printed in the order that they were named. */
async function printNamed(
  targets: readonly Target[],
  { printing, failures }: { printing: Printing; failures: Failures },
): Promise<void> {
  const { request, section, printer } = printing;
  const options = tableOptions(request, { resource: targets[0]!.resource, several: section.several });
  const include = includeObject(options);
  const tables = await failures.guardAll(targets, (target) => fetchTable(request, { target, include }));
  if (tables.length > 0) section.show(printer.block(tables[0]!.columns, tables.flatMap(({ rows }) => rows)));
  await section.sink.drained();
}
