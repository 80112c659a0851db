/** The objects that a verb is about: named, selected, or all of a kind; of manifests, those that are there. */
import { type ObjectTarget, readObject } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { listObjects } from "../../client/mod.ts";
import { apiVersion, groupResource, type KubeObject, type Resource } from "../../kube/mod.ts";
import { failureText } from "../failure.ts";
import { readTargets } from "../get/request.ts";
import { note } from "../io.ts";
export { targetName } from "../print/target_name.ts";
import type { Call } from "../parse.ts";
import type { ChangeSession } from "./change_context.ts";

export interface LiveTarget extends ObjectTarget {
  /** As it is now. */
  readonly object: KubeObject;
}

/** Verbs that only look have no more of a session. */
export type TargetSession =
  & Pick<ChangeSession, "io" | "cluster" | "flags">
  & Partial<Pick<ChangeSession, "missed">>;

export interface LiveTargetsOptions {
  /** Arguments that are not objects (labels, ports) are left out by the caller. */
  readonly args: Call["args"];
  /** Missing objects are left out instead of thrown. */
  readonly ignoreNotFound?: boolean | undefined;
  /** As kubectl: those that are there are given, the others are told and kept in the session's `missed`. */
  readonly goOn?: boolean | undefined;
}

/**
 * Every object that the arguments and `-f -l --all -A` of the call name, as it is now. Throws OrkaError `usage` for a
 * kind without names, a selector or `--all`; `not-found` for a name that is not there, or with `goOn` where none is.
 */
export async function liveTargets(
  session: TargetSession,
  { args, ignoreNotFound = false, goOn = false }: LiveTargetsOptions,
): Promise<readonly LiveTarget[]> {
  const { io, cluster, flags } = session;
  const labelSelector = flags.text("selector");
  const fieldSelector = flags.text("field-selector");
  const isSelected = [labelSelector, fieldSelector].some((selector) => selector !== undefined);
  const allNamespaces = flags.on("all-namespaces");
  const files = flags.list("filename");
  if (args.length === 0 && files.length === 0) throw noObjects();
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files,
    recursive: flags.on("recursive"),
    allNamespaces,
    isSelected: isSelected || flags.on("all"),
  });
  const found: LiveTarget[] = [];
  const missed: ObjectTarget[] = [];
  for (const { resource, namespace, name } of targets) {
    if (name !== undefined) {
      const target = { resource, namespace: namespace ?? "", name };
      const object = await readObject(cluster.client, target, { signal: io.signal });
      if (object !== null) found.push({ ...target, object });
      else if (!ignoreNotFound && !goOn) throw notFound(target);
      else if (!ignoreNotFound) missed.push(target);
    } else {
      if (!isSelected && !flags.on("all")) throw noName();
      found.push(...await listTargets(session, { resource, namespace, labelSelector, fieldSelector }));
    }
  }
  await tellMissed(session, missed, { isAll: found.length === 0 });
  return found;
}

/** The objects of these names. Throws as `liveTargets`. */
export async function namedTargets(
  session: TargetSession,
  targets: readonly ObjectTarget[],
  { goOn = false }: Pick<LiveTargetsOptions, "goOn"> = {},
): Promise<readonly LiveTarget[]> {
  const { io, cluster: { client } } = session;
  const objects = await Promise.all(
    targets.map((target) => readObject(client, target, { signal: io.signal })),
  );
  const missed = targets.filter((_, at) => objects[at] === null);
  if (!goOn && missed.length > 0) throw notFound(missed[0]!);
  await tellMissed(session, missed, { isAll: missed.length === targets.length });
  return targets.flatMap((target, at) => {
    const object = objects[at] ?? null;
    return object === null ? [] : [{ ...target, object }];
  });
}

/** Throws the last one where none is there. */
async function tellMissed(
  { io, missed }: TargetSession,
  targets: readonly ObjectTarget[],
  { isAll }: { readonly isAll: boolean },
): Promise<void> {
  for (const [at, target] of targets.entries()) {
    const error = notFound(target);
    if (isAll && at === targets.length - 1) throw error;
    await note(io, failureText(error).trimEnd());
    missed?.push(target);
  }
}

export interface Collection {
  readonly resource: Resource;
  /** null: all of them. */
  readonly namespace: string | null;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly managedFields?: boolean | undefined;
}

/** Every object of the collection, with its kind, which servers leave out of a list's items. */
export async function listTargets(
  { io, cluster }: Pick<TargetSession, "io" | "cluster">,
  { resource, ...selection }: Collection,
): Promise<LiveTarget[]> {
  const found: LiveTarget[] = [];
  await listObjects(cluster.client, resource, {
    ...selection,
    signal: io.signal,
    onRestart: () => void (found.length = 0),
    onItem: (item) => {
      const kind = { apiVersion: apiVersion(resource), kind: resource.kind };
      const object = { ...item.parse() as KubeObject, ...kind };
      const { name, namespace = "" } = object.metadata;
      found.push({ resource, namespace, name, object });
    },
  });
  return found;
}

function noObjects(): OrkaError {
  return new OrkaError("usage", "you must provide one or more resources by argument or filename", {
    hint: "As KIND NAME, KIND/NAME or -f FILE.",
  });
}

/** In the server's words. */
export function notFound({ resource, name }: ObjectTarget): OrkaError {
  const message = `${groupResource(resource)} "${name}" not found`;
  return new OrkaError("not-found", message, { status: 404, reason: "NotFound" });
}

/** A kind alone is not enough for a verb that acts. */
export function noName(): OrkaError {
  return new OrkaError("usage", "resource(s) were provided, but no name was specified", {
    hint: "Name objects, select them with -l, or say --all.",
  });
}
