/** Ways from one object to others: enter, the owner, the node. Each may have to read the object first. */
import type { Engine, ObjectRef, Row } from "../../engine/protocol.ts";
import { groupResource, type KubeObject, type Resource, resourcePath } from "../../kube/mod.ts";
import { drillNeedsObject, drillOf } from "../drill.ts";
import type { PaneHost } from "../pane.ts";

/** Reads the object anew; null without a connection. */
export async function readObject(engine: Engine | null, ref: ObjectRef): Promise<KubeObject | null> {
  if (engine === null) return null;
  return await engine.read(resourcePath(ref.resource, ref)) as KubeObject;
}

/** What `enter` does. */
export async function drillInto(host: PaneHost, ref: ObjectRef): Promise<void> {
  const object = drillNeedsObject(ref.resource) ? await readObject(host.engine, ref) : null;
  const drill = drillOf(ref, object);
  switch (drill.type) {
    case "describe":
      return host.openObject(ref, "describe");
    case "containers": {
      const { ContainersPane } = await import("./containers.ts");
      return host.openPane(new ContainersPane(host, ref));
    }
    case "namespace":
      return openNamespace(host, drill.namespace);
    case "nothing":
      return host.notify(drill.why, "warn");
    case "view": {
      const resource = host.findKind(drill.kind);
      if (resource === undefined) return host.notify(`The server serves no ${drill.kind}`, "warn");
      const { labelSelector, fieldSelector, filter } = drill;
      host.openView({
        spec: {
          resource,
          namespace: resource.namespaced ? drill.namespace : null,
          ...(labelSelector === undefined ? {} : { labelSelector }),
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
        },
        ...(filter === undefined ? {} : { filter }),
      });
    }
  }
}

function openNamespace(host: PaneHost, namespace: string): void {
  const pods = host.findKind("pods");
  host.switchNamespace(namespace);
  if (pods) host.openView({ spec: { resource: pods, namespace } });
}

/** Opens the controlling owner in its own kind's table. */
export async function jumpToOwner(host: PaneHost, ref: ObjectRef): Promise<void> {
  const object = await readObject(host.engine, ref);
  const owners = object?.metadata.ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller) ?? owners[0];
  if (owner === undefined) return host.notify(`${ref.resource.kind} "${ref.name}" has no owner`, "info");
  const resource = host.findKind(`${owner.apiVersion}/${owner.kind}`);
  if (resource === undefined) {
    return host.notify(
      `The server serves no ${owner.kind} (${owner.apiVersion}), the owner "${owner.name}"`,
      "warn",
    );
  }
  openOne(host, resource, { namespace: ref.namespace, name: owner.name });
}

/** Opens the node that a pod is on: as its row says, else as the pod itself says. */
export async function jumpToNode(host: PaneHost, ref: ObjectRef, known: string): Promise<void> {
  const object = known === "" ? await readObject(host.engine, ref) : null;
  const spec = object?.["spec"] as { readonly nodeName?: string } | undefined;
  const name = known || spec?.nodeName || "";
  const resource = host.findKind("nodes");
  if (name === "" || resource === undefined) {
    return host.notify(`Pod "${ref.name}" is on no node yet`, "info");
  }
  openOne(host, resource, { namespace: "", name });
}

function openOne(
  host: PaneHost,
  resource: Resource,
  { namespace, name }: { namespace: string; name: string },
): void {
  const spec = {
    resource,
    namespace: resource.namespaced ? namespace : null,
    fieldSelector: `metadata.name=${name}`,
  };
  host.openView({ spec });
}

/** The object that an event is about, from its row's `Object` cell: `pod/web-0`. */
export function eventObject(host: PaneHost, row: Row, cell: string): ObjectRef | null {
  const [kind = "", name = ""] = cell.split("/");
  const resource = host.findKind(kind);
  if (resource === undefined || name === "") return null;
  return { resource, namespace: resource.namespaced ? row.namespace : "", name };
}

export function isEvents(resource: Resource): boolean {
  return ["events", "events.events.k8s.io"].includes(groupResource(resource));
}

/** Names an object for people: `Pod "web-0"`. */
export function objectText({ resource, name }: ObjectRef): string {
  return `${resource.kind} "${name}"`;
}
