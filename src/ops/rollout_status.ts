/**
 * How far a rollout is, in kubectl's words and by its rules.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
import type { ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import { REVISION } from "./rollout_history.ts";
import { type RollingKind, rollingKind, type WorkloadView } from "./workload.ts";

/** progress: it goes on. done: it is out. failed: it will not get there by itself. */
export interface RolloutState {
  readonly type: "progress" | "done" | "failed";
  /** One line. */
  readonly message: string;
}

export interface RolloutStatusOptions {
  /** It counts as failed when another revision runs. */
  readonly revision?: number | undefined;
}

/** Throws OrkaError `invalid` for kinds that roll nothing out. */
export function rolloutStatus(
  object: WorkloadView,
  { target, revision }: RolloutStatusOptions & { readonly target: ObjectTarget },
): RolloutState {
  const kind = rollingKind(target);
  if (kind === null) {
    throw new OrkaError("invalid", `no status viewer has been implemented for ${target.resource.kind}`, {
      hint: "Deployments, DaemonSets and StatefulSets roll out.",
    });
  }
  return VIEWERS[kind](object, revision);
}

type Viewer = (object: WorkloadView, revision: number | undefined) => RolloutState;

const VIEWERS: Readonly<Record<RollingKind, Viewer>> = {
  Deployment: deploymentState,
  DaemonSet: daemonSetState,
  StatefulSet: statefulSetState,
};

const progress = (message: string): RolloutState => ({ type: "progress", message });
const done = (message: string): RolloutState => ({ type: "done", message });
const failed = (message: string): RolloutState => ({ type: "failed", message });

function deploymentState(object: WorkloadView, revision: number | undefined): RolloutState {
  const { metadata: { name, generation = 0, annotations }, spec, status = {} } = object;
  const running = Number(annotations?.[REVISION] ?? 0);
  if (revision !== undefined && revision > 0 && revision !== running) {
    return failed(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  if (generation > (status.observedGeneration ?? 0)) {
    return progress("Waiting for deployment spec update to be observed...");
  }
  const progressing = status.conditions?.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(`deployment "${name}" exceeded its progress deadline`);
  }
  const waiting = `Waiting for deployment "${name}" rollout to finish:`;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (spec?.replicas !== undefined && updatedReplicas < spec.replicas) {
    return progress(
      `${waiting} ${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`,
    );
  }
  if (replicas > updatedReplicas) {
    return progress(`${waiting} ${replicas - updatedReplicas} old replicas are pending termination...`);
  }
  if (availableReplicas < updatedReplicas) {
    return progress(
      `${waiting} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`,
    );
  }
  return done(`deployment "${name}" successfully rolled out`);
}

const BY_HAND = "rollout status is only available for RollingUpdate strategy type";

function daemonSetState(
  { metadata: { name, generation = 0 }, spec, status = {} }: WorkloadView,
): RolloutState {
  if (spec?.updateStrategy?.type !== "RollingUpdate") return failed(BY_HAND);
  if (generation > (status.observedGeneration ?? 0)) {
    return progress("Waiting for daemon set spec update to be observed...");
  }
  const waiting = `Waiting for daemon set "${name}" rollout to finish:`;
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return progress(
      `${waiting} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`,
    );
  }
  if (numberAvailable < desiredNumberScheduled) {
    return progress(
      `${waiting} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`,
    );
  }
  return done(`daemon set "${name}" successfully rolled out`);
}

function statefulSetState({ metadata: { generation = 0 }, spec, status = {} }: WorkloadView): RolloutState {
  const strategy = spec?.updateStrategy;
  if (strategy?.type !== "RollingUpdate") return failed(BY_HAND);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = status;
  if (observedGeneration === 0 || generation > observedGeneration) {
    return progress("Waiting for statefulset spec update to be observed...");
  }
  const replicas = spec?.replicas;
  if (replicas !== undefined && readyReplicas < replicas) {
    return progress(`Waiting for ${replicas - readyReplicas} pods to be ready...`);
  }
  const { updateRevision = "", currentRevision = "" } = status;
  if (strategy.rollingUpdate) {
    const wanted = (replicas ?? 0) - (strategy.rollingUpdate.partition ?? 0);
    if (replicas !== undefined && updatedReplicas < wanted) {
      return progress(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      );
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (updateRevision !== currentRevision) {
    return progress(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    );
  }
  return done(
    `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`,
  );
}
