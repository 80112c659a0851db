/** APIGroupDiscoveryList (apidiscovery.k8s.io, v2 and v2beta1: the same fields). */
import { OrkaError, toWire, type WireError } from "../base/mod.ts";
import type { Resource } from "../kube/mod.ts";

/** One group version as discovery found it. */
export interface DiscoveredVersion {
  readonly version: string;
  /** `v1`, `apps/v1`. */
  readonly groupVersion: string;
  readonly resources: readonly Resource[];
  /** Why its resources may be missing or old; null when they are current. */
  readonly error: WireError | null;
}

export interface DiscoveredGroup {
  /** Empty for the core group. */
  readonly name: string;
  readonly preferredVersion: string;
  readonly versions: readonly DiscoveredVersion[];
}

interface Listed {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly ListedVersion[];
}

interface ListedVersion {
  readonly version?: string;
  readonly freshness?: string;
  readonly resources?: readonly ListedResource[];
}

interface ListedResource {
  readonly resource?: string;
  readonly responseKind?: { readonly kind?: string } | null;
  readonly scope?: string;
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly subresource?: string }[];
}

/** The groups, or null when the document is no aggregated discovery. */
export function readAggregated(document: unknown): readonly DiscoveredGroup[] | null {
  const list = document as { kind?: unknown; items?: unknown } | null;
  if (list?.kind !== "APIGroupDiscoveryList") return null;
  const items = Array.isArray(list.items) ? list.items as Listed[] : [];
  return items.map((item) => {
    const name = item.metadata?.name ?? "";
    const versions = (item.versions ?? []).map((version) => readVersion(name, version));
    return { name, preferredVersion: versions[0]?.version ?? "", versions };
  });
}

function readVersion(group: string, listed: ListedVersion): DiscoveredVersion {
  const version = listed.version ?? "";
  const groupVersion = group === "" ? version : `${group}/${version}`;
  const resources = (listed.resources ?? []).flatMap((resource) => readResource(group, version, resource));
  const stale = listed.freshness === "Stale";
  const message = `the server behind ${groupVersion} does not answer; its resources may be missing`;
  return { version, groupVersion, resources, error: stale ? toWire(new OrkaError("server", message)) : null };
}

/** A parent that exists for its subresources only has no kind and is no resource. */
function readResource(group: string, version: string, listed: ListedResource): Resource[] {
  const kind = listed.responseKind?.kind ?? "";
  const plural = listed.resource ?? "";
  if (kind === "" || plural === "") return [];
  return [{
    group,
    version,
    kind,
    plural,
    singular: listed.singularResource ?? "",
    shortNames: listed.shortNames ?? [],
    categories: listed.categories ?? [],
    namespaced: listed.scope === "Namespaced",
    verbs: listed.verbs ?? [],
    subresources: (listed.subresources ?? []).map((s) => s.subresource ?? "").filter((name) => name !== ""),
    preferred: false,
  }];
}
