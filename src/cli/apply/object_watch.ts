/** One object followed until something is true of it: a list of one, then a watch from there, and again after a gap. */
import { queryPath, watchObjects } from "../../client/mod.ts";
import { apiVersion, type KubeObject, type Resource, resourcePath } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";

export interface FollowedObject {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** Between a watch that was lost and the next look. */
const PAUSE_MS = 500;

export interface FollowOptions {
  readonly client: ChangeSession["cluster"]["client"];
  readonly clock: ChangeSession["io"]["clock"];
  /** Ends it; what it rejects with then is the signal's reason. */
  readonly signal: AbortSignal;
  /** Asked about every state; null: it is not there. */
  readonly isDone: (object: KubeObject | null) => boolean;
}

/** The object in the state that `isDone` took. Throws the server's refusal of the list, and when aborted. */
export async function followObject(
  at: FollowedObject,
  { client, clock, signal, isDone }: FollowOptions,
): Promise<KubeObject | null> {
  const namespace = at.resource.namespaced ? at.namespace : undefined;
  const fieldSelector = `metadata.name=${at.name}`;
  for (;;) {
    const path = queryPath(resourcePath(at.resource, { namespace }), { fieldSelector, limit: "1" });
    const list = await client.json(path, { signal }) as ListAnswer;
    // Servers leave the kind out of a list's items.
    const [item] = list.items ?? [];
    const found = item === undefined ? null : { ...item, ...kindOf(at.resource) } as KubeObject;
    if (isDone(found)) return found;
    const seen = await watchOnce(at, { client, clock, signal, isDone, fieldSelector, list });
    if (seen !== undefined) return seen;
    signal.throwIfAborted();
    await clock.sleep(PAUSE_MS, { signal });
  }
}

interface ListAnswer {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items?: readonly KubeObject[];
}

function kindOf(resource: Resource) {
  return { apiVersion: apiVersion(resource), kind: resource.kind };
}

interface OneWatch extends FollowOptions {
  readonly fieldSelector: string;
  readonly list: ListAnswer;
}

/** undefined: the watch ended before it was done. */
async function watchOnce(
  { resource, namespace }: FollowedObject,
  { client, clock, signal, isDone, fieldSelector, list }: OneWatch,
): Promise<KubeObject | null | undefined> {
  const over = new AbortController();
  let seen: KubeObject | null | undefined;
  await watchObjects(client, resource, {
    namespace: resource.namespaced ? namespace : null,
    fieldSelector,
    resourceVersion: list.metadata?.resourceVersion ?? "0",
    clock,
    signal: AbortSignal.any([signal, over.signal]),
    onItem: (type, item) => {
      const object = type === "DELETED" ? null : { ...item.parse() as KubeObject, ...kindOf(resource) };
      if (seen !== undefined || !isDone(object)) return;
      seen = object;
      over.abort();
    },
  });
  return seen;
}
