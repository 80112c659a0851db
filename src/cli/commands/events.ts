/** `orka events`: kubectl events, and it goes on after a lost connection. */
import { EXIT, OrkaError, safeText } from "../../base/mod.ts";
import { listObjects } from "../../client/mod.ts";
import {
  apiVersion,
  EVENTS,
  formatFieldSelector,
  parseResourceArgs,
  type Resource,
  writeJson,
  writeYaml,
} from "../../kube/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { eventCells, eventTimeMs, type KubeEvent } from "../event_row.ts";
import { requestTimeoutMs } from "../connect_options.ts";
import { objectFeed } from "../feeds.ts";
import { follow, noteOutage } from "../follow.ts";
import { Sink } from "../get/sink.ts";
import { type CliIo, note, safeLines } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import { changePrinter } from "../print/change_printer.ts";
import { escapeControls } from "../print/table.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";
import { withinTime } from "../watch_limit.ts";

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
    ? await followEvents(io, { cluster, flags, query, output: output as EventsCall["output"] })
    : await printEvents(io, { cluster, flags, query, output: output as EventsCall["output"] });
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
  const [found, ...more] = about.includes("/") ? parseResourceArgs([about], resources) : [];
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
  readonly output: "" | "json" | "yaml";
}

async function printEvents(io: CliIo, { cluster, flags, query, output }: EventsCall): Promise<number> {
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
  if (events.length === 0) {
    await note(
      io,
      query.namespace === null ? "No events found." : `No events found in ${query.namespace} namespace.`,
    );
    return EXIT.ok;
  }
  if (output === "") {
    await io.stdout.write(new EventTable(io, { query, noHeaders: flags.on("no-headers") }).block(events));
    return EXIT.ok;
  }
  const items = events.map((event) => ({ ...event, ...KIND }));
  const list = { apiVersion: "v1", kind: "EventList", metadata: {}, items };
  const text = output === "json" ? `${writeJson(list)}\n` : writeYaml(list);
  await io.stdout.write(io.stdout.isTerminal ? safeLines(text) : text);
  return EXIT.ok;
}

const KIND = { apiVersion: apiVersion(EVENTS), kind: EVENTS.kind };

async function followEvents(io: CliIo, { cluster, flags, query, output }: EventsCall): Promise<number> {
  const sink = new Sink(io.stdout);
  const block = changeBlocks(io, { query, output, noHeaders: flags.on("no-headers") });
  let first: KubeEvent[] | null = [];
  const feed = objectFeed<KubeEvent>(cluster.client, EVENTS, { selection: query, clock: io.clock });
  await withinTime(io, requestTimeoutMs(flags.text("request-timeout")), ({ signal, begin }) =>
    follow(feed, {
      signal,
      clock: io.clock,
      random: Math.random,
      onListed: () => {
        sink.show(block((first ?? []).sort((a, b) => eventTimeMs(a) - eventTimeMs(b))));
        first = null;
        begin();
      },
      onChange: (type, _metadata, event) => {
        if (event === null || type === "DELETED" || !query.keep(event)) return;
        if (first !== null) first.push(event);
        else sink.show(block([event]));
      },
      onOutage: (error) => noteOutage(io, error),
    }));
  await sink.drained();
  return EXIT.ok;
}

/** Watched events as text: rows of one table, or one object after the other. */
function changeBlocks(
  io: CliIo,
  { query, output, noHeaders }: { query: EventQuery; output: EventsCall["output"]; noHeaders: boolean },
): (events: readonly KubeEvent[]) => string {
  if (output === "") {
    const table = new EventTable(io, { query, noHeaders });
    return (events) => table.block(events);
  }
  const forTerminal = io.stdout.isTerminal;
  const options = { withEvents: false, noHeaders, forTerminal, allowMissingKeys: true };
  const print = changePrinter({ type: output }, options);
  return (events) => events.map((event) => print("", { ...event, ...KIND })).join("");
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
