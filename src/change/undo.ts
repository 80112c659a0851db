/**
 * Taking a change back. What was created is deleted, what was deleted is made anew, and what was altered gets its
 * former values, field by field: what others changed since stays as they left it.
 */
import { OrkaError } from "../base/mod.ts";
import {
  createObject,
  deleteObject,
  diffObjects,
  FIELD_MANAGER,
  fieldOwners,
  type ListTypes,
  type MergeConflict,
  mergePatch,
  NO_LIST_TYPES,
  type ObjectTarget,
  ownersOf,
  patchObject,
  readObject,
  threeWayMerge,
  withoutNoise,
} from "../apply/mod.ts";
import type { Client } from "../client/mod.ts";
import type { KubeObject, Resource } from "../kube/mod.ts";
import type { Audit, AuditBodies, AuditEntry } from "../persist/mod.ts";
import type { Change } from "./change.ts";

export interface UndoOptions {
  readonly client: Client;
  /** The entry's kind, as the server serves it now. */
  readonly resource: Resource;
  readonly entry: AuditEntry;
  /** What the memory still has of it. */
  readonly bodies: AuditBodies | null;
  readonly lists?: ListTypes | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UndoPlan {
  readonly change: Change;
  /** Fields that somebody changed since, and that the plan sets back nevertheless. */
  readonly conflicts: readonly MergeConflict[];
}

/** Whether enough of it is kept, and its verb has an inverse. */
export function hasWayBack({ inverse, redacted, hasBodies }: AuditEntry): boolean {
  return inverse !== null && (!redacted || inverse.verb === "delete") && hasBodies;
}

/**
 * The newest change that was not taken back and takes none back itself: undone again and again, one leads to the one
 * before it. null: there is none. `canBeUndone` passes over those that have no way back.
 */
export function newestChange(
  audit: Audit,
  { cluster, canBeUndone = false }: { readonly cluster: string; readonly canBeUndone?: boolean },
): AuditEntry | null {
  let beforeId: number | undefined;
  for (;;) {
    const page = audit.list({ cluster, beforeId });
    const found = page.find((entry) =>
      entry.undoes === null && entry.undoneBy === null && (!canBeUndone || hasWayBack(entry))
    );
    if (found !== undefined || page.length === 0) return found ?? null;
    beforeId = page.at(-1)!.id;
  }
}

/** How to take the entry back as things are now. Throws OrkaError `invalid` or `not-found` that says why it can't be. */
export async function planUndo(options: UndoOptions): Promise<UndoPlan> {
  const { entry, bodies } = options;
  if (entry.undoneBy !== null) throw refused(entry, `it was taken back already, by ${entry.undoneBy}`);
  if (entry.inverse === null) throw refused(entry, `${entry.verb} has no way back`);
  if (entry.redacted && entry.inverse.verb !== "delete") {
    throw refused(
      entry,
      "a Secret's values are not kept",
      "ORKA_KEEP_SECRETS=1 keeps them from the next change on.",
    );
  }
  if (bodies === null) throw refused(entry, "what the object was like is not kept any more");
  const { ref: { namespace, name }, subresource } = entry;
  const target: ObjectTarget = {
    resource: options.resource,
    namespace,
    name,
    ...(subresource === "" ? {} : { subresource }),
  };
  switch (entry.inverse.verb) {
    case "delete":
      return await planDelete(target, { ...options, after: bodies.after });
    case "create":
      return await planCreate(target, { ...options, before: bodies.before! });
    case "restore":
      return await planRestore(target, { ...options, before: bodies.before!, after: bodies.after! });
  }
  throw refused(entry, `this Orka does not know how to ${entry.inverse.verb}`);
}

async function planDelete(
  target: ObjectTarget,
  { client, entry, after, lists, signal }: UndoOptions & { readonly after: KubeObject | null },
): Promise<UndoPlan> {
  const live = await living(target, { client, entry, signal });
  const { uid } = live.metadata;
  const workIn = (object: KubeObject) => after === null ? [] : workSince(object, { after, lists });
  const conflicts = workIn(live);
  const known = JSON.stringify(conflicts);
  const send: Change["send"] = async ({ dryRun, signal }) => {
    let { resourceVersion } = live.metadata;
    // What was looked at is what is deleted. The cluster writes at any time, and what it writes is looked at again.
    for (let tries = 1;; tries++) {
      try {
        await deleteObject(client, target, { dryRun, signal, uid, resourceVersion });
        return null;
      } catch (error) {
        if (!(error instanceof OrkaError) || error.code !== "conflict" || tries === DELETE_TRIES) throw error;
        const now = await living(target, { client, entry, signal });
        if (JSON.stringify(workIn(now)) !== known) {
          throw refused(entry, "it was changed at this moment", AGAIN);
        }
        ({ resourceVersion } = now.metadata);
      }
    }
  };
  return { change: changeOf(entry, { target, before: live, send }), conflicts };
}

const DELETE_TRIES = 10;
const AGAIN = "orka undo again shows what it is like now.";

/** What the cluster itself writes into an object is no work that its deletion would lose. */
const CLUSTER_MANAGERS = /^(kube-|cloud-)(controller-manager|scheduler|apiserver)$|^kubelet$/;

/** What was put into the object since it was created, or altered in it, by anybody but the cluster itself. */
function workSince(
  live: KubeObject,
  { after, lists = NO_LIST_TYPES }: Pick<UndoOptions, "lists"> & { readonly after: KubeObject },
): MergeConflict[] {
  const people = fieldOwners(live).filter(({ manager }) => !CLUSTER_MANAGERS.test(manager));
  return diffObjects(withoutNoise(after), withoutNoise(live), { lists }).flatMap((change) => {
    if (change.type === "remove" || ownersOf(change.path, people).length === 0) return [];
    const base = change.type === "add" ? undefined : change.before;
    return [{ path: change.path, base, mine: undefined, theirs: change.after }];
  });
}

async function planCreate(
  target: ObjectTarget,
  { client, entry, before, signal }: UndoOptions & { readonly before: KubeObject },
): Promise<UndoPlan> {
  const live = await readObject(client, target, { signal });
  if (live !== null) {
    const isEnding = live.metadata.uid === before.metadata.uid; // its finalizers or its grace hold it
    const state = isEnding ? "still ending" : "there again";
    throw refused(entry, `${target.resource.kind} "${target.name}" is ${state}`);
  }
  const object = madeAnew(before);
  const send: Change["send"] = ({ dryRun, signal }) =>
    createObject(client, target, { object, dryRun, signal });
  return { change: changeOf(entry, { target, before: null, send }), conflicts: [] };
}

/** Without what belongs to the object that is gone: its owners may be gone too, and its finalizers have run. */
function madeAnew(before: KubeObject): KubeObject {
  const clean = withoutNoise(before);
  const {
    ownerReferences: _owners,
    finalizers: _finalizers,
    deletionTimestamp: _at,
    deletionGracePeriodSeconds: _grace,
    ...metadata
  } = clean.metadata;
  const object = { ...clean, metadata };
  return clean.kind === "Job" && clean.apiVersion.startsWith("batch/") ? withoutJobSelector(object) : object;
}

/** The server makes a Job's selector and labels of its uid, and refuses those of another. */
function withoutJobSelector(job: KubeObject): KubeObject {
  const spec = job.spec as { manualSelector?: boolean; selector?: unknown; template?: Template } | undefined;
  if (spec === undefined || spec.manualSelector === true) return job;
  const { selector: _, template, ...rest } = spec;
  const labels = Object.entries(template?.metadata?.labels ?? {}).filter(([key]) => !UID_LABELS.has(key));
  const metadata = { ...template?.metadata, labels: Object.fromEntries(labels) };
  const own = Object.entries(job.metadata.labels ?? {}).filter(([key]) => !UID_LABELS.has(key));
  return {
    ...job,
    metadata: { ...job.metadata, labels: Object.fromEntries(own) },
    spec: { ...rest, template: { ...template, metadata } },
  };
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

const UID_LABELS: ReadonlySet<string> = new Set([
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
]);

async function planRestore(
  target: ObjectTarget,
  options: UndoOptions & { readonly before: KubeObject; readonly after: KubeObject },
): Promise<UndoPlan> {
  const { client, entry, before, after, lists = NO_LIST_TYPES } = options;
  const live = await living(target, options);
  const status = target.subresource === "status";
  const [base, mine, theirs] = [after, before, live].map((object) => withoutNoise(object, { status }));
  const { merged, conflicts } = threeWayMerge({ base, mine, theirs }, { lists });
  const patch = mergePatch(theirs, merged) as { metadata?: object };
  const { resourceVersion } = live.metadata;
  // What was compared is what is changed: a write in between is refused by its version.
  const versioned = { ...patch, metadata: { ...patch.metadata, resourceVersion } };
  const send: Change["send"] = ({ dryRun, signal }) =>
    patchObject(client, target, { type: "merge", patch: versioned, dryRun, signal });
  return { change: changeOf(entry, { target, before: live, send }), conflicts };
}

/** The very object that was changed. */
async function living(
  target: ObjectTarget,
  { client, entry, signal }: Pick<UndoOptions, "client" | "entry" | "signal">,
): Promise<KubeObject> {
  const live = await readObject(client, target, { signal });
  if (live === null) throw refused(entry, `${target.resource.kind} "${target.name}" is gone`);
  const { uid = "" } = live.metadata;
  if (entry.ref.uid !== "" && uid !== "" && uid !== entry.ref.uid) {
    throw refused(entry, `${target.resource.kind} "${target.name}" was deleted and made anew since`);
  }
  return live;
}

function changeOf(entry: AuditEntry, change: Pick<Change, "target" | "before" | "send">): Change {
  return { ...change, verb: "undo", fieldManager: FIELD_MANAGER, undoes: entry.id };
}

function refused(entry: AuditEntry, why: string, hint?: string): OrkaError {
  const what = `${entry.verb} of ${entry.ref.kind} "${entry.ref.name}" (${entry.id})`;
  return new OrkaError("invalid", `Cannot undo the ${what}: ${why}`, { hint });
}
