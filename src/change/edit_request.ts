/** One object's edit as the request that it becomes, and what a person may decide of it when it is refused. */
import {
  type EditPlan,
  type FieldConflict,
  type FieldOwner,
  fieldOwners,
  type FieldPath,
  type ObjectTarget,
  patchObject,
  type PathStep,
  sameJson,
  serverApply,
} from "../apply/mod.ts";
import type { Client } from "../client/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { Change } from "./change.ts";

type Plan<T extends EditPlan["type"]> = Extract<EditPlan, { readonly type: T }>;

export interface EditRequest {
  readonly target: ObjectTarget;
  /** As it is now; null where the text makes it. */
  readonly before: KubeObject | null;
  readonly plan: Plan<"apply" | "patch">;
  /** Takes over what other managers own. */
  readonly force: boolean;
}

/** What the request takes out that somebody else set. */
export type RemovedField = { readonly path: FieldPath; readonly owners: readonly FieldOwner[] };

export interface EditChangeOptions {
  readonly client: Client;
  readonly fieldManager: string;
  readonly verb: string;
  /** Has the server refuse fields that it does not know. */
  readonly strict: boolean;
}

export function editChange(
  { target, before, plan, force }: EditRequest,
  { client, fieldManager, verb, strict }: EditChangeOptions,
): Change {
  const common = { fieldManager, fieldValidation: strict ? "Strict" as const : undefined };
  const configuration = plan.type === "apply" ? configurationOf({ plan, before, force }) : {};
  return {
    verb,
    target,
    fieldManager,
    before,
    send: (options) =>
      plan.type === "patch"
        ? patchObject(client, target, { ...common, ...options, type: "merge", patch: plan.patch })
        : serverApply(client, target, { ...common, ...options, force, configuration }),
  };
}

/** What is taken over is what was looked at: a forced apply is of that version alone. */
function configurationOf(
  { plan, before, force }: Pick<EditRequest, "before" | "force"> & { plan: Plan<"apply"> },
): KubeObject {
  const { configuration } = plan;
  if (!force || before === null) return configuration;
  const { resourceVersion } = before.metadata;
  return { ...configuration, metadata: { ...configuration.metadata, resourceVersion } } as KubeObject;
}

/**
 * The same request without the fields that others own; what they hold stays. null: nothing but what tells the object is
 * left. Fields that can't be found are left as they are, and conflict again.
 */
export function withoutConflicts(
  request: EditRequest,
  conflicts: readonly FieldConflict[],
): EditRequest | null {
  const { plan, before } = request;
  if (plan.type !== "apply" || before === null) return request;
  const owned = new Map(
    fieldOwners(before).flatMap(({ fields, parents }) => [...fields, ...parents])
      .map((path) => [serverText(path), path]),
  );
  let rest: unknown = plan.configuration;
  for (const { field } of conflicts) {
    const path = owned.get(field);
    if (path !== undefined) rest = without(rest, path);
  }
  const { apiVersion, kind, metadata: { name, namespace } } = plan.configuration;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const identity = { apiVersion, kind, metadata };
  const kept = rest as Partial<KubeObject> | undefined;
  const configuration = { ...kept, ...identity, metadata: { ...kept?.metadata, ...metadata } };
  return sameJson(configuration, identity) ? null : { ...request, plan: { type: "apply", configuration } };
}

/** The path in the words of the server's conflicts: `.spec.containers[name="web"].image`. */
function serverText(path: FieldPath): string {
  return path.map((step) => {
    if (typeof step === "string") return `.${step}`;
    if ("index" in step) return `[${step.index}]`;
    if ("value" in step) return `[=${JSON.stringify(step.value)}]`;
    const names = Object.keys(step.key).sort();
    return `[${names.map((name) => `${name}=${JSON.stringify(step.key[name])}`).join(",")}]`;
  }).join("");
}

/** The value without what is at the path; undefined where nothing is left of it. */
function without(value: unknown, [step, ...rest]: FieldPath): unknown {
  if (step === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => isItem(item, step) ? without(item, rest) : item);
    const kept = items.filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (typeof step !== "string" || typeof value !== "object" || value === null) return value;
  const { [step]: inner, ...others } = value as Record<string, unknown>;
  if (inner === undefined) return value;
  const kept = without(inner, rest);
  if (kept !== undefined) return { ...others, [step]: kept };
  return Object.keys(others).length === 0 ? undefined : others;
}

/** A key that the item leaves to its default counts as equal. */
function isItem(item: unknown, step: PathStep): boolean {
  if (typeof step === "string" || "index" in step) return false;
  if ("value" in step) return item === step.value;
  const fields = item as Readonly<Record<string, unknown>> | null;
  const names = Object.keys(step.key);
  return typeof fields === "object" && names.some((name) => fields?.[name] !== undefined) &&
    names.every((name) => fields?.[name] === undefined || fields[name] === step.key[name]);
}
