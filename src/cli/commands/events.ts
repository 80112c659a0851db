/** `orka events`: kubectl events, and it goes on after a lost connection. */
import { EXIT, OrkaError, safeText } from "../../base/mod.ts";
import { listObjects } from "../../client/mod.ts";
import { apiVersion, formatFieldSelector, parseResourceArgs, type Resource } from "../../kube/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { eventCells, eventTimeMs, type KubeEvent } from "../event_row.ts";
import { objectFeed } from "../feeds.ts";
import { follow, noteOutage } from "../follow.ts";
import { Sink } from "../get/sink.ts";
import { type CliIo, note } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import { objectPrinter } from "../print/object_printer.ts";
import { escapeControls } from "../print/table.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

const EVENTS: Resource = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  namespaced: true,
  verbs: ["get", "list", "watch"],
  subresources: [],
  preferred: true,
};

export const command: Command = async (io, { flags, args }) => {
  if (args.length > 0) {
    throw new OrkaError("usage", `unexpected arguments: ${args.join(" ")}`, {
      hint: `For one object's events: orka events --for ${args.join("/")}`,
    });
  }
  const output = flags.text("output") ?? "";
  if (!["", "json", "yaml"].includes(output)) {
    throw new OrkaError(
      "usage",
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`,
    );
  }
  using cluster = await openCluster(io, flags);
  const query = await eventQuery(cluster, flags);
  return flags.on("watch")
    ? await followEvents(io, { cluster, flags, query })
    : await printEvents(io, { cluster, flags, query, output: output as "" | "json" | "yaml" });
};

interface EventQuery {
  readonly namespace: string | null;
  readonly fieldSelector: string | undefined;
  /** Which of the answered events are wanted. */
  readonly keep: (event: KubeEvent) => boolean;
}

async function eventQuery(cluster: Cluster, flags: FlagValues): Promise<EventQuery> {
  const types = new Set(flags.list("types").map((type) => type.trim().toLowerCase()));
  for (const type of types) {
    if (type !== "normal" && type !== "warning") {
      throw new OrkaError("usage", `valid --types are Normal or Warning, not ${type}`);
    }
  }
  const about = flags.text("for") ?? "";
  const object = about === "" ? null : await cluster.resolve((resources) => objectNamed(about, resources));
  return {
    namespace: flags.on("all-namespaces") ? null : cluster.namespace,
    fieldSelector: object === null ? undefined : formatFieldSelector({
      "involvedObject.kind": object.resource.kind,
      "involvedObject.name": object.name,
    }),
    keep: (event) =>
      (types.size === 0 || types.has((event.type ?? "").toLowerCase())) &&
      (object === null || groupOf(event.involvedObject?.apiVersion) === object.resource.group),
  };
}

function objectNamed(about: string, resources: readonly Resource[]): { resource: Resource; name: string } {
  const [found, ...more] = parseResourceArgs([about], resources);
  if (found?.name === undefined || more.length > 0) {
    throw new OrkaError("usage", "--for must be in resource/name form", { hint: "As: --for pod/web-0" });
  }
  return { resource: found.resource, name: found.name };
}

function groupOf(version: string | undefined): string {
  return version?.includes("/") ? version.slice(0, version.indexOf("/")) : "";
}

interface EventsCall {
  readonly cluster: Cluster;
  readonly flags: FlagValues;
  readonly query: EventQuery;
}

async function printEvents(
  io: CliIo,
  { cluster, flags, query, output }: EventsCall & { output: "" | "json" | "yaml" },
): Promise<number> {
  let events: KubeEvent[] = [];
  await listObjects(cluster.client, EVENTS, {
    ...query,
    limit: flags.count("chunk-size"),
    signal: io.signal,
    onRestart: () => events = [],
    onItem: (item) => {
      const event = item.parse() as KubeEvent;
      if (query.keep(event)) events.push(event);
    },
  });
  events.sort((a, b) => eventTimeMs(a) - eventTimeMs(b));
  if (output !== "") {
    const { isTerminal } = io.stdout;
    const options = { bare: false, noHeaders: false, forTerminal: isTerminal, allowMissingKeys: true };
    const printer = objectPrinter({ type: output }, options);
    const kind = { apiVersion: apiVersion(EVENTS), kind: EVENTS.kind };
    for (const event of events) {
      await io.stdout.write(printer.add({ ...event, ...kind }));
    }
    await io.stdout.write(printer.end());
    return EXIT.ok;
  }
  if (events.length === 0) {
    await note(
      io,
      query.namespace === null ? "No events found." : `No events found in ${query.namespace} namespace.`,
    );
    return EXIT.ok;
  }
  await io.stdout.write(new EventTable(io, { query, noHeaders: flags.on("no-headers") }).block(events));
  return EXIT.ok;
}

async function followEvents(io: CliIo, { cluster, flags, query }: EventsCall): Promise<number> {
  const sink = new Sink(io.stdout);
  const table = new EventTable(io, { query, noHeaders: flags.on("no-headers") });
  let first: KubeEvent[] | null = [];
  const feed = objectFeed<KubeEvent>(cluster.client, EVENTS, { selection: query, clock: io.clock });
  await follow(feed, {
    signal: io.signal,
    clock: io.clock,
    random: Math.random,
    onListed: () => {
      sink.show(table.block((first ?? []).sort((a, b) => eventTimeMs(a) - eventTimeMs(b))));
      first = null;
    },
    onChange: (type, _metadata, event) => {
      if (event === null || type === "DELETED" || !query.keep(event)) return;
      if (first !== null) first.push(event);
      else sink.show(table.block([event]));
    },
    onOutage: (error) => noteOutage(io, error),
  });
  await sink.drained();
  return EXIT.ok;
}

/** Rows as kubectl events has them. */
class EventTable {
  readonly #writer = new TabWriter();
  #headersDue: boolean;

  constructor(
    private readonly io: CliIo,
    private readonly options: { query: EventQuery; noHeaders: boolean },
  ) {
    this.#headersDue = !options.noHeaders;
  }

  block(events: readonly KubeEvent[]): string {
    if (events.length === 0) return "";
    const withNamespace = this.options.query.namespace === null;
    const clean = this.io.stdout.isTerminal ? safeText : escapeControls;
    const lines = events.map((event) => {
      const cells = eventCells(event, this.io.clock.now()).map((cell) =>
        cell.split("\n").map(clean).join("\n")
      );
      return withNamespace ? [event.metadata.namespace ?? "", ...cells] : cells;
    });
    const headers = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
    if (this.#headersDue) lines.unshift(withNamespace ? ["NAMESPACE", ...headers] : headers);
    this.#headersDue = false;
    return this.#writer.layout(lines);
  }
}
