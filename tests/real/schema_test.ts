/** Schemas on the real cluster: the fields that kubectl explain tells, and no complaint of what the server has taken. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/base/mod.ts";
import { connect, discover } from "../../src/client/mod.ts";
import { apiVersion, resourcePath, writeYaml } from "../../src/kube/mod.ts";
import { createValidator, loadSchema } from "../../src/schema/mod.ts";
import { clusterTest } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

/** `name` of kubectl explain's `  name\t<type>`. */
function explained(text: string): string[] {
  return [...text.matchAll(/^ {2}([\w$]+)\t</gm)].map((match) => match[1]!).sort();
}

onClusters("orka schema has the fields of kubectl explain, and remembers them", async (cluster) => {
  const state = await Deno.makeTempDir();
  const env = { ORKA_STATE_DIR: state };
  try {
    for (
      const path of ["deploy.spec", "pods.spec.containers", "crd.spec.versions", "svc.spec.ports", "nodes"]
    ) {
      const { stdout, code, stderr } = await cluster.orka(["schema", path, "-o", "json"], { env });
      assert.equal(code, 0, stderr);
      const names = JSON.parse(stdout).field.fields.map(({ name }: { name: string }) => name);
      assert.deepEqual(names, explained(await cluster.kubectlOk(["explain", path])), path);
    }
    const twice = await cluster.orka(["explain", "deploy.spec.replicas"], { env });
    assert.match(twice.stdout, /^FIELD {4}spec\.replicas <integer>$/m);
    const wrong = await cluster.orka(["schema", "deploy.spec.replcas"], { env });
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /spec\.replcas.*\n.*"spec\.replicas"/);
    assert.ok((await Deno.stat(`${state}/orka.db`)).isFile);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

clusterTest(
  "validation takes every object of Kubernetes' own kinds that the server holds",
  async (cluster) => {
    const client = await connect({ kubeconfig: cluster.kubeconfig });
    using validator = createValidator({ clock: systemClock, worker: false });
    const found: string[] = [];
    let count = 0;
    try {
      const { resources } = await discover(client, { cacheDir: null });
      const own = resources.filter(({ group, verbs }) =>
        verbs.includes("list") && (!group.includes(".") || group.endsWith("k8s.io"))
      );
      for (const resource of own) {
        const schema = await loadSchema(client, resource);
        const list = await client.json(`${resourcePath(resource)}?limit=25`) as { items: readonly object[] };
        for (const item of list.items) {
          const text = writeYaml({ apiVersion: apiVersion(resource), kind: resource.kind, ...item });
          const { problems } = await validator.validate(text, { schemas: [schema] });
          found.push(...problems.map(({ path, message }) => `${resource.kind} ${path}: ${message}`));
          count++;
        }
      }
    } finally {
      client.close();
    }
    assert.deepEqual(found, []);
    assert.ok(count > 50, `${count} objects are no test`);
  },
);
