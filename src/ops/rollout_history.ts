/**
 * The revisions of a rollout: a Deployment's ReplicaSets, and the ControllerRevisions of DaemonSets and StatefulSets.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#checking-rollout-history-of-a-deployment
 */
import type { ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { formatLabelSelector, type KubeObject, selectorOfObject } from "../kube/mod.ts";
import { CONTROLLER_REVISIONS, REPLICA_SETS } from "./builtin_kinds.ts";
import { isControlledBy, listAll } from "./object_list.ts";
import { type PodTemplateView, rollingKind, type WorkloadView } from "./workload.ts";

/** The annotation of Deployments and ReplicaSets that numbers revisions. */
export const REVISION = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE = "kubernetes.io/change-cause";

export interface Revision {
  readonly number: number;
  /** `kubernetes.io/change-cause`; empty where nobody said. */
  readonly changeCause: string;
  /** As it was then; null where the revision holds none. */
  readonly template: PodTemplateView | null;
  /** The ReplicaSet or ControllerRevision. */
  readonly object: KubeObject;
}

/** Oldest first. Throws OrkaError `invalid` for kinds without. */
export async function readRevisions(
  client: Client,
  target: ObjectTarget,
  { object, signal }: { readonly object: WorkloadView; readonly signal?: AbortSignal | undefined },
): Promise<readonly Revision[]> {
  const kind = rollingKind(target);
  if (kind === null) {
    throw new OrkaError("invalid", `no history viewer has been implemented for ${target.resource.kind}`, {
      hint: "Deployments, DaemonSets and StatefulSets keep revisions.",
    });
  }
  const resource = kind === "Deployment" ? REPLICA_SETS : CONTROLLER_REVISIONS;
  const { namespace } = target;
  const labelSelector = formatLabelSelector(selectorOfObject(object.spec?.selector));
  const found = await listAll(client, resource, { namespace, labelSelector, signal });
  const owned = found.filter((each) => isControlledBy(each, object));
  return owned.map(kind === "Deployment" ? ofReplicaSet : ofControllerRevision)
    .filter(({ number }) => number > 0)
    .sort((a, b) => a.number - b.number);
}

function ofReplicaSet(object: KubeObject): Revision {
  const { annotations } = object.metadata;
  return {
    number: Number(annotations?.[REVISION] ?? 0),
    changeCause: annotations?.[CHANGE_CAUSE] ?? "",
    template: (object as WorkloadView).spec?.template ?? null,
    object,
  };
}

interface ControllerRevisionView extends KubeObject {
  readonly revision?: number;
  readonly data?: { readonly spec?: { readonly template?: PodTemplateView & { readonly $patch?: string } } };
}

function ofControllerRevision(object: KubeObject): Revision {
  const { revision = 0, data, metadata } = object as ControllerRevisionView;
  const { $patch: _, ...template } = data?.spec?.template ?? {};
  return {
    number: revision,
    changeCause: metadata.annotations?.[CHANGE_CAUSE] ?? "",
    template: data?.spec?.template === undefined ? null : template,
    object,
  };
}
