/** `orka search QUERY`: objects of many kinds by the engine's search, best first. */
import { EXIT, OrkaError, safeText } from "../../base/mod.ts";
import type { SearchHit, SearchUpdate } from "../../engine/mod.ts";
import { apiVersion, groupResource, resolveResource, type Resource, writeJson } from "../../kube/mod.ts";
import { kindTerms, namesKind, parseQuery, type Query } from "../../search/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { searchOnce } from "../command_engine.ts";
import { type CliIo, note } from "../io.ts";
import type { Call } from "../parse.ts";
import { ageText, createdText } from "../print/created.ts";
import { escapeControls } from "../print/table.ts";
import { TabWriter } from "../print/tab_writer.ts";
import { targetName } from "../print/target_name.ts";
import type { Command } from "../verbs.ts";

const FORMATS = ["", "table", "json", "wide", "name"];
const LIMIT = 50;

export const command: Command = async (io, call) => {
  const output = call.flags.text("output") ?? "";
  if (!FORMATS.includes(output)) {
    throw new OrkaError(
      "usage",
      `unable to match a printer suitable for the output format "${output}", allowed formats are: ${
        FORMATS.slice(1).join(",")
      }`,
    );
  }
  const query = queryText(call);
  // What does not parse is said before a server is asked.
  const parsed = parseQuery(query);
  using cluster = await openCluster(io, call.flags);
  await cluster.resolve((resources) => refuseUnknownKinds(parsed, resources));
  const found = await ask(io, { cluster, call, query });
  for (const { resource, status } of found.kinds) {
    if (status.error !== null) await note(io, `${groupResource(resource)}: ${status.error.message}`);
  }
  for (const text of found.notes) await note(io, `Note: ${text}`);
  await print(io, { found, call, output });
  return EXIT.ok;
};

/** The words as one query; -n looks in one namespace unless the query says where, as -A says it need not. */
function queryText({ args, flags }: Call): string {
  const text = args.join(" ");
  if (text.trim() === "") {
    throw new OrkaError("usage", "search takes a query", {
      hint: 'For example: orka search "k:deploy ns:prod payments".',
    });
  }
  const namespace = flags.on("all-namespaces") ? undefined : flags.text("namespace");
  return namespace === undefined ? text : `${text} ns:"${namespace.replace(/["\\]/g, "\\$&")}"`;
}

/** Throws OrkaError `unknown-kind` for a `k:` that no served kind answers to. */
function refuseUnknownKinds(query: Query, resources: readonly Resource[]): void {
  for (const term of kindTerms(query)) {
    if (term.type !== "kind") continue;
    for (const value of term.values) {
      if (value.glob || resources.some((resource) => namesKind(value, resource))) continue;
      resolveResource(value.text, resources);
    }
  }
}

interface Asking {
  readonly cluster: Cluster;
  readonly call: Call;
  readonly query: string;
}

/** The answer once every kind has been listed, or been refused. Throws what refused all of them. */
function ask(io: CliIo, { cluster, call: { flags }, query }: Asking): Promise<SearchUpdate> {
  const [maxCandidates, minScore] = [flags.count("max-candidates"), flags.count("min-score")];
  const options = {
    limit: flags.count("limit") ?? LIMIT,
    explain: flags.on("explain"),
    ...flags.given("kinds") ? { kinds: flags.list("kinds") } : {},
    ...maxCandidates === undefined ? {} : { maxCandidates },
    ...minScore === undefined ? {} : { minScore },
  };
  return searchOnce(io, { cluster, query, options });
}

interface Printing {
  readonly found: SearchUpdate;
  readonly call: Call;
  readonly output: string;
}

async function print(io: CliIo, { found, call, output }: Printing): Promise<void> {
  const { hits } = found;
  if (output === "json") return await io.stdout.write(`${writeJson(plain(found))}\n`);
  if (output === "name") {
    for (const hit of hits) await io.stdout.write(`${targetName(hit)}\n`);
    return;
  }
  if (hits.length === 0) return await note(io, "No objects found");
  const explained = call.flags.on("explain");
  const clean = io.stdout.isTerminal ? safeText : escapeControls;
  const rows = hits.map((hit) => row(io, hit, output === "wide").map(clean));
  const headers = output === "wide"
    ? ["KIND", "NAMESPACE", "NAME", "AGE", "SCORE", "APIVERSION"]
    : ["KIND", "NAMESPACE", "NAME", "AGE"];
  const lines = new TabWriter().layout(call.flags.on("no-headers") ? rows : [headers, ...rows]);
  await io.stdout.write(explained ? withReasons(lines, found, call) : lines);
  const more = found.matched - hits.length;
  if (more > 0) {
    await note(io, `${found.atLeast ? "At least " : ""}${more} more; --limit ${LIMIT * 2} shows more`);
  }
}

/** Each hit's line with its reasons under it. */
function withReasons(lines: string, { hits }: SearchUpdate, { flags }: Call): string {
  const header = flags.on("no-headers") ? 0 : 1;
  return lines.trimEnd().split("\n").flatMap((line, at) => {
    const hit = hits[at - header];
    return [line, ...(hit?.why ?? []).map((why) => `    ${escapeControls(why)}`)];
  }).join("\n") + "\n";
}

function row(io: CliIo, hit: SearchHit, wide: boolean): string[] {
  const cells = [hit.resource.kind, hit.namespace, hit.name, ageText(hit, io.clock.now())];
  return wide ? [...cells, String(hit.score), apiVersion(hit.resource)] : cells;
}

function plain({ hits, matched, atLeast, indexed, notes }: SearchUpdate): unknown {
  return {
    hits: hits.map((hit) => ({
      kind: hit.resource.kind,
      apiVersion: apiVersion(hit.resource),
      namespace: hit.namespace,
      name: hit.name,
      score: hit.score,
      uid: hit.uid,
      creationTimestamp: createdText(hit),
      marks: hit.marks,
      ...hit.why.length === 0 ? {} : { why: hit.why },
    })),
    matched,
    matchedAtLeast: atLeast,
    searched: indexed,
    notes,
  };
}
