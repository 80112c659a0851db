/**
 * What every change goes through: a dry run with a diff, for a person to look at; then, after their yes, the same request
 * in earnest, remembered with what it takes to undo it.
 */
import {
  diffObjects,
  type FieldChange,
  type ListTypes,
  maskSecrets,
  NO_LIST_TYPES,
  pathText,
  readObject,
  withoutNoise,
} from "../apply/mod.ts";
import type { Client } from "../client/mod.ts";
import { apiVersion, type KubeObject } from "../kube/mod.ts";
import type {
  AuditRecord,
  FieldChange as RememberedChange,
  Inverse,
  Memory,
  ObjectRef,
} from "../persist/mod.ts";
import type { Change, Outcome } from "./change.ts";

export interface ChangeContext {
  readonly client: Client;
  /** How lists are matched in what is shown; guesses where nothing is known. */
  readonly lists?: ListTypes | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PerformContext extends ChangeContext {
  /** Where it is remembered; null: nowhere. */
  readonly memory: Memory | null;
  /** Who, as the server names them; the kubeconfig's name of the user where that is not known. */
  readonly user: string;
}

/** What the change would do, by the server's dry run. Throws the server's refusal. */
export async function previewChange(change: Change, context: ChangeContext): Promise<Outcome> {
  const { signal } = context;
  const before = await stateBefore(change, context);
  const after = await change.send({ dryRun: true, signal });
  return outcome({ before, after, change }, context);
}

/** Sends it in earnest. Throws the server's refusal; whatever goes wrong with remembering it is warned of there. */
export async function performChange(change: Change, context: PerformContext): Promise<Outcome> {
  const { signal, memory } = context;
  const before = await stateBefore(change, context);
  const after = await change.send({ dryRun: false, signal });
  const done = outcome({ before, after, change }, context);
  if (memory !== null) remember(change, done, { ...context, memory });
  return done;
}

async function stateBefore(change: Change, { client, signal }: ChangeContext): Promise<KubeObject | null> {
  return change.before === undefined ? await readObject(client, change.target, { signal }) : change.before;
}

interface States {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
  readonly change: Change;
}

function outcome(
  { before, after, change }: States,
  { lists = NO_LIST_TYPES }: Pick<ChangeContext, "lists">,
): Outcome {
  const status = change.target.subresource === "status";
  const clean = (object: KubeObject | null) => object === null ? undefined : withoutNoise(object, { status });
  return { before, after, changes: diffObjects(clean(before), clean(after), { lists }) };
}

function remember(
  change: Change,
  { before, after, changes }: Outcome,
  { client, memory, user }: PerformContext & { readonly memory: Memory },
): void {
  // A request that changed nothing leaves no entry that undo would find in its way.
  if (changes.length === 0 && before !== null && after !== null) return;
  const { target: { subresource = "" }, verb, fieldManager, undoes } = change;
  const ref = refOf(change, { client, object: after ?? before });
  const record: AuditRecord = {
    ref,
    verb,
    user,
    fieldManager,
    subresource,
    changes: changes.map(remembered),
    before,
    after,
    inverse: change.canUndo === false ? null : inverseOf(before, after),
    ...(undoes === undefined ? {} : { undoes }),
  };
  memory.audit.add(record);
  if (after !== null && subresource === "") memory.snapshots.add({ ref, object: after, verb });
}

/** How it is taken back; the objects themselves are in the entry's bodies. */
function inverseOf(before: KubeObject | null, after: KubeObject | null): Inverse | null {
  if (before === null) return after === null ? null : { verb: "delete" };
  return { verb: after === null ? "create" : "restore" };
}

function refOf(
  { target: { resource, namespace, name } }: Change,
  { client, object }: { readonly client: Client; readonly object: KubeObject | null },
): ObjectRef {
  return {
    cluster: client.target.server,
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    namespace,
    name: object?.metadata.name ?? name,
    uid: object?.metadata.uid ?? "",
  };
}

const VALUE_CHARS = 200;

function remembered(change: FieldChange): RememberedChange {
  // The whole object: it is in the entry's bodies, and no short text.
  if (change.path.length === 0) return { path: change.type === "add" ? "created" : "deleted" };
  const text = (value: unknown) => (JSON.stringify(value) ?? "").slice(0, VALUE_CHARS);
  return {
    path: pathText(change.path),
    ...(change.type === "add" ? {} : { before: text(change.before) }),
    ...(change.type === "remove" ? {} : { after: text(change.after) }),
  };
}

/** The same outcome for people's eyes: values of a Secret masked, everything else as it is. */
export function maskOutcome(done: Outcome, change: Change): Outcome {
  const [before, after] = maskSecrets<KubeObject | null>(done.before, done.after);
  const isSame = before === done.before && after === done.after;
  return isSame ? done : outcome({ before, after, change }, {});
}
