/** `orka top nodes|pods`: use where it is measured, requests and limits where it is not. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { nodeRequests, nodeUsage, podRequests, podUsage, type UsageSelection } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import { isJson } from "../ops/follow_rollout.ts";
import {
  nodeRequestRows,
  nodeUsageRows,
  podRequestRows,
  podUsageRows,
  sorted,
  type SortKey,
  type UsageTable,
} from "../ops/usage_table.ts";
import type { FlagValues } from "../parse.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args: [what, ...names] }) => {
  const key = sortKey(flags);
  const json = isJson(flags.text("output"));
  const [kind, name] = kindOf(what, names);
  if (name !== undefined && flags.text("selector") !== undefined) {
    throw new OrkaError("usage", "only one of NAME or --selector can be provided");
  }
  using cluster = await openCluster(io, flags);
  const selection: UsageSelection = {
    namespace: flags.on("all-namespaces") ? null : cluster.namespace,
    name,
    labelSelector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    signal: io.signal,
  };
  const ask = { selection, flags, key };
  const table = kind === "nodes"
    ? await topNodes(io, cluster.client, ask)
    : await topPods(io, cluster.client, ask);
  if (json) await io.stdout.write(`${JSON.stringify(table.json, null, 2)}\n`);
  else {
    const { header, rows } = table;
    await io.stdout.write(new TabWriter().layout([...flags.on("no-headers") ? [] : [header], ...rows]));
  }
  return EXIT.ok;
};

function kindOf(
  what: string | undefined,
  names: readonly string[],
): readonly ["nodes" | "pods", string | undefined] {
  const [word = "", inline] = (what ?? "").split("/");
  const all = inline === undefined ? names : [inline, ...names];
  const found = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  if (found === undefined) {
    const message = what === undefined
      ? "top takes nodes or pods"
      : `unknown command "${what}" for "orka top"`;
    throw new OrkaError("usage", message, { hint: "orka top nodes, orka top pods." });
  }
  if (all.length > 1) {
    throw new OrkaError("usage", "top takes one name at most", { hint: "-l selects several." });
  }
  return [found, all[0]];
}

/** Every spelling, whatever the server serves. */
const KINDS: Readonly<Record<string, "nodes" | "pods">> = {
  no: "nodes",
  node: "nodes",
  nodes: "nodes",
  po: "pods",
  pod: "pods",
  pods: "pods",
};

function sortKey(flags: FlagValues): SortKey | undefined {
  const key = flags.text("sort-by");
  if (key === undefined || key === "cpu" || key === "memory") return key;
  throw new OrkaError("usage", "--sort-by accepts only cpu or memory");
}

interface Ask {
  readonly selection: UsageSelection;
  readonly flags: FlagValues;
  readonly key: SortKey | undefined;
}

type AnyClient = Parameters<typeof podUsage>[0];

async function topNodes(io: CliIo, client: AnyClient, { selection, flags, key }: Ask): Promise<UsageTable> {
  const of = flags.on("show-capacity") ? "capacity" : "allocatable";
  const measured = flags.on("requests") ? null : await nodeUsage(client, selection);
  if (measured !== null) return nodeUsageRows(sorted(measured, ({ usage }) => usage, key), of);
  if (!flags.on("requests")) await noteUnmeasured(io, of);
  return nodeRequestRows(sorted(await nodeRequests(client, selection), ({ requests }) => requests, key), of);
}

async function topPods(io: CliIo, client: AnyClient, { selection, flags, key }: Ask): Promise<UsageTable> {
  const shown = {
    withNamespace: flags.on("all-namespaces"),
    containers: flags.on("containers"),
    sum: flags.on("sum"),
  };
  const measured = flags.on("requests") ? null : await podUsage(client, selection);
  if (measured !== null) {
    if (measured.length === 0) await note(io, "No resources found");
    return podUsageRows(sorted(measured, ({ usage }) => usage, key), shown);
  }
  if (!flags.on("requests")) await noteUnmeasured(io, null);
  return podRequestRows(sorted(await podRequests(client, selection), ({ requests }) => requests, key), shown);
}

async function noteUnmeasured(io: CliIo, of: string | null): Promise<void> {
  const against = of === null
    ? ""
    : of === "capacity"
    ? ", against the nodes' capacity"
    : ", against what is allocatable";
  await note(
    io,
    `Metrics API not available (metrics.k8s.io): these are requests and limits${against}, not use.`,
  );
}
