/** Containers that debug, beside those that real kubectl makes. */
import assert from "node:assert/strict";
import { clusterTest } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";

clusterTest("debug: ephemeral containers are kubectl's, and one can be joined", async (cluster) => {
  await using scratch = await cluster.scratch("ops-debug");
  const namespace = scratch.name;
  await runPod(cluster, "box", { namespace });
  const image = ["--image=localhost/busybox:1", "--image-pull-policy=Never", "--target=main"];
  const profiles = ["general", "restricted", "netadmin"];
  for (const profile of profiles) {
    const args = (
      name: string,
    ) => ["-n", namespace, "debug", "box", ...image, `--profile=${profile}`, "-c", name];
    await cluster.kubectlOk([...args(`theirs-${profile}`), "--", "true"]);
    const ours = await cluster.orka([...args(`ours-${profile}`), "--write", "--", "true"]);
    assert.equal(ours.code, 0, ours.stderr);
  }
  const pod = JSON.parse(await cluster.kubectlOk(["-n", namespace, "get", "pod", "box", "-o", "json"]));
  const made: { readonly name: string }[] = pod.spec.ephemeralContainers;
  for (const profile of profiles) {
    const of = (who: string) => ({ ...made.find(({ name }) => name === `${who}-${profile}`), name: "" });
    assert.deepEqual(of("ours"), of("theirs"), profile);
  }
  // Nodes may drop what a process says right before its end (kubectl shows as little): it lives on a moment.
  const script = "sleep 4; echo seen; ps | grep -c tick; sleep 1";
  const joined = await cluster.orka([
    ...["-n", namespace, "debug", "box", ...image, "--attach", "--write"],
    ...["--", "sh", "-c", script],
  ]);
  assert.equal(joined.code, 0, joined.stderr);
  assert.match(joined.stdout, /^seen\n[1-9]/);
  const refused = await cluster.orka(["-n", namespace, "debug", "box", ...image, "--", "sh"]);
  assert.equal(refused.code, 3);
});
