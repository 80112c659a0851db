/** Discovery as servers before 1.26 speak it: groups, then one APIResourceList a group version. */
import { isCancelled, OrkaError, toWire, type WireError } from "../base/mod.ts";
import type { Resource } from "../kube/mod.ts";
import type { DiscoveredGroup, DiscoveredVersion } from "./aggregated_discovery.ts";
import type { Client } from "./client.ts";

interface ListedGroup {
  readonly name?: string;
  readonly versions?: readonly { readonly version?: string }[];
  readonly preferredVersion?: { readonly version?: string };
}

interface ListedResource {
  readonly name?: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly kind?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** The groups behind `/api` or `/apis`, whose answer `document` is. One that fails is marked, not fatal. */
export async function legacyGroups(
  client: Client,
  path: "/api" | "/apis",
  { document, signal }: { document: unknown; signal: AbortSignal | undefined },
): Promise<readonly DiscoveredGroup[]> {
  return await Promise.all(
    listedGroups(path, document).map(async (group) => {
      const name = group.name ?? "";
      const versions = (group.versions ?? []).map((v) => v.version ?? "").filter((v) => v !== "");
      return {
        name,
        preferredVersion: group.preferredVersion?.version ?? versions[0] ?? "",
        versions: await Promise.all(
          versions.map((version) => readVersion(client, { name, version, signal })),
        ),
      };
    }),
  );
}

/** Throws `protocol` for any other document: a gateway's 200 must not read as a server without resources. */
function listedGroups(path: "/api" | "/apis", document: unknown): readonly ListedGroup[] {
  const list = document as { kind?: unknown; versions?: unknown; groups?: unknown } | null;
  if (list?.kind !== (path === "/apis" ? "APIGroupList" : "APIVersions")) {
    throw new OrkaError("protocol", `the server's answer to ${path} is no discovery document`);
  }
  if (path === "/apis") return Array.isArray(list?.groups) ? list.groups as ListedGroup[] : [];
  const versions = Array.isArray(list?.versions) ? list.versions.map(String) : [];
  return versions.length === 0 ? [] : [{ name: "", versions: versions.map((version) => ({ version })) }];
}

async function readVersion(
  client: Client,
  { name, version, signal }: { name: string; version: string; signal: AbortSignal | undefined },
): Promise<DiscoveredVersion> {
  const groupVersion = name === "" ? version : `${name}/${version}`;
  try {
    const answer = await client.json(name === "" ? `/api/${version}` : `/apis/${groupVersion}`, { signal });
    const list = answer as { kind?: unknown; resources?: unknown } | null;
    if (list?.kind !== "APIResourceList") {
      throw new OrkaError("protocol", `the server's answer for ${groupVersion} is no list of resources`);
    }
    const listed = list.resources;
    const resources = readResources(name, version, Array.isArray(listed) ? listed as ListedResource[] : []);
    return { version, groupVersion, resources, error: null };
  } catch (error) {
    signal?.throwIfAborted();
    return { version, groupVersion, resources: [], error: asBroken(error) };
  }
}

/** A group version's failure as data; cancellations and bugs pass. */
function asBroken(error: unknown): WireError {
  if (isCancelled(error) || !(error instanceof OrkaError)) throw error;
  return toWire(error);
}

/** Subresources are listed as `pods/log` beside their parent. */
function readResources(group: string, version: string, listed: readonly ListedResource[]): Resource[] {
  const subresources = new Map<string, string[]>();
  for (const { name = "" } of listed) {
    const slash = name.indexOf("/");
    if (slash < 0) continue;
    const parent = name.slice(0, slash);
    subresources.set(parent, [...subresources.get(parent) ?? [], name.slice(slash + 1)]);
  }
  return listed.filter(({ name = "", kind = "" }) => name !== "" && kind !== "" && !name.includes("/")).map((
    r,
  ) => ({
    group,
    version,
    kind: r.kind!,
    plural: r.name!,
    singular: r.singularName ?? "",
    shortNames: r.shortNames ?? [],
    categories: r.categories ?? [],
    namespaced: r.namespaced ?? false,
    verbs: r.verbs ?? [],
    subresources: subresources.get(r.name!) ?? [],
    preferred: false,
  }));
}
