/** The objects of manifests with the kinds that serve them, in the order in which they can be made. */
import type { ObjectTarget } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import {
  apiVersion,
  type KubeObject,
  matchesLabels,
  parseLabelSelector,
  type Resource,
} from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { type Manifest, readManifestTexts, refuseKustomize } from "../manifests.ts";
import { crdResources } from "./crd_resources.ts";

/** One object of a manifest. */
export interface ManifestTarget {
  readonly source: string;
  /** As it stands in the manifest, with the namespace that it goes to. */
  readonly object: KubeObject;
  readonly target: ObjectTarget;
  /** Its kind is not served yet: a CRD before it in the same manifests brings it. */
  readonly isComing: boolean;
}

export interface ManifestSet {
  readonly manifests: readonly Manifest[];
  /** Namespaces, then CRDs, then everything else as it stands. */
  readonly targets: readonly ManifestTarget[];
}

export interface ManifestSetOptions {
  /** For messages: `apply`. */
  readonly verb: string;
  /** Objects with a `generateName` alone are taken. */
  readonly allowGenerated?: boolean | undefined;
}

/**
 * Reads `-f`, `-R` and `-l` of the call. Throws OrkaError `usage` without -f; `io` and `invalid` for what can't be read;
 * `unknown-kind` that names the object and its file.
 */
export async function readManifestSet(
  session: ChangeSession,
  { verb, allowGenerated }: ManifestSetOptions,
): Promise<ManifestSet> {
  const { io, flags } = session;
  refuseKustomize(flags, verb);
  const files = flags.list("filename");
  if (files.length === 0) {
    throw new OrkaError("usage", "must specify -f", { hint: `For example: orka ${verb} -f web.yaml` });
  }
  const manifests = await readManifestTexts(io, { files, recursive: flags.on("recursive"), allowGenerated });
  const set = await manifestSet(session, manifests);
  if (set.targets.length > 0) return set;
  const selector = flags.text("selector") ?? "";
  throw new OrkaError("not-found", `no objects passed to ${verb}`, {
    hint: selector === "" ? undefined : `-l ${selector} fits none of those in ${files.join(", ")}.`,
  });
}

/** Of texts that are there already. Throws as `readManifestSet`. */
export async function manifestSet(
  session: ChangeSession,
  manifests: readonly Manifest[],
): Promise<ManifestSet> {
  const { flags, cluster } = session;
  const all = manifests.flatMap(({ source, objects }) => objects.map((object) => ({ source, object })));
  const coming = all.flatMap(({ object }) => crdResources(object));
  const selector = parseLabelSelector(flags.text("selector") ?? "");
  const chosen = all.filter(({ object }) => matchesLabels(selector, object.metadata.labels ?? {}));
  const targets = await cluster.resolve((resources) =>
    chosen.map(({ source, object }): ManifestTarget => {
      const served = resourceOf(object, resources);
      const resource = served ?? resourceOf(object, coming);
      if (resource === undefined) throw unknownKind(object, source);
      const placed = inNamespace(object, { resource, session });
      const target = {
        resource,
        namespace: resource.namespaced ? placed.metadata.namespace! : "",
        name: placed.metadata.name,
      };
      return { source, object: placed, target, isComing: served === undefined };
    })
  );
  return { manifests, targets: inOrder(targets) };
}

export function resourceOf(object: KubeObject, resources: readonly Resource[]): Resource | undefined {
  return resources.find((each) => each.kind === object.kind && apiVersion(each) === object.apiVersion);
}

/** Throws OrkaError `usage` when -n contradicts the object. */
function inNamespace(
  object: KubeObject,
  { resource, session: { cluster, flags } }: { resource: Resource; session: ChangeSession },
): KubeObject {
  if (!resource.namespaced) return object;
  const own = object.metadata.namespace;
  if (own === undefined || own === "") {
    return { ...object, metadata: { ...object.metadata, namespace: cluster.namespace } };
  }
  if (flags.text("namespace") && own !== cluster.namespace) {
    throw new OrkaError(
      "usage",
      `the namespace from the provided object "${own}" does not match the namespace "${cluster.namespace}". ` +
        `You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  return object;
}

function unknownKind({ apiVersion, kind, metadata }: KubeObject, source: string): OrkaError {
  return new OrkaError(
    "unknown-kind",
    `resource mapping not found for name: "${metadata.name ?? ""}" namespace: "${
      metadata.namespace ?? ""
    }" ` +
      `from "${source}": no matches for kind "${kind}" in version "${apiVersion}"`,
    { hint: "Is its CustomResourceDefinition installed? Nothing was sent." },
  );
}

function inOrder(targets: readonly ManifestTarget[]): ManifestTarget[] {
  return [0, 1, 2].flatMap((rank) => targets.filter((each) => rankOf(each.target.resource) === rank));
}

function rankOf({ group, kind }: Resource): number {
  if (group === "" && kind === "Namespace") return 0;
  return isCrd({ group, kind }) ? 1 : 2;
}

function isCrd({ group, kind }: Pick<Resource, "group" | "kind">): boolean {
  return group === "apiextensions.k8s.io" && kind === "CustomResourceDefinition";
}
