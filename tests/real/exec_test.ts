/** Commands in real containers, beside real kubectl: exit codes, stdin's end, terminals, broken connections. */
import assert from "node:assert/strict";
import { connect, WriteGate } from "../../src/client/mod.ts";
import { OrkaError } from "../../src/base/mod.ts";
import { openExec } from "../../src/ops/mod.ts";
import { CutProxy } from "../support/cut_proxy.ts";
import { nodeTest, type RealCluster } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";

const serverOf = (url: string) => ({ hostname: new URL(url).hostname, port: Number(new URL(url).port) });

function writing(cluster: RealCluster, server?: string) {
  return connect({ kubeconfig: cluster.kubeconfig, ...server === undefined ? {} : { server } }, {
    writes: new WriteGate({ isOpen: true }),
  });
}

nodeTest("exec: codes, streams and refusals are kubectl's", async (cluster) => {
  await using scratch = await cluster.scratch("ops-exec");
  const namespace = scratch.name;
  await runPod(cluster, "box", { namespace });
  const both = async (args: readonly string[], stdin?: string) => {
    const options = stdin === undefined ? {} : { stdin };
    // Before the command's own words.
    const ours = await cluster.orka(["-n", namespace, "--write", "exec", ...args], options);
    const theirs = await cluster.kubectl(["-n", namespace, "exec", ...args], options);
    assert.deepEqual(
      [ours.code, ours.stdout],
      [theirs.code, theirs.stdout],
      `${args.join(" ")}: ${ours.stderr}`,
    );
    return { ours, theirs };
  };
  for (const code of ["0", "1", "3", "255"]) await both(["box", "--", "sh", "-c", `exit ${code}`]);
  const killed = await both(["box", "--", "sh", "-c", "kill -9 $$"]);
  assert.equal(killed.ours.code, 137);
  const said = await both(["box", "--", "sh", "-c", "echo out; echo err >&2"]);
  assert.equal(said.ours.stderr, said.theirs.stderr, "with the default container named");
  const counted = await both(["-i", "box", "-c", "main", "--", "wc", "-c"], "x".repeat(200_000));
  assert.equal(counted.ours.stdout.trim(), "200000", "stdin ended, and all of it came");
  const nowhere = await both(["box", "-c", "nope", "--", "ls"]);
  assert.equal(nowhere.ours.stderr, nowhere.theirs.stderr);
  const missing = await both(["box", "-c", "main", "--", "no-such-program"]);
  assert.match(missing.ours.stderr, /not found in the container/);
  const refused = await cluster.orka(["-n", namespace, "exec", "box", "--", "ls"]);
  assert.equal(refused.code, 3);
});

nodeTest("exec: a terminal has the size that it was last told", async (cluster) => {
  await using scratch = await cluster.scratch("ops-exec");
  await runPod(cluster, "box", { namespace: scratch.name });
  const client = await writing(cluster);
  const spec = { namespace: scratch.name, pod: "box", container: "main" };
  const session = await openExec(client, { ...spec, command: ["sh"] }, {
    stdin: true,
    tty: true,
    size: { columns: 97, rows: 31 },
  });
  const reader = session.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const until = async (pattern: RegExp) => {
    while (!pattern.test(seen)) {
      const { value, done } = await reader.read();
      assert.ok(!done, `ended before ${pattern}: ${seen}`);
      seen += value;
    }
  };
  const writer = session.stdin.getWriter();
  const type = (line: string) => writer.write(new TextEncoder().encode(line));
  await type("stty size\n");
  await until(/31 97/);
  session.resize({ columns: 120, rows: 40 });
  await type("stty size\n");
  await until(/40 120/);
  await type("sh -c 'trap \"exit 5\" INT; echo ready; while :; do sleep 0.1; done'\n");
  await until(/ready\r\n/);
  await type("\x03");
  await type("echo interrupted-$?\n");
  await until(/interrupted-5/);
  await type("exit 9\n");
  while (!(await reader.read()).done) { /* its last words */ }
  assert.deepEqual(await session.exit, { code: 9 });
  client.close();
});

nodeTest(
  "exec: a connection that is cut, or a caller that has enough, ends it at once",
  async (cluster) => {
    await using scratch = await cluster.scratch("ops-exec");
    await runPod(cluster, "box", { namespace: scratch.name });
    const direct = await writing(cluster);
    await using proxy = new CutProxy(serverOf(direct.target.server));
    const client = await writing(cluster, `https://127.0.0.1:${proxy.port}`);
    const spec = { namespace: scratch.name, pod: "box", container: "main", command: ["sh", "-c", "yes"] };
    const session = await openExec(client, spec);
    const reader = session.stdout.getReader();
    await reader.read();
    proxy.cut();
    while (!(await reader.read()).done) { /* what was under way */ }
    await assert.rejects(session.exit, (error) => error instanceof OrkaError && error.code === "unreachable");

    const stop = new AbortController();
    const quiet = await openExec(client, { ...spec, command: ["sleep", "100"] }, { signal: stop.signal });
    proxy.stall();
    const began = performance.now();
    stop.abort(new DOMException("enough", "AbortError"));
    await assert.rejects(quiet.exit, { name: "AbortError" });
    assert.ok(performance.now() - began < 200, "cancelled in time, though nothing passes");
    proxy.resume();
    client.close();
    direct.close();
  },
);
