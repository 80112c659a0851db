/** The client over connections of its own: what it reads is what kubectl reads. */
import assert from "node:assert/strict";
import {
  type Client,
  connect,
  type ConnectOptions,
  discover,
  listObjects,
  listTable,
  serverVersion,
  watchTable,
} from "../../src/client/mod.ts";
import { OrkaError } from "../../src/base/mod.ts";
import type { KubeObject, Resource } from "../../src/kube/mod.ts";
import { clusterTest, type RealCluster } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

async function withClient(
  cluster: RealCluster,
  use: (client: Client) => Promise<void>,
  options: ConnectOptions = {},
): Promise<void> {
  const client = await connect({ kubeconfig: cluster.kubeconfig, ...options });
  try {
    await use(client);
  } finally {
    client.close();
  }
}

async function resourceOf(client: Client, plural: string): Promise<Resource> {
  const { resources } = await discover(client, { cacheDir: null });
  const found = resources.find((r) => r.plural === plural && r.preferred);
  assert.ok(found, `no ${plural} served`);
  return found;
}

function isSame(
  { broken, names, expected }: Record<"broken" | "names" | "expected", readonly unknown[]>,
): boolean {
  return broken.length === 0 && names.join() === expected.join();
}

onClusters("discovery, aggregated and old, tells what kubectl tells", async (cluster) => {
  await withClient(cluster, async (client) => {
    const old: Client = {
      ...client,
      target: client.target,
      json: (path, options) => client.json(path, options),
      // A server that does not know aggregated discovery ignores what it is asked for first.
      request: (path, options) => client.request(path, { ...options, accept: "application/json" }),
    };
    const told = async (asked: Client) => {
      const table = await cluster.kubectlOk([
        "api-resources",
        "--no-headers",
        "--cached=false",
        "-o",
        "name",
      ]);
      const { resources, broken } = await discover(asked, { cacheDir: null });
      const names = resources.filter((r) => r.preferred).map((r) =>
        r.group ? `${r.plural}.${r.group}` : r.plural
      );
      return { broken, names: names.sort(), expected: table.trim().split("\n").sort() };
    };
    for (const asked of [client, old]) {
      // Other tests' kinds come and go meanwhile: what holds once holds.
      let last = await told(asked);
      for (let again = 0; again < 5 && !isSame(last); again++) last = await told(asked);
      assert.deepEqual(last.broken, []);
      assert.deepEqual(last.names, last.expected);
    }
  });
});

onClusters(
  "pages of Table rows hold what kubectl lists, with the metadata of each object",
  async (cluster) => {
    await withClient(cluster, async (client) => {
      await using scratch = await cluster.scratch("client");
      const items = Array.from({ length: 25 }, (_, i) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: `c-${String(i).padStart(2, "0")}`,
          namespace: scratch.name,
          labels: { odd: `${i % 2}` },
        },
        data: { text: 'managedFields":[{"' },
      }));
      await cluster.apply({ apiVersion: "v1", kind: "List", items });
      const resource = await resourceOf(client, "configmaps");
      const rows: unknown[] = [];
      const remaining: (number | null)[] = [];
      const end = await listTable(client, resource, {
        namespace: scratch.name,
        limit: 10,
        includeObject: "Object",
        onPage: (page) => remaining.push(page.remaining),
        onRow(row) {
          assert.equal(row.error, "");
          const object = JSON.parse(new TextDecoder().decode(row.object)) as KubeObject;
          assert.ok(!("managedFields" in object.metadata));
          rows.push([row.cells[0], row.metadata?.uid]);
        },
      });
      const text = await cluster.kubectlOk(["get", "configmaps", "-n", scratch.name, "-o", "json"]);
      const theirs = (JSON.parse(text) as { items: KubeObject[] }).items;
      assert.deepEqual(rows, theirs.map((o) => [o.metadata.name, o.metadata.uid]));
      assert.deepEqual([end.pages, end.restarts, remaining[0]], [3, 0, 16]);
      let odd = 0;
      await listObjects(client, resource, {
        namespace: scratch.name,
        labelSelector: "odd=1",
        onItem: () => odd++,
      });
      assert.equal(odd, 12);
    });
  },
);

onClusters(
  "a watch from a list's end sees each change once, and ends when its time is over",
  async (cluster) => {
    await withClient(cluster, async (client) => {
      await using scratch = await cluster.scratch("client");
      const resource = await resourceOf(client, "configmaps");
      const { resourceVersion } = await listTable(client, resource, { namespace: scratch.name, onRow() {} });
      const seen: string[] = [];
      const abort = new AbortController();
      const kubectl = async () => {
        const at = ["-n", scratch.name];
        await cluster.kubectlOk(["create", "configmap", "a", ...at]);
        await cluster.kubectlOk(["label", "configmap", "a", "x=y", ...at]);
        await cluster.kubectlOk(["delete", "configmap", "a", ...at]);
      };
      let changing: Promise<void> | null = null;
      const end = await watchTable(client, resource, {
        namespace: scratch.name,
        resourceVersion,
        signal: abort.signal,
        onOpen: () => void (changing = kubectl()),
        onRow(type, row) {
          if (row.metadata?.name !== "a") return; // the namespace's own CA bundle
          assert.equal((JSON.parse(new TextDecoder().decode(row.object)) as KubeObject).kind, "ConfigMap");
          seen.push(`${type} ${row.cells[0]} ${row.metadata.labels?.["x"] ?? ""}`.trim());
          if (type === "DELETED") abort.abort();
        },
      });
      await changing;
      assert.equal(end.reason, "aborted");
      assert.deepEqual(seen, ["ADDED a", "MODIFIED a y", "DELETED a y"]);
      const closed = await watchTable(client, resource, {
        namespace: scratch.name,
        resourceVersion: end.resourceVersion,
        timeoutSeconds: 1,
        onRow() {},
      });
      assert.equal(closed.reason, "closed");
    });
  },
);

onClusters("more watches at once than one connection carries are all answered", async (cluster) => {
  await withClient(cluster, async (client) => {
    const resource = await resourceOf(client, "configmaps");
    let opened = 0;
    const watches = Array.from(
      { length: 130 },
      () =>
        watchTable(client, resource, {
          namespace: "default",
          resourceVersion: "0",
          timeoutSeconds: 3,
          onOpen: () => opened++,
          onRow() {},
        }),
    );
    const { gitVersion } = await serverVersion(client);
    assert.match(gitVersion, /^v1\./);
    for (const end of await Promise.all(watches)) assert.equal(end.reason, "closed");
    assert.equal(opened, 130);
  });
});

clusterTest("rights, impersonation and refusals", async (cluster) => {
  await withClient(cluster, async (client) => {
    const error = await client.json("/api/v1/secrets").catch((e) => e);
    assert.ok(error instanceof OrkaError);
    assert.deepEqual([error.code, error.hint], [
      "forbidden",
      "to see it: orka auth can-i list secrets -A --context viewer",
    ]);
  }, { context: "viewer" });
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  for (const insecureSkipTlsVerify of [false, true]) {
    await withClient(cluster, async (client) => {
      const answer = await client.json("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(review),
      }) as { status: { userInfo: { username: string; groups: string[] } } };
      const { username, groups } = answer.status.userInfo;
      assert.deepEqual([username, groups], ["bob", ["g, h", "i", "system:authenticated"]]);
    }, { as: "bob", asGroups: ["g, h", "i"], insecureSkipTlsVerify });
  }
  await withClient(cluster, async (client) => {
    const error = await client.json("/api/v1/nodes").catch((e) => e);
    assert.ok(error instanceof OrkaError && error.code === "tls");
  }, { tlsServerName: "other.example" });
});
