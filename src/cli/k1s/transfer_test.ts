import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../../base/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { WriteGate } from "../../client/mod.ts";
import { EmbeddedCluster } from "../embedded/cluster.ts";
import { exportObjects, importObjects, ownersFirst, parseObjects } from "./transfer.ts";

const { signal } = new AbortController();

async function everything(cluster: EmbeddedCluster): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  using client = disposable(cluster);
  await exportObjects(client.client, {
    signal,
    onObject: (object) => {
      objects.push(object);
      return Promise.resolve();
    },
  });
  return objects;
}

function disposable(cluster: EmbeddedCluster) {
  const client = cluster.client({ writes: new WriteGate({ isOpen: true }) });
  return { client, [Symbol.dispose]: () => client.close() };
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

Deno.test("what was exported comes back with its status and its owners, though pods stand before what owns them", async () => {
  const clock = new ManualClock();
  await using from = await EmbeddedCluster.open({ directory: null, clock });
  const directory = await Deno.makeTempDir({ prefix: "orka-import-" });
  try {
    await using to = await EmbeddedCluster.open({ directory, clock });
    const objects = await everything(from);
    assert.ok(objects.some(({ kind }) => kind === "Backup"));
    assert.ok(!objects.some(({ kind }) => kind === "Event"));
    const at = (kind: string) => objects.findIndex((object) => object.kind === kind);
    assert.ok(at("Pod") < at("ReplicaSet"));
    using client = disposable(to);
    const { failures } = await importObjects(client.client, objects, { signal });
    assert.deepEqual(failures, []);
    const arrived = await everything(to);
    assert.deepEqual(arrived.map(nameOf).sort(), objects.map(nameOf).sort());
    const find = (name: string) => arrived.find((object) => nameOf(object) === name)!;
    const pod = arrived.find(({ kind, metadata }) =>
      kind === "Pod" && metadata.name.startsWith("checkout-")
    )!;
    const [owner] = pod.metadata.ownerReferences ?? [];
    assert.equal(owner?.uid, find(`ReplicaSet shop/${owner?.name}`).metadata.uid);
    const before = objects.find((object) => nameOf(object) === nameOf(pod))!;
    assert.notEqual(pod.metadata.uid, before.metadata.uid);
    assert.deepEqual(pod["status"], before["status"]);
    const again = await importObjects(client.client, objects, { signal });
    assert.deepEqual(again, { created: 0, kept: objects.length, failures: [] });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("an owner that is not in the stream is left out, and its object stays", async () => {
  await using cluster = await EmbeddedCluster.open({ directory: null, clock: new ManualClock() });
  using client = disposable(cluster);
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: "not-there" };
  const metadata = { name: "orphan", namespace: "default", ownerReferences: [owner] };
  const { created } = await importObjects(
    client.client,
    [{ apiVersion: "v1", kind: "ConfigMap", metadata }],
    {
      signal,
    },
  );
  assert.equal(created, 1);
  const found = await client.client.json("/api/v1/namespaces/default/configmaps/orphan") as KubeObject;
  assert.equal(found.metadata.ownerReferences, undefined);
});

Deno.test("owners come first; a circle ends", () => {
  const object = (uid: string, ...owners: string[]): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: uid,
      uid,
      ownerReferences: owners.map((uid) => ({ apiVersion: "v1", kind: "ConfigMap", name: uid, uid })),
    },
  });
  const ordered = (...objects: KubeObject[]) => ownersFirst(objects).map(({ metadata }) => metadata.name);
  assert.deepEqual(ordered(object("c", "b"), object("b", "a"), object("a")), ["a", "b", "c"]);
  assert.deepEqual(ordered(object("a", "b"), object("b", "a"), object("x", "none")), ["b", "a", "x"]);
});

Deno.test("JSON lines, YAML documents and Lists are read; what is no object is refused", async () => {
  const one = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
  const list = { apiVersion: "v1", kind: "List", items: [one, one] };
  const count = async (text: string) => (await parseObjects(text, "file")).length;
  assert.equal(await count(`${JSON.stringify(one)}\n\n${JSON.stringify(one)}\n`), 2);
  assert.equal(await count(JSON.stringify(list, null, 2)), 2);
  assert.equal(await count("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"), 1);
  assert.equal(await count(""), 0);
  for (const text of ["a: [", "- 1", "kind: Pod", "text"]) {
    await assert.rejects(
      parseObjects(text, "file"),
      (error) => error instanceof OrkaError && error.code === "invalid",
      text,
    );
  }
});
