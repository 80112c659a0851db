/** Shells in real containers from a real terminal: keys, sizes, ctrl+c, how the terminal is left. */
import assert from "node:assert/strict";
import { connect } from "../../src/client/mod.ts";
import { CutProxy } from "../support/cut_proxy.ts";
import { nodeTest, type RealCluster } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";
import { RemoteShell } from "../support/remote_shell.ts";

async function serverOf(cluster: RealCluster) {
  const client = await connect({ kubeconfig: cluster.kubeconfig });
  const { hostname, port } = new URL(client.target.server);
  client.close();
  return { hostname, port: Number(port) };
}

nodeTest("process: a shell in a container has the terminal, and gives it back", async (cluster) => {
  await using scratch = await cluster.scratch("ops-exec");
  await runPod(cluster, "box", { namespace: scratch.name });
  await using proxy = new CutProxy(await serverOf(cluster));
  const open = (before: readonly string[], behind: readonly string[]) => {
    const where = ["-n", scratch.name, "--write", ...before, "exec", "box", "-c", "main"];
    return new RemoteShell([...where, ...behind], { KUBECONFIG: cluster.kubeconfig });
  };
  const cases = { keysAndSizes, interrupt, terminate, cut };
  for (const walk of Object.values(cases)) await walk(open, proxy);
});

type Open = (before: readonly string[], behind: readonly string[]) => RemoteShell;
const SHELL = ["-it", "--", "sh"];

async function keysAndSizes(open: Open): Promise<void> {
  await using shell = open([], SHELL);
  await shell.prompt();
  await shell.type("stty", /stty$/);
  await shell.type(" size\r", /\n31 97\r\n/);
  shell.program.resize(120, 40);
  await shell.tellsSize("40 120");
  await shell.type(
    `sh -c 'trap "exit 5" INT; echo rea""dy; while :; do sleep 0.1; done'\r`,
    /ready\r\n/,
  );
  await shell.type("\x03", /# /);
  await shell.type("echo interrupted-$?\r", /interrupted-5\r\n/);
  shell.program.write("exit 9\r");
  assert.deepEqual(await shell.end(), { code: 9, isRestored: true });
}

async function interrupt(open: Open): Promise<void> {
  await using shell = open([], ["--", "sh", "-c", "echo ready; sleep 100"]);
  await shell.type("", /ready\r\n/);
  const began = performance.now();
  shell.program.write("\x03");
  await shell.program.until(() => shell.program.raw.includes("code="), "its end");
  const tookMs = performance.now() - began;
  assert.deepEqual(await shell.end(), { code: 130, isRestored: true });
  assert.ok(tookMs < 200, `${tookMs} ms`);
}

async function terminate(open: Open): Promise<void> {
  await using shell = open([], SHELL);
  await shell.prompt();
  shell.signal("SIGTERM");
  assert.deepEqual(await shell.end(), { code: 143, isRestored: true });
}

async function cut(open: Open, proxy: CutProxy): Promise<void> {
  await using shell = open(["-s", `https://127.0.0.1:${proxy.port}`], SHELL);
  await shell.prompt();
  proxy.cut();
  assert.deepEqual(await shell.end(), { code: 1, isRestored: true });
  assert.match(shell.program.raw, /the connection to 127\.0\.0\.1:\d+ was lost/);
}
