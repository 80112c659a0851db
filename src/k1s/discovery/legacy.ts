/**
 * Discovery as clients knew it before aggregation: /api, /apis, /apis/GROUP, /apis/GROUP/VERSION.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#unaggregated-discovery
 */
import type { ServedResource, ServedSubresource } from "../builtin/mod.ts";

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

export interface ApiGroup {
  readonly name: string;
  readonly versions: readonly GroupVersion[];
  readonly preferredVersion: GroupVersion;
}

/** GET /api. `serverAddress` is the host and port that clients reach the server at. */
export function apiVersions(serverAddress: string): unknown {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** GET /apis: every group but the core one, in the order that its first resource is served. */
export function apiGroupList(resources: readonly ServedResource[]): unknown {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups(resources) };
}

/** GET /apis/GROUP; null when no such group is served. */
export function apiGroup(resources: readonly ServedResource[], name: string): unknown {
  const group = groups(resources).find((candidate) => candidate.name === name);
  return group ? { kind: "APIGroup", apiVersion: "v1", ...group } : null;
}

/** GET /api/v1 and /apis/GROUP/VERSION; null when no such version is served. */
export async function apiResourceList(
  resources: readonly ServedResource[],
  { group, version }: { readonly group: string; readonly version: string },
): Promise<unknown> {
  const own = resources.filter((resource) => resource.group === group && resource.version === version);
  if (own.length === 0) return null;
  const listed = (await Promise.all(own.map(entries))).flat();
  const groupVersion = group === "" ? version : `${group}/${version}`;
  // the core list alone carries no apiVersion of its own: it predates the field
  const apiVersion = group === "" ? {} : { apiVersion: "v1" };
  return { kind: "APIResourceList", ...apiVersion, groupVersion, resources: listed };
}

function groups(resources: readonly ServedResource[]): ApiGroup[] {
  const versions = new Map<string, string[]>();
  for (const { group, version } of resources) {
    if (group === "") continue;
    const known = versions.get(group) ?? [];
    if (!known.includes(version)) known.push(version);
    versions.set(group, known);
  }
  return [...versions].map(([name, served]) => {
    const listed = served.map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: listed, preferredVersion: listed[0]! };
  });
}

async function entries(resource: ServedResource): Promise<unknown[]> {
  const watchable = resource.verbs.includes("watch");
  return [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
      ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
      ...(watchable ? { storageVersionHash: await storageVersionHash(resource.storedAs) } : {}),
    },
    ...resource.subresourceKinds.map((sub) => subresourceEntry(resource, sub)),
  ];
}

function subresourceEntry(resource: ServedResource, sub: ServedSubresource): unknown {
  const { group = "", version = "", kind = resource.kind } = sub.responseKind ?? {};
  const elsewhere = group !== "" && !(group === resource.group && version === resource.version);
  return {
    name: `${resource.plural}/${sub.name}`,
    singularName: "",
    namespaced: resource.namespaced,
    ...(elsewhere ? { group } : {}),
    ...(elsewhere || group === "" && version !== "" ? { version } : {}),
    kind,
    verbs: sub.verbs,
  };
}

/** How many bytes of the digest the hash keeps. */
const HASH_BYTES = 8;

async function storageVersionHash({ group, version, kind }: ServedResource["storedAs"]): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(`${group}/${version}/${kind}`),
  );
  return new Uint8Array(digest, 0, HASH_BYTES).toBase64();
}
