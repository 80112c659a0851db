/** Whole collections of objects, for operations that look at all of them before they do anything. */
import { type Client, listObjects, type ListOptions } from "../client/mod.ts";
import { type KubeObject, type Resource } from "../kube/mod.ts";

/** Every object that the selection names, in the server's order. Throws as `listObjects`. */
export async function listAll(
  client: Client,
  resource: Resource,
  options: Pick<ListOptions, "namespace" | "labelSelector" | "fieldSelector" | "signal">,
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  await listObjects(client, resource, {
    ...options,
    onRestart: () => void (found.length = 0),
    onItem: (item) => void found.push(item.parse() as KubeObject),
  });
  // The items of a built-in kind's list carry neither.
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return found.map((object) => object.kind ? object : { ...object, apiVersion, kind: resource.kind });
}

/** Whether `owner` is the object's controller. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(({ controller, uid }) =>
    controller === true && uid === owner.metadata.uid
  );
}
