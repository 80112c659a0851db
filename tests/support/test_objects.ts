/** Objects as tests write them down, and as a server takes them. */
import { createObject, patchObject } from "../../src/apply/mod.ts";
import { OrkaError } from "../../src/base/mod.ts";
import type { Client } from "../../src/client/mod.ts";
import type { KubeObject, Resource } from "../../src/kube/mod.ts";

/** What names an object. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  /** The test's own unless given. */
  readonly namespace?: string;
  readonly name: string;
}

/** What a test says of an object; what a server insists on is made up. */
export interface TestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<KubeObject["metadata"]> & { readonly name: string };
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const CONTAINERS = { containers: [{ name: "main", image: "example.com/main:1" }] };

/** A pod that no scheduler takes and that goes without grace, so that it stays as the test has made it. */
const POD_SPEC = { ...CONTAINERS, schedulerName: "none", terminationGracePeriodSeconds: 0 };

/** What the server demands of a kind besides what the test says. */
const DEFAULTS: Readonly<Record<string, (object: TestObject, namespace: string) => Fields>> = {
  Pod: ({ spec }) => ({ spec: { ...POD_SPEC, ...(spec as Fields) } }),
  Deployment: ({ spec, metadata }) => ({ spec: { ...workload(metadata.labels), ...(spec as Fields) } }),
  ReplicaSet: ({ spec, metadata }) => ({ spec: { ...workload(metadata.labels), ...(spec as Fields) } }),
  Service: ({ spec }) => ({ spec: { ports: [{ port: 80 }], ...(spec as Fields) } }),
  Event: ({ involvedObject }, namespace) => ({
    involvedObject: { namespace, ...(involvedObject as Fields) },
  }),
};

function workload(labels: Readonly<Record<string, string>> = { app: "none" }): Fields {
  const template = { metadata: { labels }, spec: { ...CONTAINERS, schedulerName: "none" } };
  return { replicas: 0, selector: { matchLabels: labels }, template };
}

const CLUSTER_SCOPED = new Set(["Namespace", "Node", "CustomResourceDefinition", "ClusterRole"]);

/** The whole object, in its namespace. */
export function storedForm(object: TestObject, ownNamespace: string): KubeObject {
  const namespace = object.metadata.namespace ?? ownNamespace;
  const metadata = CLUSTER_SCOPED.has(object.kind) ? object.metadata : { ...object.metadata, namespace };
  return { ...object, ...DEFAULTS[object.kind]?.(object, namespace), metadata } as KubeObject;
}

/** Creates the object, or changes it where it is there already, its status too; the object as stored. */
export async function changeObject(
  client: Client,
  resource: Resource,
  object: KubeObject,
): Promise<KubeObject> {
  const { namespace = "", name } = object.metadata;
  const target = { resource, namespace, name };
  const stored = await createObject(client, target, { object }).catch((error) => {
    if (!(error instanceof OrkaError) || error.code !== "already-exists") throw error;
    const { spec: _spec, ...changed } = object; // most of a pod's spec never changes
    const patch = resource.kind === "Pod" ? changed : object;
    return patchObject(client, target, { type: "merge", patch });
  });
  if (object["status"] === undefined || !resource.subresources.includes("status")) return stored;
  const patch = { status: object["status"] };
  return await patchObject(client, { ...target, subresource: "status" }, { type: "merge", patch });
}
