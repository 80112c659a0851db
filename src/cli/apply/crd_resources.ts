/** The kinds that a CustomResourceDefinition brings, before any server serves them; and the wait until one does. */
import { OrkaError } from "../../base/mod.ts";
import { apiVersion, groupResource, type KubeObject, type Resource } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** One for each served version; none for an object of another kind, or a definition that is not whole. */
export function crdResources(object: KubeObject): Resource[] {
  if (object.kind !== "CustomResourceDefinition") return [];
  const { group, names, scope, versions } = (object.spec ?? {}) as CrdSpec;
  if (typeof group !== "string" || typeof names?.kind !== "string" || typeof names.plural !== "string") {
    return [];
  }
  return (Array.isArray(versions) ? versions : []).filter(({ served }) => served !== false).map((
    version,
  ) => ({
    group,
    version: version.name ?? "",
    kind: names.kind!,
    plural: names.plural!,
    singular: names.singular ?? names.kind!.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope !== "Cluster",
    verbs: VERBS,
    subresources: Object.keys(version.subresources ?? {}),
    preferred: version.storage === true,
  }));
}

interface CrdSpec {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: {
    readonly kind?: string;
    readonly plural?: string;
    readonly singular?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions?: readonly {
    readonly name?: string;
    readonly served?: boolean;
    readonly storage?: boolean;
    readonly subresources?: object;
  }[];
}

const POLL_MS = 100;
/** Servers take a moment from a definition to its endpoints; one that takes longer has refused its names. */
const SERVED_MS = 15_000;

/** Returns when the server serves the kind. Throws OrkaError `timeout`. */
export async function waitUntilServed({ io, cluster }: ChangeSession, resource: Resource): Promise<void> {
  const start = io.clock.monotonic();
  while (!await isServed(cluster.client, { resource, signal: io.signal })) {
    if (io.clock.monotonic() - start > SERVED_MS) {
      throw new OrkaError(
        "timeout",
        `${groupResource(resource)} is not served ${SERVED_MS / 1000} s after its CustomResourceDefinition`,
        { hint: `orka get crd ${groupResource(resource)} -o yaml shows its conditions.` },
      );
    }
    await io.clock.sleep(POLL_MS, { signal: io.signal });
  }
}

interface ServedQuestion {
  readonly resource: Resource;
  readonly signal: AbortSignal;
}

async function isServed(
  client: ChangeSession["cluster"]["client"],
  { resource, signal }: ServedQuestion,
): Promise<boolean> {
  try {
    const list = await client.json(`/apis/${apiVersion(resource)}`, { signal }) as {
      resources?: readonly { name?: string }[];
    };
    return list.resources?.some(({ name }) => name === resource.plural) ?? false;
  } catch (error) {
    if (error instanceof OrkaError && error.status === 404) return false;
    throw error;
  }
}
