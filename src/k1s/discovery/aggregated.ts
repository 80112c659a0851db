/**
 * Discovery in one document a root, as kubectl and client-go ask for it.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
import type { ServedResource, ServedSubresource } from "../builtin/mod.ts";

/** What both forms of the document have in common; v2beta1 has the same fields. */
export type AggregatedVersion = "v2" | "v2beta1";

/** The document of `/api` (the core group) or `/apis` (all others). */
export function aggregated(
  resources: readonly ServedResource[],
  { root, version }: { readonly root: "/api" | "/apis"; readonly version: AggregatedVersion },
): unknown {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  for (const resource of resources) {
    if ((resource.group === "") !== (root === "/api")) continue;
    const versions = groups.get(resource.group) ?? new Map<string, ServedResource[]>();
    versions.set(resource.version, [...versions.get(resource.version) ?? [], resource]);
    groups.set(resource.group, versions);
  }
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [...groups].map(([name, versions]) => ({
      metadata: name === "" ? {} : { name },
      versions: [...versions].map(([served, members]) => ({
        version: served,
        resources: members.map(entry),
        freshness: "Current",
      })),
    })),
  };
}

/** The ETag of a document: the upper-case hex SHA-512 of its JSON, quoted. */
export async function entityTag(json: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-512", new TextEncoder().encode(json));
  return `"${new Uint8Array(digest).toHex().toUpperCase()}"`;
}

function entry(resource: ServedResource): unknown {
  return {
    resource: resource.plural,
    responseKind: responseKind(resource),
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.subresourceKinds.length > 0
      ? { subresources: resource.subresourceKinds.map(subEntry) }
      : {}),
  };
}

/** Built-in kinds leave out the group and version that the document already tells; custom ones repeat them. */
function responseKind({ custom, group, version, kind }: ServedResource): unknown {
  return custom ? { group, version, kind } : { group: "", version: "", kind };
}

function subEntry({ name, verbs, responseKind }: ServedSubresource): unknown {
  return { subresource: name, ...(responseKind ? { responseKind } : {}), verbs };
}
