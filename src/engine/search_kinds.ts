import { findResource, groupResource, type Resource, resourceKey } from "../kube/mod.ts";
import { admitsKind, kindTerms, type Query } from "../search/mod.ts";

/** The kinds that a search looks at when nobody says otherwise: what a person looks for every day. */
export const EVERYDAY_KINDS: readonly string[] = [
  "pods",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
  "services",
  "ingresses.networking.k8s.io",
  "configmaps",
  "secrets",
  "persistentvolumeclaims",
  "namespaces",
  "nodes",
];

/** So many kinds are followed for one search at most: each costs a list and a watch. */
export const MOST_KINDS = 60;

/** The same objects under another group: only the first of a pair is searched. */
const TWINS: Readonly<Record<string, string>> = {
  "events.events.k8s.io": "events",
  "ingresses.extensions": "ingresses.networking.k8s.io",
};

/** The kinds that a query is to be asked of: those it names, else `kinds`; less those that it leaves out. */
export function kindsToSearch(
  query: Query,
  resources: readonly Resource[],
  kinds: readonly string[],
): readonly Resource[] {
  const served = searchable(resources);
  const chosen = kindTerms(query).length > 0 ? served : kinds.flatMap((spelling) => {
    const found = findResource(spelling, served);
    return found === undefined ? [] : [found];
  });
  return chosen.filter((resource) => admitsKind(query, resource));
}

/** One version of each kind that can be listed. */
function searchable(resources: readonly Resource[]): readonly Resource[] {
  const byName = new Map<string, Resource>();
  for (const resource of resources) {
    if (!resource.verbs.includes("list")) continue;
    const name = groupResource(resource);
    if (!byName.has(name) || (resource.preferred && !byName.get(name)!.preferred)) byName.set(name, resource);
  }
  return [...byName.values()].filter((resource) => {
    const twin = TWINS[groupResource(resource)];
    return twin === undefined || !byName.has(twin);
  });
}

/** `v1/pods`, for telling whether two specs are of one kind. */
export function sameKind(a: Resource, b: Resource): boolean {
  return resourceKey(a) === resourceKey(b);
}
