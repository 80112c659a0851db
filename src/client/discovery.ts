/**
 * Which resources a server serves: from the aggregated documents in two requests, or from the older ones in one
 * request a group version. A broken APIService costs its own resources only.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
import { type Clock, OrkaError, systemClock, type WireError } from "../base/mod.ts";
import type { Resource } from "../kube/mod.ts";
import { type DiscoveredGroup, readAggregated } from "./aggregated_discovery.ts";
import { readText } from "./byte_stream.ts";
import type { Client } from "./client.ts";
import { type CachedPart, type DiscoveryCache, readCache, writeCache } from "./discovery_cache.ts";
import { legacyGroups } from "./legacy_discovery.ts";

export interface BrokenGroup {
  readonly groupVersion: string;
  readonly error: WireError;
}

export interface Discovery {
  /** In the server's order, the core group first. */
  readonly resources: readonly Resource[];
  readonly broken: readonly BrokenGroup[];
  /** True when it came from the disk cache and has not been checked with the server. */
  readonly cached: boolean;
}

export interface DiscoverOptions {
  /** kubectl's cache directory; null keeps nothing on disk. ~/.kube/cache unless given. */
  readonly cacheDir?: string | null | undefined;
  /** Asks the server even if the cache is young. */
  readonly refresh?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** As long as kubectl trusts its own. */
const CACHE_TTL_MS = 6 * 60 * 60 * 1000;

/** With a broken group in it the cache is asked about sooner: the group may be back. */
const BROKEN_TTL_MS = 5 * 60 * 1000;

/**
 * The served resources: from disk while the cache is young (then no request is made), from the server otherwise,
 * which answers 304 where nothing changed. Throws OrkaError when the server cannot be asked at all.
 */
export async function discover(client: Client, options: DiscoverOptions = {}): Promise<Discovery> {
  const { clock = systemClock, refresh = false } = options;
  const cache = await readCache(client.target.server, options.cacheDir);
  if (cache !== null && !refresh) {
    const ageMs = clock.now() - cache.savedMs;
    const found = merge([cache.core, cache.groups], true);
    if (ageMs >= 0 && ageMs < (found.broken.length > 0 ? BROKEN_TTL_MS : CACHE_TTL_MS)) return found;
  }
  const [core, groups] = await Promise.all([
    ask(client, "/api", { known: cache?.core, signal: options.signal }),
    ask(client, "/apis", { known: cache?.groups, signal: options.signal }),
  ]);
  if (core === null && groups === null) {
    throw new OrkaError("not-found", `${client.target.server} serves neither /api nor /apis`, {
      hint: "it may be no Kubernetes server, or its API may be below another path",
    });
  }
  return await keep(client, { core: core ?? NONE, groups: groups ?? NONE }, options);
}

async function keep(
  client: Client,
  { core, groups }: Pick<DiscoveryCache, "core" | "groups">,
  { clock = systemClock, cacheDir }: DiscoverOptions,
): Promise<Discovery> {
  const fresh: DiscoveryCache = { savedMs: clock.now(), core, groups };
  await writeCache(client.target.server, fresh, cacheDir);
  return merge([core, groups], false);
}

/** What an earlier run left on disk, whatever its age; null when there is nothing readable. */
export async function cachedDiscovery(
  client: Client,
  options: Pick<DiscoverOptions, "cacheDir"> = {},
): Promise<Discovery | null> {
  const cache = await readCache(client.target.server, options.cacheDir);
  return cache === null ? null : merge([cache.core, cache.groups], true);
}

function merge(parts: readonly CachedPart[], cached: boolean): Discovery {
  return {
    resources: parts.flatMap((part) => part.resources),
    broken: parts.flatMap((part) => part.broken),
    cached,
  };
}

const AGGREGATED_ACCEPT = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat("application/json").join(",");

/** Milliseconds without a byte after which a document counts as lost; as a list's page. */
const BODY_IDLE_MS = 60_000;

const NONE: CachedPart = { etag: "", resources: [], broken: [] };

/** null where nothing is served at the path. */
async function ask(
  client: Client,
  path: "/api" | "/apis",
  { known, signal }: { known: CachedPart | undefined; signal: AbortSignal | undefined },
): Promise<CachedPart | null> {
  const headers: Record<string, string> = known?.etag ? { "if-none-match": known.etag } : {};
  const response = await client.request(path, { accept: AGGREGATED_ACCEPT, headers, signal }).catch(
    noneServed,
  );
  if (response === null) return null;
  if (response.status === 304 && known) {
    await response.body?.cancel();
    return known;
  }
  const etag = response.headers.get("etag") ?? "";
  const text = await readText(response, { signal, idleMs: BODY_IDLE_MS });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new OrkaError("protocol", `the server's answer to ${path} is not JSON`, { cause });
  }
  const aggregated = readAggregated(document);
  return part(aggregated ?? await legacyGroups(client, path, { document, signal }), aggregated ? etag : "");
}

/** A server of aggregated APIs alone may have no core group at all. */
function noneServed(error: unknown): null {
  if (error instanceof OrkaError && error.code === "not-found") return null;
  throw error;
}

function part(groups: readonly DiscoveredGroup[], etag: string): CachedPart {
  const resources: Resource[] = [];
  const broken: BrokenGroup[] = [];
  for (const group of groups) {
    for (const version of group.versions) {
      resources.push(...version.resources);
      if (version.error !== null) broken.push({ groupVersion: version.groupVersion, error: version.error });
    }
  }
  return { etag, resources: markPreferred(resources, groups), broken };
}

/** A resource's preferred version is the first that serves it, in the group's own order of preference. */
function markPreferred(resources: readonly Resource[], groups: readonly DiscoveredGroup[]): Resource[] {
  const first = new Map<string, string>();
  for (const group of groups) {
    const versions = [...group.versions].sort((a, b) => rank(a.version, group) - rank(b.version, group));
    for (const { version, resources: served } of versions) {
      for (const { plural } of served) {
        const key = `${group.name}/${plural}`;
        if (!first.has(key)) first.set(key, version);
      }
    }
  }
  return resources.map((r) => ({ ...r, preferred: first.get(`${r.group}/${r.plural}`) === r.version }));
}

function rank(version: string, group: DiscoveredGroup): number {
  return version === group.preferredVersion ? -1 : group.versions.findIndex((v) => v.version === version);
}
