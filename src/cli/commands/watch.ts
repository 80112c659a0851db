/** `orka watch KIND`: `+ ns/name` when an object comes or changes, `- ns/name` when it goes. */
import { EXIT, OrkaError, safeText } from "../../base/mod.ts";
import { type ChangeType, listTable, type TableRow, watchTable } from "../../client/mod.ts";
import { apiVersion, escapeFieldValue, jsonText, type KubeObject, type ObjectMeta } from "../../kube/mod.ts";
import { openCluster } from "../cluster.ts";
import { follow } from "../follow.ts";
import { readTargets, type Target } from "../get/request.ts";
import { Sink } from "../get/sink.ts";
import { note } from "../io.ts";
import { parseUntil, type Until } from "../until.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, call) => {
  const { flags, args } = call;
  if (args.length === 0) {
    throw new OrkaError("usage", "You must specify the kind to watch.", {
      hint: "For example: orka watch pods.",
    });
  }
  const asJson = flags.text("output") === "json" || flags.text("output") === "ndjson";
  if (flags.given("output") && !asJson) {
    throw new OrkaError("usage", `watch prints -o json, not ${flags.text("output")}`);
  }
  const until = parseUntil(flags.text("until"));
  using cluster = await openCluster(io, flags);
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files: [],
    allNamespaces: flags.on("all-namespaces"),
    isSelected: flags.given("selector") || flags.given("field-selector"),
  });
  if (targets.length !== 1) throw new OrkaError("usage", "you may only specify a single resource type");
  const target = targets[0]!;
  const sink = new Sink(io.stdout);
  const stop = new AbortController();
  using _timer = until.type === "time" ? io.clock.timer(until.ms, () => stop.abort(TIME_IS_UP)) : null;
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const needsObject = asJson || until.type === "object";
  const options = {
    namespace: target.namespace,
    labelSelector: flags.text("selector"),
    fieldSelector: fieldSelector(target, flags.text("field-selector")),
    includeObject: needsObject ? "Object" as const : "Metadata" as const,
    signal,
  };
  const itemOf = (row: TableRow) => needsObject ? objectOf(row, target) : null;
  const ending = new Ending(until);
  let isListing = true;
  try {
    await follow<KubeObject | null>({
      async list(onItem) {
        const client = sink.paced(cluster.client);
        const onRow = (row: TableRow) => onItem(metadataOf(row), itemOf(row));
        return (await listTable(client, target.resource, { ...options, onRow })).resourceVersion;
      },
      watch: (resourceVersion, onItem) =>
        watchTable(cluster.client, target.resource, {
          ...options,
          resourceVersion,
          clock: io.clock,
          onRow: (type, row) => onItem(type, metadataOf(row), itemOf(row)),
        }),
    }, {
      signal,
      clock: io.clock,
      random: Math.random,
      onListed: () => {
        isListing = false;
        sink.flush();
      },
      onChange: (type, metadata, object) => {
        if (isListing && flags.on("watch-only")) return ending.looksMet(type, object);
        sink.push(asJson ? jsonLine(type, metadata, object, target) : line(type, metadata));
        if (!isListing) sink.flush();
        return ending.isMet(type, object);
      },
      onOutage: (error) => {
        const text = error === null ? "orka: watching again" : `orka: ${error.message}; trying again`;
        note(io, text).catch(() => {}); // stderr has gone: nobody is left to tell
      },
    });
  } catch (error) {
    if (error !== TIME_IS_UP) throw error;
  }
  sink.flush();
  await sink.drained();
  return EXIT.ok;
};

const TIME_IS_UP = new DOMException("the time of --until is up", "AbortError");

/** Counts lines and looks at objects until what was asked for has come. */
class Ending {
  #lines = 0;

  constructor(private readonly until: Until) {}

  isMet(type: ChangeType, object: KubeObject | null): boolean {
    if (this.until.type === "lines") return ++this.#lines >= this.until.count;
    return this.looksMet(type, object);
  }

  looksMet(type: ChangeType, object: KubeObject | null): boolean {
    if (this.until.type === "deleted") return type === "DELETED";
    return this.until.type === "object" && type !== "DELETED" && object !== null && this.until.isMet(object);
  }
}

function fieldSelector({ name }: Target, given: string | undefined): string | undefined {
  return name === undefined ? given : `metadata.name=${escapeFieldValue(name)}`;
}

function metadataOf({ metadata, error }: TableRow): ObjectMeta {
  return metadata ?? { name: `<${error}>` };
}

const decoder = new TextDecoder();

function objectOf({ object }: TableRow, { resource }: Target): KubeObject | null {
  if (object.length === 0) return null;
  return { apiVersion: apiVersion(resource), kind: resource.kind, ...JSON.parse(decoder.decode(object)) };
}

/** `+ shop/web-0`; `+ node-1` for what has no namespace. */
function line(type: ChangeType, { namespace, name }: ObjectMeta): string {
  return `${type === "DELETED" ? "-" : "+"} ${safeText(namespace ? `${namespace}/${name}` : name)}\n`;
}

function jsonLine(
  type: ChangeType,
  metadata: ObjectMeta,
  object: KubeObject | null,
  { resource }: Target,
): string {
  const shown = object ?? { apiVersion: apiVersion(resource), kind: resource.kind, metadata };
  return `${jsonText({ object: shown, type })}\n`;
}
