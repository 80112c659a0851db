/** Operators' kinds on the real cluster: 41 definitions installed, discovered, and listed as kubectl lists them. */
import assert from "node:assert/strict";
import { type CustomResourceDefinition, minimalObject } from "../support/minimal_object.ts";
import { type RealCluster, type Scratch } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

async function definitions(cluster: RealCluster): Promise<CustomResourceDefinition[]> {
  return JSON.parse(await cluster.kubectlOk(["get", "crds", "-o", "json"])).items;
}

/** Makes an object of every namespaced kind that takes a minimal one; how many did. */
async function populate(
  cluster: RealCluster,
  crds: readonly CustomResourceDefinition[],
  scratch: Scratch,
): Promise<number> {
  const namespaced = crds.filter((crd) => crd.spec.scope === "Namespaced");
  const items = namespaced.map((crd) => minimalObject(crd, "sample", scratch.name));
  // kubectl goes on past the objects that are refused, and says so in its exit code.
  const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const { stdout } = await cluster.kubectl(["apply", "-f", "-"], { stdin });
  return stdout.trim().split("\n").filter((line) => line.endsWith(" created")).length;
}

onClusters(
  "41 operator kinds are served, discovered and listed with their own columns, as kubectl prints them",
  async (cluster) => {
    const installed = await cluster.installCrds();
    if (installed === null) return;
    assert.equal(installed, 41);
    const crds = await definitions(cluster);

    const discovered = await cluster.orka(["discover"]);
    assert.equal(discovered.code, 0, discovered.stderr);
    for (const { spec } of crds) {
      assert.ok(
        discovered.stdout.includes(` • ${spec.names.kind} • `),
        `${spec.names.kind} is not discovered`,
      );
    }

    await using scratch = await cluster.scratch("crds");
    const made = await populate(cluster, crds, scratch);
    assert.ok(made >= 35, `only ${made} kinds took a minimal object`);
    for (const wide of [[], ["-o", "wide"]]) {
      const kinds = crds.map((crd) => crd.metadata.name).join(",");
      const args = ["get", kinds, "-n", scratch.name, ...wide];
      const ours = await cluster.orka(args);
      const theirs = await cluster.kubectl(args);
      assert.equal(ours.code, 0, ours.stderr);
      assert.equal(withoutAges(ours.stdout), withoutAges(theirs.stdout));
    }
  },
);

/** Seconds pass between the two programs: ages in seconds become one, padding included. */
function withoutAges(text: string): string {
  return text.replace(/\b\d+s\b */g, "AGE ").split("\n").map((line) => line.trimEnd()).join("\n");
}
