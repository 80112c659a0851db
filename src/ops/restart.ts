/** A rollout restart: an annotation of the pod template that makes every pod anew, the way the kind rolls out. */
import type { ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { groupResource } from "../kube/mod.ts";
import { type PlanOptions, readLive, rollingKind } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

export interface RestartOptions extends PlanOptions {
  /** Milliseconds since the Unix epoch: what the annotation says. */
  readonly nowMs: number;
}

/** Throws OrkaError `invalid` for a kind that rolls nothing out and for a paused Deployment; `not-found`. */
export async function planRestart(
  client: Client,
  target: ObjectTarget,
  options: RestartOptions,
): Promise<Change> {
  const { nowMs, fieldManager } = options;
  const { resource, name } = target;
  if (rollingKind(target) === null) {
    throw new OrkaError("invalid", `${resource.kind.toLowerCase()} "${name}" restarting is not supported`, {
      hint: "Deployments, DaemonSets and StatefulSets can be restarted.",
    });
  }
  const before = await readLive(client, target, options);
  if (before.spec?.paused === true) {
    throw new OrkaError(
      "invalid",
      `${groupResource(resource)} "${name}" can't restart paused deployment (run rollout resume first)`,
    );
  }
  // In whole seconds, as kubectl writes it.
  const restartedAt = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const patch = { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } } };
  return patchChange(client, target, {
    verb: "rollout restart",
    before,
    canUndo: false,
    fieldManager,
    patch,
  });
}
