/** The session end to end on the real cluster, in a real pty. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { clusterTest, type RealCluster } from "../support/real_cluster.ts";

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
    session.press("escape");
    await session.until(
      () => /web-1/.test(session.screen.text()) && !/apiVersion/.test(session.screen.text()),
      "the list",
    );
    assert.ok(!session.screen.text().includes("db-0"), "the filter came back with the view");
    session.press("d");
    await session.shows(/Containers/i);
    session.press("escape");
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
  session.press("?");
  await session.shows(/Help|Every key/i);
  session.press("escape");
  await quits(session);
});

clusterTest("escape sequences in fields never reach the terminal raw", async (cluster) => {
  await using scratch = await cluster.scratch("hostile");
  const evil = "\x1b]0;pwned\x07\x1b[2Jboom\r\n\u0085\u009b31m\u202egnp";
  await cluster.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "evil", namespace: scratch.name, annotations: { note: evil } },
    data: { key: evil },
  });
  await cluster.apply({
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
  await session.shows("evil");
  session.press("d");
  await session.shows(/boom/);
  session.press("escape");
  session.press("y");
  await session.shows(/boom/);
  session.press("escape");
  await quits(session);
  for (const bad of ["\x1b]0;pwned", "\x1b[2Jboom", "\u009b", "\u0085", "\u202e"]) {
    assert.ok(!session.raw.includes(bad), `${JSON.stringify(bad)} reached the terminal`);
  }
  for (const args of [["get", "events"], ["describe", "configmap", "evil"], ["events"]]) {
    const { stdout, code, stderr } = await cluster.orka([...args, "-n", scratch.name]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(
      stdout.replace(/[\n\t]/g, ""),
      /\p{Cc}/u,
      `${args.join(" ")} printed control characters`,
    );
    assert.match(stdout, /boom/);
  }
});

clusterTest("the terminal is given back after SIGTERM, SIGHUP and ctrl-c", async (cluster) => {
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

clusterTest("an unknown kind is named, with what was meant", async (cluster) => {
  const output = await cluster.orka(["get", "podz"]);
  assert.equal(output.code, 1);
  assert.equal(output.stdout, "");
  assert.match(output.stderr, /the server doesn't have a resource type "podz"/);
  assert.match(output.stderr, /pods/);
});
