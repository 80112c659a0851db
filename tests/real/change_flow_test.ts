/** An operator's kind changed and changed back on the real cluster, and `auth` as kubectl answers it. */
import assert from "node:assert/strict";
import { runChangeFlow } from "../support/change_flow.ts";
import { clusterTest } from "../support/real_cluster.ts";

clusterTest(
  "an operator's object is found, tried, applied, fought over, and taken back on the real cluster",
  async (cluster) => {
    if (await cluster.installCrds() === null) return;
    await using scratch = await cluster.scratch("change-flow");
    const directory = await Deno.makeTempDir({ prefix: "orka-flow-" });
    try {
      await runChangeFlow({
        namespace: scratch.name,
        directory,
        orka: (args, { editor = "false" } = {}) =>
          cluster.orka(args, { env: { ORKA_STATE_DIR: `${directory}/state`, KUBE_EDITOR: editor } }),
        async applyAsPipeline(configuration) {
          const stdin = JSON.stringify(configuration);
          const how = ["--server-side", "--force-conflicts", "--field-manager=pipeline", "-f", "-"];
          await cluster.kubectlOk(["apply", ...how], { stdin });
        },
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

clusterTest("auth answers in kubectl's bytes", async (cluster) => {
  const lines = [
    "can-i get pods",
    "can-i delete pods --context viewer",
    "can-i delete pods --context viewer -q",
    "can-i list nodes",
    "can-i get nosuch",
    "can-i get deployments.extensions",
    "can-i create deploy/web -A",
    "can-i whatever pods",
    "can-i get /healthz --context viewer",
    "can-i --list",
    "can-i --list --context viewer -n default",
    "can-i --list --no-headers --context viewer",
    "whoami",
    "whoami --context viewer",
  ];
  for (const line of lines) {
    const args = ["auth", ...line.split(" ")];
    const [ours, theirs] = await Promise.all([cluster.orka(args), cluster.kubectl(args)]);
    assert.deepEqual(
      [ours.code, ours.stdout, ours.stderr],
      [theirs.code, theirs.stdout, theirs.stderr],
      line,
    );
  }
});
