/** `orka describe`: objects in words, by Orka's describers. */
import { OrkaError, safeText } from "../../base/mod.ts";
import { listObjects } from "../../client/mod.ts";
import { describe, type Description, renderText } from "../../describe/mod.ts";
import { apiVersion, type KubeObject } from "../../kube/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { Failures } from "../get/failures.ts";
import { mapLimited } from "../get/one.ts";
import { readTargets, type Target } from "../get/request.ts";
import { type CliIo, note } from "../io.ts";
import { refuseKustomize } from "../manifests.ts";
import type { FlagValues } from "../parse.ts";
import { escapeControls } from "../print/table.ts";
import type { Command } from "../verbs.ts";
import { resourcePath } from "../../kube/mod.ts";

export const command: Command = async (io, call) => {
  const { flags, args } = call;
  const files = flags.list("filename");
  refuseKustomize(flags, "describe");
  if (args.length === 0 && files.length === 0) {
    throw new OrkaError("usage", "You must specify the type of resource to describe.", {
      hint: "For example: orka describe pod web-0.",
    });
  }
  const output = flags.text("output");
  if (output !== undefined) {
    throw new OrkaError("usage", "describe prints words for people, and has no -o", {
      hint: `As data: orka get ${[...args, ...files.map((file) => `-f ${file}`)].join(" ")} -o ${
        output || "yaml"
      }`,
    });
  }
  using cluster = await openCluster(io, flags);
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files,
    recursive: flags.on("recursive"),
    allNamespaces: flags.on("all-namespaces"),
    isSelected: flags.given("selector"),
  });
  const failures = new Failures(io, { ignoreNotFound: false });
  const describing: Describing = { io, cluster, flags };
  let count = 0;
  for (const target of targets) {
    const found = await failures.guard(target, () => objectsOf(target, describing)) ?? [];
    const texts = await mapLimited(found, (object) => textOf(object, target, describing));
    for (const text of texts) await io.stdout.write(count++ === 0 ? text : `\n\n${text}`);
  }
  if (count === 0 && !failures.any) await noteNothing({ io, cluster, targets });
  return await failures.finish();
};

interface Describing {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly flags: FlagValues;
}

async function noteNothing(
  { io, cluster, targets }: { io: CliIo; cluster: Cluster; targets: readonly Target[] },
): Promise<void> {
  const isOneNamespace = targets.every((target) => target.namespace !== null);
  await note(
    io,
    isOneNamespace ? `No resources found in ${cluster.namespace} namespace.` : "No resources found",
  );
}

/** The target's objects; a name that is none is taken as a prefix of names. */
async function objectsOf(target: Target, describing: Describing): Promise<KubeObject[]> {
  const { cluster, io } = describing;
  if (target.name === undefined) return await listAll(target, describing);
  try {
    const path = resourcePath(target.resource, {
      namespace: target.namespace ?? undefined,
      name: target.name,
    });
    return [await cluster.client.json(path, { signal: io.signal }) as KubeObject];
  } catch (error) {
    if (!(error instanceof OrkaError) || error.code !== "not-found") throw error;
    const { name } = target;
    const matching = await listAll(target, describing, (object) => object.metadata.name.startsWith(name));
    if (matching.length === 0) throw error;
    return matching;
  }
}

async function listAll(
  { resource, namespace }: Target,
  { cluster, io, flags }: Describing,
  keep: (object: KubeObject) => boolean = () => true,
): Promise<KubeObject[]> {
  const kind = { apiVersion: apiVersion(resource), kind: resource.kind };
  let objects: KubeObject[] = [];
  await listObjects(cluster.client, resource, {
    namespace,
    labelSelector: flags.text("selector"),
    limit: flags.count("chunk-size"),
    signal: io.signal,
    onRestart: () => objects = [],
    onItem: (item) => {
      const object = { ...kind, ...item.parse() as object } as KubeObject;
      if (keep(object)) objects.push(object);
    },
  });
  return objects;
}

async function textOf(
  object: KubeObject,
  { resource }: Target,
  { io, cluster, flags }: Describing,
): Promise<string> {
  const description = await describe(object, {
    resource,
    clock: io.clock,
    showEvents: flags.on("show-events", true),
    read: (path) => cluster.client.json(path, { signal: io.signal }),
  });
  const clean = io.stdout.isTerminal ? safeText : escapeControls;
  return renderText(withTabs(description)).split("\n").map(clean).join("\n");
}

/** kubectl writes values into the same tab writer as labels, so that a tab within one ends a cell. */
function withTabs({ lines }: Description): Description {
  const split = (cell: Description["lines"][number]["cells"][number]) =>
    cell.text.includes("\t") ? cell.text.split("\t").map((text) => ({ ...cell, text })) : [cell];
  return { lines: lines.map((line) => ({ ...line, cells: line.cells.flatMap(split) })) };
}
