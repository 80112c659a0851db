/** `get --watch`: what is there, then every change, for as long as it takes. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type ChangeType, PAGE_LIMIT } from "../../client/mod.ts";
import {
  apiVersion,
  escapeFieldValue,
  type KubeObject,
  type ObjectMeta,
  type TableColumn,
} from "../../kube/mod.ts";
import { requestTimeoutMs } from "../connect_options.ts";
import { objectFeed, type Selection, tableFeed } from "../feeds.ts";
import { type Feed, follow, noteOutage } from "../follow.ts";
import { changePrinter } from "../print/change_printer.ts";
import type { Format } from "../print/format.ts";
import { type ShownRow, TablePrinter } from "../print/table.ts";
import { fetchObject } from "./one.ts";
import { withinTime } from "../watch_limit.ts";
import type { GetRequest, Target } from "./request.ts";
import { Sink } from "./sink.ts";
import { FALLBACK_COLUMNS, shownRow, tableOptions } from "./table.ts";

/** Prints until the signal or --request-timeout ends it. */
export async function getWatch(request: GetRequest): Promise<number> {
  const { targets, io, flags } = request;
  if (targets.length !== 1) {
    const names = targets.some(({ name }) => name !== undefined);
    throw new OrkaError(
      "usage",
      names
        ? "you may only specify a single resource when watching"
        : "you may only specify a single resource type",
      { hint: "A watch follows one kind, or one object." },
    );
  }
  const target = targets[0]!;
  if (target.name !== undefined && !flags.on("watch-only")) await fetchObject(request, target);
  const shown: Shown = { target, sink: new Sink(io.stdout) };
  const { format } = request;
  if (format.type === "table") await print(request, tablePrinting(request, shown));
  else await print(request, objectPrinting(request, { ...shown, format }));
  await shown.sink.drained();
  return EXIT.ok;
}

interface Shown {
  readonly target: Target;
  readonly sink: Sink;
}

async function print<T>({ io, flags }: GetRequest, printing: Printing<T>): Promise<void> {
  let isListing = true;
  await withinTime(
    io,
    requestTimeoutMs(flags.text("request-timeout")),
    ({ signal, begin }) =>
      follow(printing.feed, {
        signal,
        clock: io.clock,
        random: Math.random,
        onOutage: (error) => noteOutage(io, error),
        onListed: () => {
          isListing = false;
          printing.flush();
          begin();
        },
        onChange: (type, metadata, item) => {
          if (isListing && flags.on("watch-only")) return;
          printing.print(type, metadata, item);
          if (!isListing) printing.flush();
        },
      }),
  );
}

interface Printing<T> {
  readonly feed: Feed<T>;
  print(type: ChangeType, metadata: ObjectMeta, item: T | null): void;
  flush(): void;
}

function selectionOf({ flags }: GetRequest, { namespace, name }: Target): Selection {
  const byName = name === undefined ? undefined : `metadata.name=${escapeFieldValue(name)}`;
  return {
    namespace,
    labelSelector: flags.text("selector"),
    fieldSelector: flags.text("field-selector") ?? byName,
  };
}

function tablePrinting(request: GetRequest, { target, sink }: Shown): Printing<ShownRow> {
  const { cluster, io } = request;
  const printer = new TablePrinter(tableOptions(request, { resource: target.resource, several: false }));
  let columns: readonly TableColumn[] = FALLBACK_COLUMNS;
  let waiting: ShownRow[] = [];
  let event: ChangeType = "ADDED";
  const flush = () => {
    sink.show(printer.block(columns, waiting, event));
    waiting = [];
  };
  const feed = tableFeed(sink.paced(cluster.client), target.resource, {
    selection: selectionOf(request, target),
    clock: io.clock,
    includeObject: "Metadata",
    onColumns: (next) => columns = next ?? FALLBACK_COLUMNS,
    itemOf: (row) => shownRow(row, io.clock.now()),
  });
  return {
    feed,
    flush,
    print(type, metadata, item) {
      if (waiting.length > 0 && type !== event) flush();
      event = type;
      waiting.push(item ?? { cells: [metadata.name], metadata });
      if (waiting.length >= PAGE_LIMIT) flush();
    },
  };
}

function objectPrinting(
  request: GetRequest,
  { target, sink, format }: Shown & { format: Exclude<Format, { type: "table" }> },
): Printing<KubeObject> {
  const { cluster, io, flags } = request;
  const print = changePrinter(format, {
    withEvents: flags.on("output-watch-events"),
    noHeaders: flags.on("no-headers"),
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  // As kubectl, which cuts managedFields from objects but not from the events around them.
  const keepsManagedFields = format.type === "jsonpath" || format.type === "custom-columns" ||
    flags.on("output-watch-events") || flags.on("show-managed-fields");
  const kind = { apiVersion: apiVersion(target.resource), kind: target.resource.kind };
  return {
    feed: objectFeed(sink.paced(cluster.client), target.resource, {
      selection: selectionOf(request, target),
      clock: io.clock,
      managedFields: keepsManagedFields,
    }),
    print: (type, metadata, item) => sink.show(print(type, item ?? { ...kind, metadata })),
    flush: () => {},
  };
}
