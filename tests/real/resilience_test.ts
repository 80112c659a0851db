/** The API server dies and comes back: watches resume, sessions say so and heal. Runs on a cluster of its own. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { type OwnCluster, ownClusterTest } from "../support/real_cluster.ts";

const PORT = Number(Deno.env.get("ORKA_TEST_OWN_PORT") ?? 18443);

function watching(cluster: OwnCluster, args: readonly string[]): PtyProgram {
  const { command, args: all } = fromSource(args);
  return new PtyProgram(command, all, { cols: 140, rows: 30, env: { KUBECONFIG: cluster.kubeconfig } });
}

async function makeConfigMap(cluster: OwnCluster, name: string): Promise<void> {
  await cluster.kubectlOk(["-n", "default", "create", "configmap", name]);
}

ownClusterTest("watches and a session survive the API server's death and restart", PORT, async (cluster) => {
  await makeConfigMap(cluster, "before");
  await using verb = watching(cluster, ["watch", "configmaps", "-n", "default"]);
  await using session = watching(cluster, ["-n", "default"]);
  await session.shows(/pods/i);
  session.write(":configmaps\r");
  await verb.until(() => verb.raw.includes("+ default/before"), "the object that was there");
  await session.shows("before");

  await cluster.killApiServer();
  // Shown in place: what was there stays, and its state says that it is old.
  await session.shows(/connection lost|refused|unreachable|stale/i);
  assert.match(session.screen.text(), /before/, "the rows stay while the server is away");

  await cluster.relaunch();
  await makeConfigMap(cluster, "after");
  await verb.until(() => verb.raw.includes("+ default/after"), "an object made after the restart", {
    timeoutMs: 60_000,
  });
  await session.shows("after", { timeoutMs: 60_000 });
  await session.until(() => !/connection lost/i.test(session.screen.text()), "the notice gone");

  await cluster.kubectlOk(["-n", "default", "delete", "configmap", "before"]);
  await verb.until(() => verb.raw.includes("- default/before"), "the deletion", { timeoutMs: 30_000 });
  assert.equal(verb.raw.match(/\+ default\/after/g)?.length, 1, "an object is announced once");

  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  verb.kill("SIGINT");
  assert.equal((await verb.ends()).code, 130);
});
