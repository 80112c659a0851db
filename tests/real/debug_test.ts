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

clusterTest("debug --custom lays the same over a profile as kubectl", async (cluster) => {
  await using scratch = await cluster.scratch("ops-custom");
  const place = ["-n", scratch.name];
  await cluster.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "box", namespace: scratch.name },
    spec: { nodeSelector: { none: "here" }, containers: [{ name: "main", image: "example.com/box:1" }] },
  });
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(
    file,
    "env: [{name: B, value: b}, {name: A, value: custom}]\nworkingDir: /w\n" +
      "securityContext: {runAsUser: 5, capabilities: {drop: [ALL]}}\n",
  );
  const debug = (name: string) => [
    ...[...place, "debug", "box", "--image=example.com/tools:1", `--custom=${file}`, "-c", name],
    ...["--env=C=c", "--env=A=flag", "--env=D=d", "--attach=false"],
  ];
  await cluster.kubectlOk([...debug("theirs"), "--", "true"]);
  await cluster.kubectlOk([...debug("theirs"), "--copy-to=copy-theirs", "--", "true"]);
  for (const more of [[], ["--copy-to=copy-ours"]]) {
    const ours = await cluster.orka([...debug("ours"), ...more, "--write", "--", "true"]);
    assert.equal(ours.code, 0, ours.stderr);
  }
  const specOf = async (name: string) =>
    JSON.parse(await cluster.kubectlOk([...place, "get", "pod", name, "-o", "json"])).spec;
  const made: { readonly name: string; readonly env: readonly { readonly name: string }[] }[] =
    (await specOf("box")).ephemeralContainers;
  // kubectl keeps no order of its --env
  const sorted = (env: readonly { readonly name: string }[] = []) =>
    env.toSorted((a, b) => a.name < b.name ? -1 : 1);
  const of = (who: string) => {
    const found = made.find(({ name }) => name === who);
    return { ...found, env: sorted(found?.env), name: "" };
  };
  assert.deepEqual(of("ours"), of("theirs"));
  const copies = await Promise.all(["copy-theirs", "copy-ours"].map(async (name) => {
    const { name: _, volumeMounts: _mounts, env, ...container } = (await specOf(name)).containers[1];
    return { ...container, env: sorted(env) };
  }));
  assert.deepEqual(copies[1], copies[0]);
  await Deno.remove(file);
});
