import { OrkaError } from "../../base/mod.ts";
import {
  type KubeObject,
  parseResourceArgs,
  type Resource,
  type ResourceArg,
  resourceKey,
} from "../../kube/mod.ts";
import type { Cluster } from "../cluster.ts";
import type { CliIo } from "../io.ts";
import { readManifests, refuseKustomize } from "../manifests.ts";
import type { Call, FlagValues } from "../parse.ts";
import type { Format } from "../print/format.ts";

/** One thing to get: a collection, or one object. */
export interface Target {
  readonly resource: Resource;
  /** null: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | null;
  /** undefined: the collection. */
  readonly name: string | undefined;
}

/** What `get` was asked for, read and checked. */
export interface GetRequest {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly flags: FlagValues;
  readonly format: Format;
  readonly targets: readonly Target[];
  /** One object was named: it is printed alone, not in a list. */
  readonly single: boolean;
}

/** Throws OrkaError `usage`, in kubectl's words, for flags that contradict each other. */
export function checkFlags({ flags, args }: Call): void {
  refuseKustomize(flags, "get");
  const isWatch = flags.on("watch") || flags.on("watch-only");
  const complain = (message: string, hint?: string) => new OrkaError("usage", message, { hint });
  if (flags.on("output-watch-events") && !isWatch) {
    throw complain("--output-watch-events option can only be used with --watch or --watch-only");
  }
  if (args.length === 0 && flags.list("filename").length === 0) {
    throw complain(
      "You must specify the type of resource to get.",
      'For example: orka get pods. "orka discover" lists the kinds that the server serves.',
    );
  }
}

/** Where targets come from, and what else was said of them. */
export interface TargetSource {
  readonly cluster: Cluster;
  readonly args: readonly string[];
  /** Of -f; then there are no arguments. */
  readonly files: readonly string[];
  readonly recursive?: boolean;
  readonly allNamespaces: boolean;
  /** A selector was given: there can be no names. */
  readonly isSelected: boolean;
}

/** The targets: from arguments, or from the manifests of -f. Throws OrkaError `usage` or `unknown-kind`. */
export async function readTargets(
  io: CliIo,
  { cluster, args, files, recursive = false, allNamespaces, isSelected }: TargetSource,
): Promise<{ targets: readonly Target[]; single: boolean }> {
  if (files.length > 0) {
    if (args.length > 0) {
      throw new OrkaError(
        "usage",
        "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
      );
    }
    const objects = await readManifests(io, { files, recursive });
    const targets = await cluster.resolve((resources) =>
      objects.map((object) => manifestTarget(object, { resources, namespace: cluster.namespace }))
    );
    return { targets, single: targets.length === 1 };
  }
  const found = await cluster.resolve((resources) => parseResourceArgs(args, resources));
  checkNames(found, { allNamespaces, isSelected });
  const targets = found.map(({ resource, name }) => ({
    resource,
    name,
    namespace: resource.namespaced && !allNamespaces ? cluster.namespace : null,
  }));
  return { targets, single: targets.length === 1 && targets[0]!.name !== undefined };
}

function checkNames(
  found: readonly ResourceArg[],
  { allNamespaces, isSelected }: { allNamespaces: boolean; isSelected: boolean },
): void {
  if (!found.some(({ name }) => name !== undefined)) return;
  if (isSelected) throw new OrkaError("usage", "name cannot be provided when a selector is specified");
  if (allNamespaces && found.some(({ resource }) => resource.namespaced)) {
    throw new OrkaError("usage", "a resource cannot be retrieved by name across all namespaces");
  }
}

function manifestTarget(
  object: KubeObject,
  { resources, namespace }: { resources: readonly Resource[]; namespace: string },
): Target {
  const resource = resources.find((r) =>
    `${r.group}/${r.version}` === groupVersion(object) && r.kind === object.kind
  );
  if (resource === undefined) {
    throw new OrkaError(
      "unknown-kind",
      `no matches for kind "${object.kind}" in version "${object.apiVersion}"`,
      { hint: "Is its CustomResourceDefinition installed?" },
    );
  }
  const own = object.metadata.namespace ?? namespace;
  return { resource, name: object.metadata.name, namespace: resource.namespaced ? own : null };
}

function groupVersion({ apiVersion }: KubeObject): string {
  return apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
}

/** Targets of one kind that follow each other: printed under one header. */
export function groupByKind(targets: readonly Target[]): Target[][] {
  const groups: Target[][] = [];
  for (const target of targets) {
    const last = groups.at(-1);
    const isSame = last !== undefined && resourceKey(last[0]!.resource) === resourceKey(target.resource);
    if (isSame) last.push(target);
    else groups.push([target]);
  }
  return groups;
}
