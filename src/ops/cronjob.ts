/** CronJobs: a run now, and none until further notice. */
import { createObject, FIELD_MANAGER, type ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { apiVersion } from "../kube/mod.ts";
import { JOBS } from "./builtin_kinds.ts";
import { isKind, type PlanOptions, readLive, type WorkloadView } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

/** A Job's name is also a label's value of its pods. */
const MAX_NAME = 63;

export interface TriggerOptions extends PlanOptions {
  /** `CRONJOB-manual-xxxxx` unless given. */
  readonly name?: string | undefined;
  /** In [0, 1): chance for the name. */
  readonly random: () => number;
}

/** The Job that the CronJob would make now, owned by it, as `kubectl create job --from` makes it. */
export async function planTrigger(
  client: Client,
  target: ObjectTarget,
  options: TriggerOptions,
): Promise<Change> {
  const { fieldManager, random } = options;
  const cronJob = await readCronJob(client, target, options);
  const name = options.name ?? generatedName(target.name, random);
  const job = jobOf(cronJob, { target, name });
  const at: ObjectTarget = { resource: JOBS, namespace: target.namespace, name };
  return {
    verb: "trigger",
    target: at,
    fieldManager: fieldManager ?? FIELD_MANAGER,
    before: null,
    send: ({ dryRun, signal }) => createObject(client, at, { object: job, fieldManager, dryRun, signal }),
  };
}

function jobOf(
  { metadata, spec }: WorkloadView,
  { target, name }: { readonly target: ObjectTarget; readonly name: string },
): object {
  const template = spec?.jobTemplate;
  return {
    apiVersion: apiVersion(JOBS),
    kind: JOBS.kind,
    metadata: {
      name,
      namespace: target.namespace,
      labels: template?.metadata?.labels,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...template?.metadata?.annotations },
      ownerReferences: [{
        apiVersion: apiVersion(target.resource),
        kind: target.resource.kind,
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
      }],
    },
    spec: template?.spec,
  };
}

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function generatedName(cronJob: string, random: () => number): string {
  const chance = Array.from({ length: 5 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("");
  const suffix = `-manual-${chance}`;
  return cronJob.slice(0, MAX_NAME - suffix.length) + suffix;
}

export interface SuspendOptions extends PlanOptions {
  /** False lets it run again. */
  readonly on: boolean;
}

/** null: it is so already. Jobs can be suspended too. */
export async function planSuspend(
  client: Client,
  target: ObjectTarget,
  { on, fieldManager, live, signal }: SuspendOptions,
): Promise<Change | null> {
  const before = isKind(target, "batch", "Job")
    ? await readLive(client, target, { live, signal })
    : await readCronJob(client, target, { live, signal });
  if ((before.spec?.suspend ?? false) === on) return null;
  return patchChange(client, target, {
    verb: on ? "suspend" : "resume",
    before,
    fieldManager,
    patch: { spec: { suspend: on } },
  });
}

async function readCronJob(
  client: Client,
  target: ObjectTarget,
  options: PlanOptions,
): Promise<WorkloadView> {
  if (!isKind(target, "batch", "CronJob")) {
    throw new OrkaError("invalid", `${target.resource.kind} "${target.name}" is no CronJob`);
  }
  return await readLive(client, target, options);
}
