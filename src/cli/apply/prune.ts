/**
 * `--prune`: objects that an apply made once and that are not in the manifests any more. An object counts as applied when it
 * has kubectl's last-applied annotation, or when the field manager of this call applied it and nobody else wrote it.
 */
import { deleteObject, FIELD_MANAGER, type FieldOwner, fieldOwners, LAST_APPLIED } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { apiVersion, type KubeObject, type Resource } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { noteReadOnly, type PlannedChange, readDryRun, runChanges } from "../change/run_changes.ts";
import { listTargets, type LiveTarget, targetName } from "../change/targets.ts";
import { deletion, timeoutMs } from "./deletion_flags.ts";
import { mapLimited } from "../get/one.ts";
import { note } from "../io.ts";
import type { ManifestTarget } from "./manifest_targets.ts";

/** kubectl's list without Endpoints, which servers warn of at every look. */
const KINDS = [
  "v1/ConfigMap",
  "v1/PersistentVolumeClaim",
  "v1/Pod",
  "v1/ReplicationController",
  "v1/Secret",
  "v1/Service",
  "batch/v1/Job",
  "batch/v1/CronJob",
  "networking.k8s.io/v1/Ingress",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/ReplicaSet",
  "apps/v1/StatefulSet",
  "v1/Namespace",
  "v1/PersistentVolume",
];

/**
 * Objects that would go. Those that another object owns never do, nor do what the call applied; what somebody else set
 * fields of besides is named on stderr and left: an edit makes the manager an applier of an object that is not its own.
 */
export async function prunedObjects(
  session: ChangeSession,
  applied: readonly ManifestTarget[],
): Promise<readonly LiveTarget[]> {
  const manager = session.flags.text("field-manager") || FIELD_MANAGER;
  const kept = new Set(applied.map(({ target }) => keyOf(target.resource, target)));
  const namespaces = new Set(applied.map(({ target }) => target.namespace).filter((name) => name !== ""));
  const places = (await prunedKinds(session)).flatMap((resource) =>
    [...resource.namespaced ? namespaces : [null]].map((namespace) => ({ resource, namespace }))
  );
  const selection = { labelSelector: session.flags.text("selector"), managedFields: true };
  const found = (await mapLimited(places, (place) => listTargets(session, { ...place, ...selection }))).flat()
    .filter((target) => !kept.has(keyOf(target.resource, target)));
  const doomed: LiveTarget[] = [];
  for (const target of found) {
    const claim = claimOf(target.object, manager);
    if (claim.type === "own") doomed.push(target);
    if (claim.type === "shared") {
      await note(
        session.io,
        `${targetName(target)} is not pruned: ${claim.others.join(", ")} set fields of it too`,
      );
    }
  }
  return doomed;
}

function keyOf(
  { group, kind }: Resource,
  { namespace, name }: Pick<LiveTarget, "namespace" | "name">,
): string {
  return JSON.stringify([group, kind, namespace, name]);
}

/** What they write, they write to every object of the kind: no sign of anybody's interest in it. */
const CONTROL_PLANE = new Set([
  "kube-controller-manager",
  "cloud-controller-manager",
  "kube-scheduler",
  "kubelet",
]);

type Claim =
  | { readonly type: "none" | "own" }
  /** Applied by the manager, and written by these. */
  | { readonly type: "shared"; readonly others: readonly string[] };

function claimOf(object: KubeObject, manager: string): Claim {
  const { annotations, ownerReferences, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined || (ownerReferences ?? []).length > 0) return { type: "none" };
  if (annotations?.[LAST_APPLIED] !== undefined) return { type: "own" };
  const owners = fieldOwners(object).filter(({ subresource, manager }) =>
    subresource === "" && !CONTROL_PLANE.has(manager)
  );
  const isOwn = (owner: FieldOwner) => owner.manager === manager && owner.operation === "Apply";
  if (!owners.some(isOwn)) return { type: "none" };
  const others = new Set(
    owners.filter((owner) => !isOwn(owner)).map((owner) => JSON.stringify(owner.manager)),
  );
  return others.size === 0 ? { type: "own" } : { type: "shared", others: [...others] };
}

/** Of `--prune-allowlist`, or kubectl's own list; without -n cluster-scoped kinds too. */
async function prunedKinds({ flags, cluster }: ChangeSession): Promise<readonly Resource[]> {
  const asked = flags.list("prune-allowlist").map((each) => each.replace(/^core\//, ""));
  const { resources } = await cluster.discover();
  const named = (asked.length > 0 ? asked : KINDS).map((each) => ({
    each,
    resource: resources.find((resource) => `${apiVersion(resource)}/${resource.kind}` === each),
  }));
  const unknown = named.find(({ resource }) => resource === undefined);
  if (asked.length > 0 && unknown !== undefined) {
    throw new OrkaError(
      "usage",
      `invalid prune-allowlist: no kind ${JSON.stringify(unknown.each)} is served`,
      {
        hint: "As group/version/Kind: core/v1/ConfigMap, apps/v1/Deployment.",
      },
    );
  }
  const found = named.flatMap(({ resource }) => resource === undefined ? [] : [resource]);
  return asked.length > 0 || !flags.text("namespace") ? found : found.filter(({ namespaced }) => namespaced);
}

async function nothing(session: ChangeSession): Promise<number> {
  const isTried = session.cluster.writes.isOpen || readDryRun(session.flags.text("dry-run")) !== "none";
  if (isTried) return EXIT.ok;
  await noteReadOnly(session);
  return EXIT.readOnly;
}

/** Deletes them, after a question on a terminal; the exit code of the whole apply. */
export async function prune(session: ChangeSession, applied: readonly ManifestTarget[]): Promise<number> {
  const { flags, cluster: { client } } = session;
  const doomed = await prunedObjects(session, applied);
  if (doomed.length === 0) return await nothing(session);
  const options = deletion(flags);
  const planned = doomed.map(({ object, ...target }): PlannedChange => ({
    name: targetName(target),
    done: "pruned",
    change: {
      verb: "prune",
      target,
      fieldManager: flags.text("field-manager") || FIELD_MANAGER,
      before: object,
      async send({ dryRun, signal }) {
        await deleteObject(client, target, { ...options, uid: object.metadata.uid, dryRun, signal });
        return null;
      },
    },
  }));
  const names = doomed.slice(0, 5).map(targetName).join(", ") + (doomed.length > 5 ? ", …" : "");
  const text = `Delete ${doomed.length} objects that are not in the manifests (${names})?`;
  const { code, done } = await runChanges(session, planned, {
    question: { text, name: String(doomed.length) },
  });
  if (flags.on("wait") && done.length > 0) {
    const { waitUntilGone } = await import("../change/wait_gone.ts");
    const gone = doomed.filter((_, at) => done.includes(planned[at]!));
    await waitUntilGone(session, gone, { timeoutMs: timeoutMs(flags) });
  }
  return code;
}
