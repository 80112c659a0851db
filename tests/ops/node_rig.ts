/** A node with pods on the embedded cluster, whose pods end at once unless a test holds them. */
import { patchObject, readObject } from "../../src/apply/mod.ts";
import { type KubeObject, resourcePath } from "../../src/kube/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";

export interface PodFacts {
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string } | null;
  readonly emptyDir?: boolean;
  readonly mirror?: boolean;
  readonly finalizers?: readonly string[];
  readonly phase?: string;
  readonly ready?: boolean;
  readonly requests?: Readonly<Record<string, string>>;
}

const OWNER = { kind: "ReplicaSet", name: "web" };
const SELECTED = { labels: { app: "web" } };
const SELECTOR = { matchLabels: SELECTED.labels };

export class NodeRig implements AsyncDisposable {
  private constructor(readonly cluster: Embedded) {}

  static async open(): Promise<NodeRig> {
    const rig = new NodeRig(await openEmbedded());
    await rig.cluster.create({ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } });
    await rig.owner(OWNER);
    return rig;
  }

  /** What has no living owner is collected, so pods need one that is there. */
  async owner({ kind, name }: { readonly kind: string; readonly name: string }): Promise<void> {
    const template = { metadata: SELECTED, spec: { containers: [{ name: "c", image: "i" }] } };
    await this.cluster.create({
      apiVersion: "apps/v1",
      kind,
      metadata: { name },
      spec: { ...(kind === "ReplicaSet" ? { replicas: 0 } : {}), selector: SELECTOR, template },
    });
  }

  get client() {
    return this.cluster.client;
  }

  /** A running, ready pod of a ReplicaSet on n1 unless the facts say otherwise. */
  async pod(name: string, facts: PodFacts = {}): Promise<void> {
    const { node = "n1", owner = OWNER } = facts;
    await this.cluster.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        labels: facts.labels ?? { app: "web" },
        ...(facts.mirror ? { annotations: { "kubernetes.io/config.mirror": "x" } } : {}),
        ...(facts.finalizers ? { finalizers: facts.finalizers } : {}),
        ...(owner === null ? {} : { ownerReferences: await this.#owners(owner) }),
      },
      spec: {
        nodeName: node,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "c", image: "busybox", resources: { requests: facts.requests ?? {} } }],
        ...(facts.emptyDir ? { volumes: [{ name: "cache", emptyDir: {} }] } : {}),
      },
    });
    const status = facts.ready === false ? "False" : "True";
    const patch = { status: { phase: facts.phase ?? "Running", conditions: [{ type: "Ready", status }] } };
    await patchObject(this.client, { ...this.target("Pod", name), subresource: "status" }, {
      type: "merge",
      patch,
    });
  }

  async #owners({ kind, name }: NonNullable<PodFacts["owner"]>) {
    const { uid } = (await this.read(kind, name))!.metadata;
    return [{ apiVersion: "apps/v1", kind, name, uid: uid!, controller: true }];
  }

  /** Over the pods with app=web. */
  async budget(name: string, spec: object): Promise<void> {
    await this.cluster.create({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { selector: SELECTOR, ...spec },
    });
  }

  target(kind: string, name: string) {
    const of = resource(kind);
    return { resource: of, namespace: of.namespaced ? "default" : "", name };
  }

  async read(kind: string, name: string): Promise<KubeObject | null> {
    return await readObject(this.client, this.target(kind, name));
  }

  async podNames(): Promise<readonly string[]> {
    const list = await this.client.json(resourcePath(resource("Pod"), { namespace: "default" }));
    return (list as { items: KubeObject[] }).items.map(({ metadata }) => metadata.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
  }
}
