/** `auth can-i`: kubectl's question, its warnings, its answer and its exit code. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { findResource, type Resource } from "../../kube/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { reportFormat, reportText } from "../edit/report_output.ts";
import { type CliIo, note } from "../io.ts";
import type { Call } from "../parse.ts";
import { reviewAccess, reviewRules } from "./reviews.ts";
import { rulesTable } from "./rules_table.ts";

const RESOURCE_VERBS = new Set(
  "get list watch create update patch delete deletecollection use bind impersonate approve sign escalate attest *"
    .split(" "),
);
const URL_VERBS = new Set("get put post head options delete patch *".split(" "));

/** Throws OrkaError `usage`, in kubectl's words. */
export async function canI(io: CliIo, { args, flags }: Call): Promise<number> {
  const isList = flags.on("list");
  if (isList && args.length > 0) {
    throw new OrkaError("usage", "list option must be specified with no arguments");
  }
  if (!isList && args.length !== 2) {
    throw new OrkaError(
      "usage",
      "you must specify two arguments: verb resource or verb resource/resourceName.",
    );
  }
  const format = reportFormat(flags);
  using cluster = await openCluster(io, flags);
  const namespace = flags.on("all-namespaces") ? "" : cluster.namespace;
  if (isList) return await list(io, { cluster, namespace, flags });
  const [verb, what] = args as [string, string];
  const isUrl = what.startsWith("/");
  if (!(isUrl ? URL_VERBS : RESOURCE_VERBS).has(verb)) {
    await note(io, `Warning: verb '${verb}' is not a known verb\n`);
  }
  const spec = isUrl
    ? { nonResourceAttributes: { verb, path: what } }
    : { resourceAttributes: await attributes(io, { cluster, namespace, verb, what, flags }) };
  const { allowed, reason, evaluationError } = await reviewAccess({ io, cluster }, spec);
  if (format !== "table") {
    await io.stdout.write(reportText({ allowed, reason, evaluationError, spec }, format));
  } else if (!flags.on("quiet")) {
    const why = allowed ? [] : [reason, evaluationError].filter((text) => text !== "");
    await io.stdout.write(`${[allowed ? "yes" : "no", ...why].join(" - ")}\n`);
  }
  return allowed ? EXIT.ok : EXIT.error;
}

interface Question {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly verb: string;
  /** `pods`, `deploy.apps/web`. */
  readonly what: string;
  readonly flags: Call["flags"];
}

async function attributes(io: CliIo, { cluster, namespace, verb, what, flags }: Question): Promise<object> {
  const slash = what.indexOf("/");
  const kind = slash < 0 ? what : what.slice(0, slash);
  const name = slash < 0 ? "" : what.slice(slash + 1);
  const subresource = flags.text("subresource") ?? "";
  const asked = await resourceOf(io, cluster, kind);
  if (asked.isClusterScoped && namespace !== "") {
    const inGroup = asked.group === "" ? "" : ` in group '${asked.group}'`;
    await note(io, `Warning: resource '${asked.resource}' is not namespace scoped${inGroup}\n`);
  }
  return { namespace, verb, group: asked.group, resource: asked.resource, subresource, name };
}

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly isClusterScoped: boolean;
}

/** A kind that is not served is asked about all the same: roles may name it. */
async function resourceOf(io: CliIo, cluster: Cluster, spelling: string): Promise<Asked> {
  if (spelling === "*" || UNSERVED.has(spelling)) {
    return { group: "", resource: spelling, isClusterScoped: false };
  }
  const { resources } = await cluster.discover();
  const found: Resource | undefined = findResource(spelling, resources);
  if (found !== undefined) {
    return { group: found.group, resource: found.plural, isClusterScoped: !found.namespaced };
  }
  const [resource = "", ...groups] = spelling.split(".");
  const group = groups.join(".");
  const inGroup = group === "" ? "" : ` in group '${group}'`;
  await note(io, `Warning: the server doesn't have a resource type '${resource}'${inGroup}\n`);
  return { group, resource, isClusterScoped: false };
}

/** What impersonation is about has no address of its own. */
const UNSERVED = new Set(["users", "groups"]);

async function list(
  io: CliIo,
  { cluster, namespace, flags }: Pick<Question, "cluster" | "namespace" | "flags">,
): Promise<number> {
  if (namespace === "") throw new OrkaError("usage", "-A lists no rules: they are a namespace's");
  const { rules, incomplete, evaluationError } = await reviewRules({ io, cluster }, namespace);
  if (incomplete) {
    const why = evaluationError === "" ? "" : `: ${evaluationError}`;
    await note(io, `warning: the list may be incomplete${why}`);
  }
  const format = reportFormat(flags);
  const text = format === "table"
    ? rulesTable(rules, { noHeaders: flags.on("no-headers") })
    : reportText({ rules, incomplete, evaluationError }, format);
  await io.stdout.write(text);
  return EXIT.ok;
}
