/** A user whose rights are those of the role "view": no Secrets, no nodes. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { clusterTest } from "../support/real_cluster.ts";

clusterTest(
  "a refusal ends get with exit code 1 and the line that shows the missing right",
  async (cluster) => {
    const output = await cluster.orka(["get", "secrets", "-n", "default", "--context", "viewer"]);
    assert.equal(output.code, 1);
    assert.equal(output.stdout, "");
    assert.match(output.stderr, /Error from server \(Forbidden\): secrets is forbidden/);
    assert.match(output.stderr, /orka auth can-i list secrets -n default/);
    const theirs = await cluster.kubectl(["get", "secrets", "-n", "default", "--context", "viewer"]);
    assert.equal(output.stderr.split("\n")[0], theirs.stderr.split("\n")[0]);
  },
);

clusterTest("a refused kind does not hide the allowed ones", async (cluster) => {
  await using scratch = await cluster.scratch("viewer");
  const output = await cluster.orka(["get", "configmaps,secrets", "-n", scratch.name, "--context", "viewer"]);
  assert.equal(output.code, 1);
  assert.match(output.stdout, /kube-root-ca\.crt/);
  assert.match(output.stderr, /secrets is forbidden/);
});

clusterTest("the session shows what the viewer may see, and says in place what not", async (cluster) => {
  await using scratch = await cluster.scratch("viewer");
  const { command, args } = fromSource(["--context", "viewer", "-n", scratch.name]);
  await using session = new PtyProgram(command, args, {
    cols: 140,
    rows: 30,
    env: { KUBECONFIG: cluster.kubeconfig },
  });
  await session.shows(/pods/i);
  session.write(":configmaps\r");
  await session.shows("kube-root-ca.crt");
  session.write(":secrets\r");
  await session.shows(/denied|forbidden/i);
  await session.shows("can-i list secrets");
  session.write(":configmaps\r");
  await session.shows("kube-root-ca.crt");
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
});
