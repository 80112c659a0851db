/** Logs, shells and forwarded ports in the session, on pods of a real node, in a real pty. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { nodeTest, type RealCluster } from "../support/real_cluster.ts";

const TALK =
  'i=0; while true; do echo "{\\"level\\":\\"warn\\",\\"msg\\":\\"turn $i\\",\\"user\\":\\"bob\\"}"; i=$((i+1)); sleep 0.2; done';
const SERVE = "mkdir /w; echo it works > /w/index.html; exec httpd -f -p 8080 -h /w";

function container(name: string, script: string, ports: readonly object[] = []): object {
  return {
    name,
    image: "localhost/busybox:1",
    imagePullPolicy: "Never",
    command: ["sh", "-c", script],
    ports,
  };
}

/** One pod that talks in one container and serves in the other, running. */
async function run(cluster: RealCluster) {
  const scratch = await cluster.scratch("sessionops");
  await cluster.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "talker", namespace: scratch.name, labels: { app: "talker" } },
    spec: {
      terminationGracePeriodSeconds: 0,
      nodeSelector: { node: "real" },
      tolerations: [{ key: "real", operator: "Exists" }],
      containers: [container("main", TALK), container("web", SERVE, [{ name: "http", containerPort: 8080 }])],
    },
  });
  await cluster.kubectlOk([
    "-n",
    scratch.name,
    "wait",
    "--for=condition=Ready",
    "pod/talker",
    "--timeout=60s",
  ]);
  const state = await Deno.makeTempDir();
  const { command, args } = fromSource(["-n", scratch.name, "--write"]);
  const env = { KUBECONFIG: cluster.kubeconfig, ORKA_STATE_DIR: state };
  const session = new PtyProgram(command, args, { cols: 140, rows: 36, cwd: state, env });
  return {
    namespace: scratch.name,
    session,
    state,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
      await Deno.remove(state, { recursive: true });
    },
  };
}

async function quits(session: PtyProgram): Promise<void> {
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  assert.ok(!session.screen.isAlternate, "the alternate screen was left");
}

nodeTest("logs: followed, in columns, searched, saved; the containers of a pod", async (cluster) => {
  await using rig = await run(cluster);
  const { session } = rig;
  await session.shows(/talker +2\/2 +Running/);
  session.write("l");
  await session.shows(/"msg":"turn 4"/);
  await session.shows("following");
  session.write("J");
  await session.shows(/WARN +turn \d+ +user=bob/);
  session.write("/turn 3\\b\r");
  await session.shows(/\/turn 3\\b 1\/1/);
  await session.shows("paused");
  session.write("G");
  await session.shows("following");
  session.press("ctrl+s");
  await session.shows("Saved");
  const files = [...Deno.readDirSync(rig.state)].map(({ name }) => name).filter((name) =>
    name.endsWith(".log")
  );
  assert.match(files[0] ?? "", /^talker-.*\.log$/);
  assert.match(await Deno.readTextFile(`${rig.state}/${files[0]}`), /turn 0\b[\s\S]*turn 3\b/);
  session.write("a");
  await session.shows(/talker\/main +│ WARN/);
  session.press("escape");
  await session.until(() => !session.screen.text().includes("/turn 3"), "the search is gone");
  session.press("escape");
  await session.shows(/talker +2\/2/);
  session.write("\r");
  await session.shows(/web +main +✓ +Running .*http:8080/);
  await quits(session);
});

nodeTest(
  "a shell has the whole terminal, knows its size, and gives the terminal back",
  async (cluster) => {
    await using rig = await run(cluster);
    const { session } = rig;
    await session.shows("talker");
    session.write("\r");
    await session.shows(/web +main +✓/);
    session.write("s");
    await session.shows("Shell in talker/main; ctrl-] leaves");
    await session.until(() => !session.screen.isAlternate, "the terminal is the shell's");
    await session.shows("/ #");
    session.write("stty size; echo n=$((6*7))\r");
    await session.shows("36 140");
    await session.shows("n=42");
    session.resize(100, 30);
    // what is typed may be there before the size is
    session.write('until [ "$(stty size)" = "30 100" ]; do sleep 0.1; done; echo so=$((3*3))\r');
    await session.shows("so=9");
    session.write("echo go; sleep 100\r");
    await session.shows(/^go$/m);
    session.press("ctrl+c");
    await session.shows("^C");
    session.write("exit 7\r");
    await session.shows("ended with code 7");
    await session.shows("talker containers");
    assert.ok(session.screen.isAlternate);
    session.write("s");
    await session.shows("/ #");
    session.press("ctrl+]");
    await session.shows("talker containers");
    await quits(session);
  },
);

nodeTest("a shell in a pane stands beside the table", async (cluster) => {
  await using rig = await run(cluster);
  const { session } = rig;
  await session.shows("talker");
  session.write("\r");
  await session.shows(/web +main +✓/);
  session.write("X");
  await session.shows(/│\/ # ?$/m);
  session.write("echo in the pane; stty size\r");
  await session.shows(/│in the pane/);
  await session.shows(/│33 83/);
  session.write("exit\r");
  await session.shows("It ended. esc leaves");
  session.press("escape");
  await session.until(() => !session.screen.text().includes("It ended"), "left");
  await quits(session);
});

nodeTest("a forwarded port serves while the session goes elsewhere, and ends with it", async (cluster) => {
  await using rig = await run(cluster);
  const { session } = rig;
  await session.shows("talker");
  session.write("F");
  await session.shows("Forward a port of pod/talker");
  session.write("\t\x15\r\r\t\r");
  await session.shows(/Forwarding pod\/talker on localhost:(\d+)/);
  const port = /on localhost:(\d+)/.exec(session.screen.text())![1];
  session.write(":nodes\r");
  await session.shows("real-0");
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "it works\n");
  session.write(":pf\r");
  await session.shows(/pod\/talker .*ready: talker +\d+ \(1\)/);
  await quits(session);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});
