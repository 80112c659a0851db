/**
 * `--prune`: objects that an apply made once and that are not in the manifests any more. An object counts as applied when it
 * has kubectl's last-applied annotation, or fields that the field manager of this call has applied.
 */
import { deleteObject, FIELD_MANAGER, fieldOwners, LAST_APPLIED } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { listObjects } from "../../client/mod.ts";
import { apiVersion, type KubeObject, type Resource } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { noteReadOnly, type PlannedChange, readDryRun, runChanges } from "../change/run_changes.ts";
import { type LiveTarget, targetName } from "../change/targets.ts";
import { deletion, timeoutMs } from "./deletion_flags.ts";
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

/** Objects that would go. Those that another object owns never do, nor do what the call applied. */
export async function prunedObjects(
  session: ChangeSession,
  applied: readonly ManifestTarget[],
): Promise<readonly LiveTarget[]> {
  const { io, cluster, flags } = session;
  const manager = flags.text("field-manager") || FIELD_MANAGER;
  const labelSelector = flags.text("selector");
  const kept = new Set(applied.map(({ target }) => keyOf(target.resource, target)));
  const namespaces = new Set(applied.map(({ target }) => target.namespace).filter((name) => name !== ""));
  const kinds = await prunedKinds(session);
  const doomed: LiveTarget[] = [];
  for (const resource of kinds) {
    for (const namespace of resource.namespaced ? namespaces : [null]) {
      await listObjects(cluster.client, resource, {
        namespace,
        labelSelector,
        managedFields: true,
        signal: io.signal,
        onItem: (item) => {
          const object = {
            ...item.parse() as KubeObject,
            apiVersion: apiVersion(resource),
            kind: resource.kind,
          };
          const { name, namespace = "" } = object.metadata;
          const target = { resource, namespace, name };
          if (!kept.has(keyOf(resource, target)) && isApplied(object, manager)) {
            doomed.push({ ...target, object });
          }
        },
      });
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

function isApplied(object: KubeObject, manager: string): boolean {
  const { annotations, ownerReferences, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined || (ownerReferences ?? []).length > 0) return false;
  if (annotations?.[LAST_APPLIED] !== undefined) return true;
  return fieldOwners(object).some((owner) => owner.manager === manager && owner.operation === "Apply");
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
