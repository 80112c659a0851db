/** `orka watch KIND`: `+ ns/name` when an object comes or changes, `- ns/name` when it goes. */
import { EXIT, OrkaError, safeText } from "../../base/mod.ts";
import type { ChangeType, TableRow } from "../../client/mod.ts";
import {
  apiVersion,
  escapeFieldValue,
  jsonText,
  type KubeObject,
  type ObjectMeta,
  parseJson,
} from "../../kube/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { tableFeed } from "../feeds.ts";
import { follow, noteOutage } from "../follow.ts";
import { readTargets, type Target } from "../get/request.ts";
import { Sink } from "../get/sink.ts";
import type { CliIo } from "../io.ts";
import type { Call, FlagValues } from "../parse.ts";
import { parseUntil, type Until } from "../until.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, call) => {
  const { flags } = call;
  const until = checkFlags(call);
  using cluster = await openCluster(io, flags);
  const target = await watchedTarget(io, { cluster, call });
  const stop = new AbortController();
  using _timer = until.type === "time" ? io.clock.timer(until.ms, () => stop.abort(TIME_IS_UP)) : null;
  const watching: Watching = {
    io,
    cluster,
    target,
    until,
    signal: AbortSignal.any([io.signal, stop.signal]),
    flags,
  };
  try {
    await watchTarget(watching);
  } catch (error) {
    if (error !== TIME_IS_UP) throw error;
  }
  return EXIT.ok;
};

/** Throws OrkaError `usage`; gives what --until says. */
function checkFlags({ flags, args }: Call): Until {
  if (args.length === 0) {
    throw new OrkaError("usage", "You must specify the kind to watch.", {
      hint: "For example: orka watch pods.",
    });
  }
  const output = flags.text("output") ?? "json";
  if (output !== "json" && output !== "ndjson") {
    throw new OrkaError("usage", `watch prints -o json, not ${output}`);
  }
  return parseUntil(flags.text("until"));
}

async function watchedTarget(
  io: CliIo,
  { cluster, call }: { cluster: Cluster; call: Call },
): Promise<Target> {
  const { flags, args } = call;
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files: [],
    allNamespaces: flags.on("all-namespaces"),
    isSelected: flags.given("selector") || flags.given("field-selector"),
  });
  if (targets.length !== 1) throw new OrkaError("usage", "you may only specify a single resource type");
  return targets[0]!;
}

interface Watching {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly target: Target;
  readonly until: Until;
  readonly signal: AbortSignal;
  readonly flags: FlagValues;
}

async function watchTarget({ io, cluster, target, until, signal, flags }: Watching): Promise<void> {
  const asJson = flags.given("output");
  const needsObject = asJson || until.type === "object";
  const sink = new Sink(io.stdout);
  const feed = tableFeed(sink.paced(cluster.client), target.resource, {
    selection: {
      namespace: target.namespace,
      labelSelector: flags.text("selector"),
      fieldSelector: fieldSelector(target, flags.text("field-selector")),
    },
    clock: io.clock,
    includeObject: needsObject ? "Object" : "Metadata",
    itemOf: (row) => needsObject ? objectOf(row, target) : null,
  });
  const ending = new Ending(until);
  let isListing = true;
  await follow(feed, {
    signal,
    clock: io.clock,
    random: Math.random,
    onOutage: (error) => noteOutage(io, error),
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
  });
  sink.flush();
  await sink.drained();
}

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

const decoder = new TextDecoder();

function objectOf({ object }: TableRow, { resource }: Target): KubeObject | null {
  if (object.length === 0) return null;
  const parsed = parseJson(decoder.decode(object)) as KubeObject;
  return { ...parsed, apiVersion: apiVersion(resource), kind: resource.kind };
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
