/** Going back to a revision: its pod template becomes the workload's again, and rolls out as a new revision. */
import { LAST_APPLIED, type ObjectTarget, sameJson } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { readRevisions, REVISION, type Revision } from "./rollout_history.ts";
import {
  type PlanOptions,
  type PodTemplateView,
  readLive,
  rollingKind,
  type WorkloadView,
} from "./workload.ts";
import { patchChange } from "./patch_change.ts";

export interface RolloutUndoOptions extends PlanOptions {
  /** 0 or absent: the one before the current. */
  readonly toRevision?: number | undefined;
}

export interface RolloutUndo {
  readonly revision: Revision;
  /** null: the workload's template is the revision's already. */
  readonly change: Change | null;
}

/** Throws OrkaError `invalid` for a paused Deployment or another kind, `not-found` for a revision that is not there. */
export async function planRolloutUndo(
  client: Client,
  target: ObjectTarget,
  { toRevision = 0, fieldManager, live, signal }: RolloutUndoOptions = {},
): Promise<RolloutUndo> {
  const before = await readLive(client, target, { live, signal });
  const revisions = await readRevisions(client, target, { object: before, signal });
  if (before.spec?.paused === true) {
    throw new OrkaError(
      "invalid",
      "you cannot rollback a paused deployment; resume it first with 'orka rollout resume' and try again",
    );
  }
  const revision = choose(revisions, { toRevision, target });
  const isSame = sameJson(withoutHash(before.spec?.template), withoutHash(revision.template));
  if (isSame) return { revision, change: null };
  const [type, patch] = patchOf(revision, { before, target });
  const change = patchChange(client, target, { verb: "rollout undo", before, fieldManager, type, patch });
  return { revision, change };
}

function choose(
  revisions: readonly Revision[],
  { toRevision, target }: { readonly toRevision: number; readonly target: ObjectTarget },
): Revision {
  if (toRevision > 0) {
    const found = revisions.find(({ number }) => number === toRevision);
    if (found !== undefined) return found;
    throw new OrkaError("not-found", `unable to find specified revision ${toRevision} in history`);
  }
  const previous = revisions.at(-2);
  if (previous !== undefined) return previous;
  const kind = target.resource.kind.toLowerCase();
  throw new OrkaError("not-found", `no rollout history found for ${kind} "${target.name}"`);
}

const HASH = "pod-template-hash";

/** The label that tells ReplicaSets apart is not part of what rolls out. */
function withoutHash(template: PodTemplateView | null | undefined): unknown {
  const { [HASH]: _, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: __, ...metadata } = template?.metadata ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}

/** What belongs to the ReplicaSet or the Deployment itself and is not part of a revision, as kubectl leaves it. */
const OWN_ANNOTATIONS = new Set([
  LAST_APPLIED,
  REVISION,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
]);

function patchOf(
  revision: Revision,
  { before, target }: { readonly before: WorkloadView; readonly target: ObjectTarget },
): readonly ["json" | "strategic", unknown] {
  const { annotations: live = {}, resourceVersion: _ } = before.metadata;
  if (rollingKind(target) !== "Deployment") return ["strategic", revision.object.data];
  const own = Object.entries(live).filter(([key]) => OWN_ANNOTATIONS.has(key));
  const theirs = Object.entries(revision.object.metadata.annotations ?? {}).filter(([key]) =>
    !OWN_ANNOTATIONS.has(key)
  );
  return ["json", [
    { op: "replace", path: "/spec/template", value: withoutHash(revision.template) },
    {
      op: Object.keys(live).length > 0 ? "replace" : "add",
      path: "/metadata/annotations",
      value: Object.fromEntries([...own, ...theirs]),
    },
  ]];
}

export interface PauseOptions extends PlanOptions {
  /** False resumes it. */
  readonly on: boolean;
}

/** Holds a Deployment's rollout. Throws OrkaError `invalid`, in kubectl's words, where it is so already. */
export async function planPause(
  client: Client,
  target: ObjectTarget,
  { on, fieldManager, live, signal }: PauseOptions,
): Promise<Change> {
  const { resource, name } = target;
  const verb = on ? "pausing" : "resuming";
  if (rollingKind(target) !== "Deployment") {
    throw new OrkaError("invalid", `${resource.kind.toLowerCase()} "${name}" ${verb} is not supported`);
  }
  const before = await readLive(client, target, { live, signal });
  if ((before.spec?.paused ?? false) === on) {
    const state = on ? "already paused" : "not paused";
    throw new OrkaError("invalid", `deployments.apps "${name}" is ${state}`);
  }
  return patchChange(client, target, {
    verb: on ? "rollout pause" : "rollout resume",
    before,
    fieldManager,
    patch: { spec: { paused: on } },
  });
}
