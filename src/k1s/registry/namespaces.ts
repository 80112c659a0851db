/** Namespaces: what may be created in them, what every one of them has, and their end. */
import { ApiError, notFound } from "../http/api_error.ts";
import type { Storage } from "../storage/mod.ts";
import type { RegisteredResource } from "./catalog.ts";
import { type JsonObject, listOf, mapOf, metaOf } from "./object.ts";
import type { ObjectName } from "./resource_store.ts";

const NAMESPACES = { group: "", plural: "namespaces" };

/** Kinds that may be asked about in a namespace that isn't there. */
const REVIEWS = new Set(["localsubjectaccessreviews", "bindings"]);

/** Refuses to create in a namespace that is missing or ending; throws ApiError 404, 403. */
export async function checkNamespace(
  storage: Storage,
  resource: RegisteredResource,
  { namespace, name }: ObjectName,
): Promise<void> {
  const { served } = resource;
  if (!served.namespaced || REVIEWS.has(served.plural)) return;
  const stored = await storage.find({ resource: "namespaces", namespace: "", name: namespace });
  if (!stored) throw notFound(NAMESPACES, namespace);
  // asked for by every creation: the text tells without parsing
  if (!stored.value.includes('"deletionTimestamp":')) return;
  const object: JsonObject = JSON.parse(stored.value);
  if (metaOf(object).deletionTimestamp === undefined) return;
  const qualified = served.group === "" ? served.plural : `${served.plural}.${served.group}`;
  throw new ApiError(
    403,
    "Forbidden",
    `${qualified} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being ` +
      "terminated",
    {
      details: {
        ...(name === "" ? {} : { name }),
        ...(served.group === "" ? {} : { group: served.group }),
        kind: served.plural,
        causes: [{
          reason: "NamespaceTerminating",
          message: `namespace ${namespace} is being terminated`,
          field: "metadata.namespace",
        }],
      },
    },
  );
}

/** Namespaces that the cluster needs: their deletion is refused. */
const LASTING = new Set(["default", "kube-system", "kube-public"]);

/** Throws 403 for a namespace that may not go. */
export function checkNamespaceDeletion(name: string): void {
  if (!LASTING.has(name)) return;
  throw new ApiError(
    403,
    "Forbidden",
    `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    {
      details: { name, kind: "namespaces" },
    },
  );
}

/** True for a namespace that waits for its content to go. */
export function isEnding(namespace: JsonObject): boolean {
  return metaOf(namespace).deletionTimestamp !== undefined &&
    listOf(mapOf(namespace, "spec"), "finalizers").length > 0;
}

/** What keeps a namespace from going. */
export interface Remaining {
  /** By `plural.group`. */
  readonly instances: ReadonlyMap<string, number>;
  /** How many objects each finalizer holds. */
  readonly finalizers: ReadonlyMap<string, number>;
}

/** Conditions of an ending namespace, as its controller leaves them. */
export function endingConditions({ instances, finalizers }: Remaining, time: string): JsonObject[] {
  const condition = (
    type: string,
    status: boolean,
    [reason, message]: readonly [string, string],
  ): JsonObject => ({
    type,
    status: status ? "True" : "False",
    lastTransitionTime: time,
    reason,
    message,
  });
  const told = (counts: ReadonlyMap<string, number>, join: string) =>
    [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([what, count]) =>
      `${what} ${join} ${count} resource instances`
    )
      .join(", ");
  return [
    condition("NamespaceDeletionDiscoveryFailure", false, [
      "ResourcesDiscovered",
      "All resources successfully discovered",
    ]),
    condition("NamespaceDeletionGroupVersionParsingFailure", false, [
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ]),
    condition("NamespaceDeletionContentFailure", false, [
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ]),
    condition(
      "NamespaceContentRemaining",
      instances.size > 0,
      instances.size > 0
        ? ["SomeResourcesRemain", `Some resources are remaining: ${told(instances, "has")}`]
        : ["ContentRemoved", "All content successfully removed"],
    ),
    condition(
      "NamespaceFinalizersRemaining",
      finalizers.size > 0,
      finalizers.size > 0
        ? [
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${told(finalizers, "in")}`,
        ]
        : ["ContentHasNoFinalizers", "All content-preserving finalizers finished"],
    ),
  ];
}

/** The ServiceAccount and the ConfigMap that every namespace has. */
export function namespaceContent(caCertificate: string | undefined): { kind: string; object: JsonObject }[] {
  const account = { kind: "serviceaccounts", object: { metadata: { name: "default" } } };
  if (caCertificate === undefined) return [account];
  const annotations = {
    "kubernetes.io/description":
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the " +
      "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes " +
      "clusters.",
  };
  const root = { metadata: { name: "kube-root-ca.crt", annotations }, data: { "ca.crt": caCertificate } };
  return [account, { kind: "configmaps", object: root }];
}
