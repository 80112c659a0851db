/** `get --watch`: what is there, then every change, for as long as it takes. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import {
  type ChangeType,
  listObjects,
  listTable,
  type TableRow,
  watchObjects,
  watchTable,
} from "../../client/mod.ts";
import {
  apiVersion,
  escapeFieldValue,
  type KubeObject,
  type ObjectMeta,
  type TableColumn,
} from "../../kube/mod.ts";
import { type Feed, follow } from "../follow.ts";
import { note } from "../io.ts";
import type { Format } from "../print/format.ts";
import { changePrinter } from "../print/change_printer.ts";
import { type ShownRow, TablePrinter } from "../print/table.ts";
import { fetchObject } from "./one.ts";
import type { GetRequest, Target } from "./request.ts";
import { Sink } from "./sink.ts";
import { FALLBACK_COLUMNS, shownRow, tableOptions } from "./table.ts";

/** Prints until the signal ends it. */
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
  const sink = new Sink(io.stdout);
  const printing = request.format.type === "table"
    ? tableFeed(request, { target, sink })
    : objectFeed(request, { target, sink, format: request.format });
  if (target.name !== undefined && !flags.on("watch-only")) await fetchObject(request, target);
  let isListing = true;
  await follow(printing.feed as Feed<unknown>, {
    signal: io.signal,
    clock: io.clock,
    random: Math.random,
    onListed: () => {
      isListing = false;
      printing.flush();
    },
    onChange: (type, metadata, item) => {
      if (isListing && flags.on("watch-only")) return;
      printing.print(type, metadata, item);
      if (!isListing) printing.flush();
    },
    onOutage: (error) => {
      const line = error === null ? "orka: watching again" : `orka: ${error.message}; trying again`;
      note(io, line).catch(() => {}); // stderr has gone: nobody is left to tell
    },
  });
  await sink.drained();
  return EXIT.ok;
}

interface Printing {
  readonly feed: unknown;
  print(type: ChangeType, metadata: ObjectMeta, item: unknown): void;
  flush(): void;
}

function selection({ flags, io }: GetRequest, { namespace, name }: Target) {
  const byName = name === undefined ? undefined : `metadata.name=${escapeFieldValue(name)}`;
  return {
    namespace,
    labelSelector: flags.text("selector"),
    fieldSelector: flags.text("field-selector") ?? byName,
    signal: io.signal,
  };
}

function tableFeed(request: GetRequest, { target, sink }: { target: Target; sink: Sink }): Printing {
  const { cluster, io } = request;
  const printer = new TablePrinter(tableOptions(request, { resource: target.resource, several: false }));
  const options = selection(request, target);
  let columns: readonly TableColumn[] = FALLBACK_COLUMNS;
  let waiting: ShownRow[] = [];
  let event: ChangeType = "ADDED";
  const flush = () => {
    sink.show(printer.block(columns, waiting, event));
    waiting = [];
  };
  const feed: Feed<ShownRow> = {
    async list(onItem) {
      const { resourceVersion } = await listTable(sink.paced(cluster.client), target.resource, {
        ...options,
        includeObject: "Metadata",
        onPage: (page) => columns = page.columns ?? FALLBACK_COLUMNS,
        onRow: (row) => onItem(metadataOf(row), shownRow(row, io.clock.now())),
      });
      return resourceVersion;
    },
    watch: (resourceVersion, onItem) =>
      watchTable(cluster.client, target.resource, {
        ...options,
        resourceVersion,
        includeObject: "Metadata",
        clock: io.clock,
        onColumns: (next) => columns = next,
        onRow: (type, row) => onItem(type, metadataOf(row), shownRow(row, io.clock.now())),
      }),
  };
  return {
    feed,
    flush,
    print(type, metadata, item) {
      const row = item as ShownRow | null ?? { cells: [metadata.name], metadata };
      if (waiting.length > 0 && type !== event) flush();
      event = type;
      waiting.push(row);
      if (waiting.length >= 500) flush();
    },
  };
}

function metadataOf({ metadata, error }: TableRow): ObjectMeta {
  return metadata ?? { name: `<${error}>` };
}

function objectFeed(
  request: GetRequest,
  { target, sink, format }: { target: Target; sink: Sink; format: Exclude<Format, { type: "table" }> },
): Printing {
  const { cluster, io, flags } = request;
  const withEvents = flags.on("output-watch-events");
  const print = changePrinter(format, {
    withEvents,
    noHeaders: flags.on("no-headers"),
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  const options = {
    ...selection(request, target),
    managedFields: format.type === "jsonpath" || format.type === "custom-columns" ||
      flags.on("show-managed-fields"),
  };
  const kind = { apiVersion: apiVersion(target.resource), kind: target.resource.kind };
  const whole = (item: unknown) => ({ ...kind, ...item as object }) as KubeObject;
  const feed: Feed<KubeObject> = {
    async list(onItem) {
      const { resourceVersion } = await listObjects(sink.paced(cluster.client), target.resource, {
        ...options,
        onItem: (item) => {
          const object = whole(item.parse());
          onItem(object.metadata, object);
        },
      });
      return resourceVersion;
    },
    watch: (resourceVersion, onItem) =>
      watchObjects(cluster.client, target.resource, {
        ...options,
        resourceVersion,
        clock: io.clock,
        onItem: (type, item) => {
          const object = whole(item.parse());
          onItem(type, object.metadata, object);
        },
      }),
  };
  return {
    feed,
    print: (type, metadata, item) =>
      sink.show(print(type, item as KubeObject | null ?? { ...kind, metadata })),
    flush: () => {},
  };
}
