/**
 * How many replicas: through the scale subresource, which every scalable kind has and which touches nothing else, or by
 * server-side apply of `.spec.replicas`, which makes Orka the field's owner.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/#patch-update-patch-partially-update-scale-of-the-specified-deployment
 */
import {
  FIELD_MANAGER,
  fieldConflicts,
  type ListTypes,
  NO_LIST_TYPES,
  type ObjectTarget,
  patchObject,
  planEdit,
  serverApply,
} from "../apply/mod.ts";
import { type Clock, OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { groupResource, type KubeObject } from "../kube/mod.ts";
import { type PlanOptions, readLive, type WorkloadView } from "./workload.ts";

/** scale: its subresource. ssa: server-side apply to `.spec.replicas`. */
export type ScaleMode = "scale" | "ssa";

/** `live` is of no use but to `ssa`: the subresource is an object of its own. */
export interface ScaleOptions extends PlanOptions {
  readonly replicas: number;
  /** `scale` unless given. */
  readonly mode?: ScaleMode | undefined;
  /** Only where it has so many now: else OrkaError `conflict`. */
  readonly currentReplicas?: number | undefined;
  /** Only this version of it: else OrkaError `conflict`. */
  readonly resourceVersion?: string | undefined;
  /** ssa: takes the field over from whoever owns it. */
  readonly force?: boolean | undefined;
  /** ssa: how the kind's lists are matched. */
  readonly lists?: ListTypes | undefined;
}

/** Reads the object and checks what it is to be; throws OrkaError `not-found`, `conflict`, `invalid`. */
export async function planScale(
  client: Client,
  target: ObjectTarget,
  options: ScaleOptions,
): Promise<Change> {
  const { mode = "scale", signal, live } = options;
  const at = mode === "scale" ? { ...target, subresource: "scale" } : target;
  if (mode === "scale") checkScalable(target);
  const before = await readLive(client, at, mode === "scale" ? { signal } : { live, signal });
  checkPreconditions(before, options);
  return {
    verb: "scale",
    target: at,
    fieldManager: options.fieldManager ?? FIELD_MANAGER,
    before,
    send: mode === "scale"
      ? patchScale(client, at, { before, options })
      : applyReplicas(client, at, { before, options }),
  };
}

function checkScalable({ resource, name }: ObjectTarget): void {
  if (resource.subresources.length === 0 || resource.subresources.includes("scale")) return;
  const message = `cannot scale ${resource.kind} "${name}": ${
    groupResource(resource)
  } have no scale subresource`;
  throw new OrkaError("invalid", message);
}

/** In kubectl's words. */
function checkPreconditions(live: WorkloadView, { currentReplicas, resourceVersion }: ScaleOptions): void {
  const replicas = live.spec?.replicas ?? 0;
  if (currentReplicas !== undefined && currentReplicas >= 0 && replicas !== currentReplicas) {
    throw new OrkaError("conflict", `Expected replicas to be ${currentReplicas}, was ${replicas}`);
  }
  const version = live.metadata.resourceVersion ?? "";
  if (resourceVersion !== undefined && resourceVersion !== "" && version !== resourceVersion) {
    throw new OrkaError("conflict", `Expected resource version to be ${resourceVersion}, was ${version}`);
  }
}

interface Planned {
  readonly before: WorkloadView;
  readonly options: ScaleOptions;
}

/** A status update between the look and the write is no reason to give up: the precondition is checked again. */
const MAX_TRIES = 5;

function patchScale(client: Client, target: ObjectTarget, { before, options }: Planned): Change["send"] {
  const { replicas, currentReplicas, resourceVersion, fieldManager } = options;
  const isGuarded = currentReplicas !== undefined || resourceVersion !== undefined;
  return async ({ dryRun, signal }) => {
    let live = before;
    for (let attempt = 1;; attempt++) {
      const guard = isGuarded ? { metadata: { resourceVersion: live.metadata.resourceVersion } } : {};
      const patch = { ...guard, spec: { replicas } };
      try {
        return await patchObject(client, target, { type: "merge", patch, fieldManager, dryRun, signal });
      } catch (error) {
        const isRace = isGuarded && error instanceof OrkaError && error.code === "conflict";
        if (!isRace || attempt >= MAX_TRIES) throw error;
        live = await readLive(client, target, { signal });
        checkPreconditions(live, options);
      }
    }
  };
}

function applyReplicas(client: Client, target: ObjectTarget, { before, options }: Planned): Change["send"] {
  const { replicas, fieldManager = FIELD_MANAGER, force, lists = NO_LIST_TYPES } = options;
  const edited: KubeObject = { ...before, spec: { ...before.spec, replicas } };
  const plan = planEdit(before, edited, { lists, manager: fieldManager });
  return async ({ dryRun, signal }) => {
    if (plan.type === "none") return before;
    if (plan.type === "patch") throw new Error("setting replicas takes nothing out");
    const { resourceVersion } = before.metadata;
    const guarded = options.currentReplicas === undefined && options.resourceVersion === undefined
      ? plan.configuration
      : { ...plan.configuration, metadata: { ...plan.configuration.metadata, resourceVersion } };
    const apply = (force: boolean | undefined) =>
      serverApply(client, target, {
        configuration: guarded,
        force,
        fieldManager,
        // A custom kind that keeps its replicas elsewhere would drop the field without a word.
        fieldValidation: "Strict",
        dryRun,
        signal,
      });
    try {
      return await apply(force);
    } catch (error) {
      // What it set itself through the subresource is its own, and no conflict to bother a person with.
      const conflicts = fieldConflicts(error);
      if (conflicts.length === 0 || conflicts.some(({ manager }) => manager !== fieldManager)) throw error;
      return await apply(true);
    }
  };
}

export interface WaitOptions {
  readonly clock: Clock;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 250;

/** Returns when the controller has made as many; throws OrkaError `timeout`. */
export async function waitForReplicas(
  client: Client,
  target: ObjectTarget,
  { replicas, clock, timeoutMs, signal }: WaitOptions & { readonly replicas: number },
): Promise<void> {
  const at = { ...target, subresource: "scale" };
  const start = clock.monotonic();
  for (;;) {
    const { spec, status } = await readLive(client, at, { signal });
    if ((spec?.replicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas) return;
    if (timeoutMs > 0 && clock.monotonic() - start >= timeoutMs) {
      const now = `${status?.replicas ?? 0} of ${replicas} replicas`;
      throw new OrkaError(
        "timeout",
        `timed out waiting for ${target.resource.kind} "${target.name}": ${now}`,
      );
    }
    await clock.sleep(POLL_MS, { signal });
  }
}
