/** The session end to end on the real cluster, in a real pty. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { clusterTest, type RealCluster } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

const SIZE = { cols: 140, rows: 36 };

function open(
  cluster: RealCluster,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): PtyProgram {
  const { command, args: all } = fromSource(args);
  return new PtyProgram(command, all, { ...SIZE, env: { KUBECONFIG: cluster.kubeconfig, ...env } });
}

function pod(namespace: string, name: string, app: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app } },
    spec: {
      nodeName: "node-0",
      tolerations: [{ operator: "Exists" }],
      containers: [{ name: "main", image: "images.test/web:1" }],
    },
  };
}

async function quits(session: PtyProgram): Promise<void> {
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  assert.ok(!session.screen.isAlternate, "the alternate screen was left");
  assert.ok(
    session.raw.lastIndexOf("\x1b[?25h") > session.raw.lastIndexOf("\x1b[?25l"),
    "the cursor is back",
  );
}

/** Goes back. Waits until it happened: what follows an escape at once is, to a terminal, a key with alt. */
async function leaves(session: PtyProgram, shown: string): Promise<void> {
  session.press("escape");
  await session.until(() => !session.screen.text().includes(shown), `"${shown}" gone`);
}

clusterTest(
  "pods appear, change and go live; filter, YAML, describe and back keep their place",
  async (cluster) => {
    await using scratch = await cluster.scratch("session");
    for (const [name, app] of [["web-0", "web"], ["web-1", "web"], ["db-0", "db"]] as const) {
      await cluster.apply(pod(scratch.name, name, app));
    }
    await using session = open(cluster, ["-n", scratch.name]);
    await session.shows(/web-0 .*Running/);
    await session.shows("db-0");

    await cluster.apply(pod(scratch.name, "late-0", "late"));
    await session.shows("late-0");
    await cluster.kubectlOk(["-n", scratch.name, "delete", "pod", "late-0", "--force", "--grace-period=0"]);
    await session.until(() => !session.screen.text().includes("late-0"), "late-0 gone");

    session.write("/web");
    await session.until(() => !session.screen.text().includes("db-0"), "db-0 filtered out");
    await session.shows("web-1");
    session.write("\r");
    session.press("y");
    await session.shows("apiVersion: v1");
    await session.shows("kind: Pod");
    await leaves(session, "apiVersion: v1");
    await session.shows("web-1");
    assert.ok(!session.screen.text().includes("db-0"), "the filter came back with the view");
    session.press("d");
    await session.shows("Containers:");
    await leaves(session, "Containers:");
    await session.shows("web-1");
    await quits(session);
  },
);

clusterTest("the palette goes to any kind and namespace, 0 shows all namespaces", async (cluster) => {
  await using scratch = await cluster.scratch("session");
  await using session = open(cluster, ["-n", scratch.name]);
  await session.shows(/pods/i);
  session.write(":configmaps\r");
  await session.shows("kube-root-ca.crt");
  session.write(":nodes\r");
  await session.shows("node-0");
  session.write(":ns\r");
  await session.shows("kube-system");
  session.write(`:configmaps ${scratch.name}\r`);
  await session.shows("kube-root-ca.crt");
  session.press("0");
  await session.shows(/extension-apiserver-authentication|kube-system/);
  await session.shows(/all namespaces/);
  session.press("?");
  await session.shows("Every key that works here");
  await leaves(session, "Every key that works here");
  await quits(session);
});

onClusters("escape sequences in fields never reach the terminal raw", async (cluster) => {
  await using scratch = await cluster.scratch("hostile");
  const evil = "\x1b]0;pwned\x07\x1b[2Jboom\r\n\u0085\u009b31m\u202egnp";
  await cluster.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "evil", namespace: scratch.name, annotations: { note: evil } },
    data: { key: evil },
  });
  await cluster.create({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "evil", namespace: scratch.name },
    involvedObject: { kind: "ConfigMap", apiVersion: "v1", name: "evil", namespace: scratch.name },
    reason: "Evil",
    message: evil,
    type: "Warning",
    lastTimestamp: new Date().toISOString(),
  });
  await using session = open(cluster, ["-n", scratch.name]);
  await session.shows(/pods/i);
  session.write(":events\r");
  await session.shows(/boom/);
  session.write(":configmaps\r");
  await session.shows("kube-root-ca.crt");
  session.press("d");
  await session.shows("BinaryData");
  assert.match(session.screen.text(), /boom/);
  await leaves(session, "BinaryData");
  session.press("y");
  await session.shows(/apiVersion: v1/);
  assert.match(session.screen.text(), /boom/);
  await leaves(session, "apiVersion: v1");
  await quits(session);
  isHarmless(session.raw);
  for (const args of [["get", "events"], ["describe", "configmap", "evil"], ["events"]]) {
    await using shown = open(cluster, [...args, "-n", scratch.name]);
    assert.equal((await shown.ends()).code, 0, shown.raw);
    assert.match(shown.raw, /boom/);
    isHarmless(shown.raw);
    // What a script reads is as kubectl writes it: escapes spelt out, the rest untouched.
    const { stdout } = await cluster.orka([...args, "-n", scratch.name]);
    assert.ok(!stdout.includes("\x1b"), `${args.join(" ")} printed a raw escape`);
  }
});

/** Nothing of the hostile text came through as a control, in a terminal's output. */
function isHarmless(raw: string): void {
  for (const bad of ["\x1b]0;pwned", "\x1b[2Jboom", "\u009b", "\u0085", "\u202e"]) {
    assert.ok(!raw.includes(bad), `${JSON.stringify(bad)} reached the terminal`);
  }
}

onClusters("the terminal is given back after SIGTERM, SIGHUP and ctrl-c", async (cluster) => {
  for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    await using session = open(cluster, ["-n", "default"]);
    await session.shows(/pods/i);
    session.kill(signal);
    const exit = await session.ends();
    assert.ok(exit.code === code || exit.signal > 0, `${signal}: ${JSON.stringify(exit)}`);
    assert.ok(!session.screen.isAlternate, `${signal}: the alternate screen was left`);
  }
  await using session = open(cluster, ["-n", "default"]);
  await session.shows(/pods/i);
  session.press("ctrl+c");
  await session.ends();
  assert.ok(!session.screen.isAlternate);
});

onClusters("an unknown kind is named, with what was meant", async (cluster) => {
  const output = await cluster.orka(["get", "podz"]);
  assert.equal(output.code, 1);
  assert.equal(output.stdout, "");
  assert.match(output.stderr, /the server doesn't have a resource type "podz"/);
  assert.match(output.stderr, /pods/);
});
