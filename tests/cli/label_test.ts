import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import { onServers, type TestServer } from "../support/two_servers.ts";
import { resource } from "../support/resources.ts";
import { cliOn } from "./harness.ts";

const MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", labels: { a: "b" } } };

/** On each of the servers, with the object there. */
function withMap(name: string, use: (server: TestServer) => Promise<void>): void {
  onServers(name, async (server) => {
    await server.put(MAP);
    await use(server);
  });
}

async function labelsOf({ admin, namespace }: TestServer): Promise<unknown> {
  const target = { resource: resource("ConfigMap"), namespace, name: "c" };
  return (await readObject(admin, target))?.metadata.labels;
}

withMap("label sets, changes and removes with kubectl's words", async (server) => {
  const label = (...args: string[]) => cliOn(server)("label", "cm", "c", ...args);
  (await label("x=1")).stdout('configmap/c would change\n  + metadata.labels.x: "1"\n').code(3);
  const cases: readonly (readonly [string[], string, number])[] = [
    [["a=b"], "configmap/c not labeled\n", 0],
    [["x=1", "y.z/w="], "configmap/c labeled\n", 0],
    [["x=2"], "", 1],
    [["x=2", "--overwrite"], "configmap/c labeled\n", 0],
    [["x-"], "configmap/c unlabeled\n", 0],
    [["x-"], "configmap/c not labeled\n", 0],
    [["--list"], "a=b\ny.z/w=\n", 0],
    [["q=1", "--resource-version=1"], "", 1],
  ];
  for (const [args, out, code] of cases) (await label(...args, "--write")).stdout(out).code(code);
  assert.deepEqual(await labelsOf(server), { a: "b", "y.z/w": "" });
  (await label("nope-", "--write")).stderr('label "nope" not found.\n').code(0);
});

withMap(
  "label refuses what can be no label, and a value that is there, in kubectl's words",
  async (server) => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [["q=1", "q-"], /can not both modify and remove a label in the same command/],
      [[], /at least one label update is required/],
      [["q=a b"], /invalid label value: "q=a b": a valid label must be/],
      [[`q=${"x".repeat(64)}`], /no more than 63/],
      [["-q=1"], /unknown shorthand flag/],
      [["Upper.case/q=1"], /invalid label key "Upper\.case\/q"/],
      [["=1"], /unknown label spec: =1/],
    ];
    for (const [args, message] of cases) {
      (await cliOn(server)("label", "cm", "c", ...args, "--write")).stdout("").stderr(message).code(
        2,
      );
    }
    (await cliOn(server)("label", "cm", "c", "a=c", "--write"))
      .stderr(/^error: 'a' already has a value \(b\), and --overwrite is false\n/).code(1);
    (await cliOn(server)("label", "x=1")).stderr(/one or more resources must be specified/).code(2);
    assert.deepEqual(await labelsOf(server), { a: "b" });
  },
);

withMap("annotate takes values that labels can't have", async (server) => {
  const annotate = (...args: string[]) => cliOn(server)("annotate", "cm", "c", ...args, "--write");
  (await annotate("n=see the wiki: a=b")).stdout("configmap/c annotated\n").code(0);
  (await annotate("n=other"))
    .stderr(
      /--overwrite is false but found the following declared annotation\(s\): 'n' already has a value/,
    ).code(1);
  (await annotate("--list")).stdout("n=see the wiki: a=b\n").code(0);
  (await annotate("n-")).stdout("configmap/c annotated\n").code(0);
});

withMap(
  "label works on all, on what a selector or a manifest names, and locally without a server",
  async (server) => {
    await server.put({ ...MAP, metadata: { name: "d" } });
    const files = { "a.yaml": JSON.stringify(MAP) };
    const orka = cliOn(server, { files });
    (await orka("label", "cm", "-l", "a=b", "s=1", "--write")).stdout("configmap/c labeled\n").code(0);
    (await orka("label", "-f", "a.yaml", "f=1", "--write")).stdout("configmap/c labeled\n").code(0);
    (await orka("label", "cm", "c", "d", "both=1", "--write")).stdout(
      "configmap/c labeled\nconfigmap/d labeled\n",
    );
    (await orka("label", "cm", "c", "d", "--list")).stdout(
      /^Listing labels for ConfigMap\.\/c:\n a=b\n both=1\n/,
    );
    const offline = cliOn(server, { files, fault: () => ({ status: 500 }) });
    (await offline("label", "--local", "-f", "a.yaml", "l=1", "-o", "jsonpath={.metadata.labels}"))
      .stdout('{"a":"b","l":"1"}').code(0);
    (await offline("label", "--local", "-f", "a.yaml", "l=1")).stdout("configmap/c labeled\n").code(0);
  },
);
