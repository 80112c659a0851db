/** The part of completion that asks the cluster: kinds, namespaces, names. */
import { listTable } from "../client/mod.ts";
import { findResource, type Resource } from "../kube/mod.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import type { Proposal, Proposals } from "./commands/complete.ts";
import type { CliIo } from "./io.ts";
import type { FlagValues } from "./parse.ts";

/** Names of all namespaces. */
export async function namespaces(io: CliIo, flags: FlagValues): Promise<readonly string[]> {
  using cluster = await openCluster(io, flags);
  const { resources } = await cluster.discover();
  const resource = findResource("namespaces", resources);
  return resource === undefined ? [] : await names(io, { cluster, resource, namespace: null });
}

/** Kinds that can be listed; in a list such as `pods,dep` the last one. */
export async function kinds(
  io: CliIo,
  { flags, current }: { flags: FlagValues; current: string },
): Promise<Proposals> {
  using cluster = await openCluster(io, flags);
  const { resources } = await cluster.discover();
  const comma = current.lastIndexOf(",") + 1;
  const [done, typed] = [current.slice(0, comma), current.slice(comma)];
  const found = kindWords(resources).filter(({ word }) => word.startsWith(typed));
  return { words: found.map(({ word, about }) => ({ word: done + word, about: about! })), directive: 0 };
}

/** Plurals, with their group where two groups have the same one. */
export function kindWords(resources: readonly Resource[]): Proposal[] {
  const words = new Map<string, Proposal>();
  for (const resource of resources) {
    if (!resource.verbs.includes("list")) continue;
    const { plural, group, kind } = resource;
    const first = findResource(plural, resources);
    const isFirst = first === undefined || first.group === group;
    const word = isFirst || group === "" ? plural : `${plural}.${group}`;
    words.set(word, { word, about: group === "" ? kind : `${kind} ${group}` });
  }
  return [...words.values()].sort((a, b) => a.word < b.word ? -1 : 1);
}

/** Names of the kind, but those that were given already. */
export async function namesOf(
  io: CliIo,
  { flags, kind, taken, current }: {
    flags: FlagValues;
    kind: string;
    taken: readonly string[];
    current: string;
  },
): Promise<Proposals> {
  using cluster = await openCluster(io, flags);
  const resource = findResource(kind, (await cluster.discover()).resources);
  if (resource === undefined) return { words: [], directive: 0 };
  const found = await names(io, { cluster, resource, namespace: scopeOf(cluster, resource) });
  const words = found.filter((name) => name.startsWith(current) && !taken.includes(name));
  return { words: words.map((word) => ({ word })), directive: 0 };
}

/** `pod/web-0` from `pod/w`. */
export async function slashedNames(
  io: CliIo,
  { flags, current, slash }: { flags: FlagValues; current: string; slash: number },
): Promise<Proposals> {
  const prefix = current.slice(0, slash + 1);
  const typed = current.slice(slash + 1);
  const found = await namesOf(io, { flags, kind: current.slice(0, slash), taken: [], current: typed });
  return { ...found, words: found.words.map(({ word }) => ({ word: prefix + word })) };
}

function scopeOf(cluster: Cluster, resource: Resource): string | null {
  return resource.namespaced ? cluster.namespace : null;
}

/** What came in time, if not all did. */
async function names(
  io: CliIo,
  { cluster, resource, namespace }: { cluster: Cluster; resource: Resource; namespace: string | null },
): Promise<string[]> {
  const found: string[] = [];
  await listTable(cluster.client, resource, {
    namespace,
    includeObject: "Metadata",
    signal: io.signal,
    onRow: ({ metadata }) => {
      if (metadata !== null) found.push(metadata.name);
    },
  });
  return found;
}
