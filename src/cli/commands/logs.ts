/** `orka logs`: kubectl's logs, and what it cannot: workloads live, restarts, filters, fields. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import {
  createLogFilter,
  listPods,
  type LogBatch,
  type LogBlock,
  type LogEntry,
  type LogMark,
  logRegex,
  type LogSource,
  type LogSpec,
  openLogs,
} from "../../ops/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import { isInPlace, LogPrinter, type LogPrinterOptions, markText } from "../ops/logs_printer.ts";
import { logArguments, logSpec } from "../ops/logs_request.ts";
import type { Call, FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, call) => {
  const { flags } = call;
  const format = outputFormat(flags);
  const [include, exclude, where] = ["include", "exclude", "where"].map((name) => flags.list(name));
  const filter = createLogFilter({ include, exclude, where });
  using cluster = await openCluster(io, flags);
  const spec = await readSpec(io, { cluster, call });
  const follower = new Follower(io, { spec, format, flags });
  await using stream = openLogs(cluster.client, spec, { signal: io.signal, clock: io.clock });
  try {
    if (filter === null && follower.takesBlocks) {
      for await (const batch of stream.blocks()) await follower.take(batch);
    } else {for await (const batch of stream) {
        await follower.take(filter === null ? batch : kept(batch, filter));
      }}
  } catch (error) {
    throw await explained(error, { io, cluster, spec });
  }
  await follower.end();
  if (spec.target.type === "selector" && !follower.hasSources) {
    const { namespace } = spec.target;
    await note(
      io,
      namespace === null ? "No resources found" : `No resources found in ${namespace} namespace.`,
    );
  }
  return EXIT.ok;
};

async function readSpec(
  io: CliIo,
  { cluster, call }: { readonly cluster: Cluster; readonly call: Call },
): Promise<LogSpec> {
  const { target, container } = await logArguments(cluster, call);
  if (target.type !== "query") return logSpec(call.flags, { target, container });
  const { queriedPods } = await import("../ops/logs_query.ts");
  const anyNamespace = call.flags.on("all-namespaces");
  const pods = await queriedPods(io, { cluster, query: target.query, anyNamespace });
  return { ...logSpec(call.flags, { target: pods, container }), wait: true };
}

function kept(batch: LogBatch, filter: NonNullable<ReturnType<typeof createLogFilter>>): readonly LogEntry[] {
  return batch.filter((entry) => entry.type === "mark" || filter(entry));
}

function outputFormat(flags: FlagValues): LogPrinterOptions["format"] {
  const output = flags.text("output") ?? (flags.on("json") ? "json" : "");
  switch (output) {
    case "":
    case "text":
      return "text";
    case "json":
    case "ndjson":
    case "raw":
      return output;
  }
  throw new OrkaError(
    "usage",
    `unable to match a printer suitable for the output format "${output}", allowed formats are: json,ndjson,raw,text`,
  );
}

interface FollowerOptions {
  readonly spec: LogSpec;
  readonly format: LogPrinterOptions["format"];
  readonly flags: FlagValues;
}

/** Prints what comes, and says on stderr what a person should know of the stream. */
class Follower {
  readonly #io: CliIo;
  readonly #options: FollowerOptions;
  readonly #printer: LogPrinter;
  readonly #seen = new Set<string>();
  readonly #pods = new Set<string>();
  #hasPrefix: boolean;
  readonly #isPrefixOpen: boolean;
  #isBegun = false;

  constructor(io: CliIo, options: FollowerOptions) {
    const { flags, spec, format } = options;
    this.#io = io;
    this.#options = options;
    const { isTerminal } = io.stdout;
    this.#hasPrefix = flags.on("prefix", flags.on("all-pods"));
    const isSaid = flags.given("prefix") || flags.given("all-pods");
    this.#isPrefixOpen = !isSaid && (isTerminal || spec.target.type !== "selector");
    this.#printer = new LogPrinter({
      format,
      isTerminal,
      color: isTerminal && !flags.on("no-color") && !io.env("NO_COLOR"),
      timestamps: flags.on("timestamps"),
      hasPrefix: () => this.#hasPrefix,
      fields: flags.list("fields"),
      highlight: flags.list("highlight").map(logRegex),
    });
  }

  get hasSources(): boolean {
    return this.#seen.size > 0;
  }

  get takesBlocks(): boolean {
    return this.#printer.takesBlocks;
  }

  async take(entries: readonly (LogEntry | LogBlock)[]): Promise<void> {
    for (const { source } of entries) {
      if (source !== null && !this.#seen.has(source.id)) await this.#meet(source);
    }
    const printed: (LogEntry | LogBlock)[] = [];
    for (const entry of entries) {
      if (entry.type !== "mark" || isInPlace(entry)) printed.push(entry);
      if (entry.type === "mark" && (!isInPlace(entry) || this.#options.format === "raw")) {
        await this.#say(entry);
      }
    }
    this.#isBegun = true;
    if (printed.length === 0) return;
    await this.#io.stdout.write(this.#printer.print(printed));
  }

  async end(): Promise<void> {
    await this.#io.stdout.write(this.#printer.end());
  }

  /** Where several pods speak, a reader wants to know which; so also on a terminal for several containers. */
  async #meet(source: LogSource): Promise<void> {
    this.#seen.add(source.id);
    this.#pods.add(`${source.namespace}/${source.pod}`);
    const many = this.#io.stdout.isTerminal ? this.#seen.size : this.#pods.size;
    if (this.#isPrefixOpen && many > 1) this.#hasPrefix = true;
    const isDefault = this.#options.spec.containers === "default" && source.containers.length > 1;
    if (!isDefault || this.#seen.size > 1) return;
    // kubectl's words
    await note(this.#io, `Defaulted container "${source.container}" out of: ${source.containers.join(", ")}`);
  }

  async #say(mark: LogMark): Promise<void> {
    const { spec } = this.#options;
    // Pods that are there at the start, and the end that is the end of everything, go without saying.
    const isPlain = mark.kind === "joined" && (!this.#isBegun || spec.target.type === "pods");
    const isEnd = mark.kind === "ended" && spec.target.type === "pods";
    if (isPlain || isEnd) return;
    await note(this.#io, `${mark.kind === "failed" ? "error: " : "orka: "}${markText(mark)}`);
  }
}

interface Explaining {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly spec: LogSpec;
}

/** A pod that is not there: which name was probably meant. */
async function explained(error: unknown, { io, cluster, spec }: Explaining): Promise<unknown> {
  const { target } = spec;
  const isMissing = error instanceof OrkaError && error.code === "not-found" && error.hint === undefined;
  if (!isMissing || target.type !== "pods" || target.pods.length !== 1) return error;
  const [{ namespace, name }] = target.pods as [{ namespace: string; name: string }];
  const near = await nearPods(cluster, { namespace, name, signal: io.signal }).catch(() => []);
  if (near.length === 0) return error;
  const { code, message, status, reason } = error;
  const hint = `Did you mean ${near.map((pod) => `"${pod}"`).join(" or ")}?`;
  return new OrkaError(code, message, { status, reason, hint, cause: error });
}

/** Pods whose name begins with the word, else the nearest one. */
async function nearPods(
  { client }: Cluster,
  { namespace, name, signal }: {
    readonly namespace: string;
    readonly name: string;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const pods = await listPods(client, { type: "selector", namespace, labelSelector: "" }, { signal });
  const names = pods.map((pod) => pod.name);
  const begun = names.filter((pod) => pod.startsWith(`${name}-`));
  const near = begun.length > 0 ? begun : [nearMiss(name, names) ?? []].flat();
  return near.slice(0, 3);
}
