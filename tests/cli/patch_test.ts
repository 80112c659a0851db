import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { onServers, type TestServer } from "../support/two_servers.ts";
import { resource } from "../support/resources.ts";
import { type Cli, cliOn, type CliOptions, settled } from "./harness.ts";

const MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "x" } };

/** On each of the servers, with the object there; `data` reads its data. */
function withMap(
  name: string,
  use: (server: TestServer, data: () => Promise<unknown>) => Promise<void>,
): void {
  onServers(name, async (server) => {
    await server.put(MAP);
    const target = { resource: resource("ConfigMap"), namespace: server.namespace, name: "c" };
    await use(server, async () => (await readObject(server.admin, target))?.data);
  });
}

/** A command line whose waits the clock goes through. */
function lines(server: TestServer, options: CliOptions = {}): Cli {
  const orka = cliOn(server, options);
  return (...args) => settled(server.clock, orka(...args));
}

withMap("patch shows without leave, and patches with it, in every type", async (server, data) => {
  const orka = lines(server, { files: { "p.yaml": "data:\n  b: z\n" } });
  const patch = (...args: string[]) => orka("patch", "cm", "c", ...args);
  (await patch("-p", '{"data":{"a":"w"}}')).stdout("configmap/c would change\n  ~ data.a: x -> w\n").code(
    3,
  );
  assert.deepEqual(await data(), { a: "x" });
  (await patch("-p", '{"data":{"a":"w"}}', "--write")).stdout("configmap/c patched\n").code(0);
  (await patch("-p", '{"data":{"a":"w"}}', "--write")).stdout("configmap/c patched (no change)\n").code(0);
  (await patch("--patch-file", "p.yaml", "--type=merge", "--write")).code(0);
  (await patch("--type=json", "-p", '[{"op":"remove","path":"/data/a"}]', "--write")).code(0);
  assert.deepEqual(await data(), { b: "z" });
  (await orka("patch", "cm/c", "-p", "data: {q: r}", "--write", "-o", "jsonpath={.data.q}")).stdout("r")
    .code(0);
});

withMap("patch refuses what is no patch before it asks anything of the object", async (server, data) => {
  const orka = lines(server);
  const cases: readonly (readonly [string[], RegExp, number])[] = [
    [[], /must specify --patch or --patch-file/, 2],
    [["-p", "{}", "--type=foo"], /--type must be one of \[json merge strategic\], not "foo"/, 2],
    [["-p", "{}", "--type=json"], /a json patch is a list of operations/, 1],
    [["-p", "just words"], /a strategic patch is one map of fields/, 1],
    [["-p", "a: ["], /unable to parse the patch:1:/, 1],
    [["-p", '{"data":{"a":[]}}'], /^Error from server|^The request is invalid: patch: Invalid value: /, 1],
    [
      ["--type=json", "-p", '[{"op":"remove","path":"/data/nope"}]'],
      /^The request is invalid: /,
      1,
    ],
  ];
  for (const [args, message, code] of cases) {
    (await orka("patch", "cm", "c", ...args, "--write")).stderr(message).code(code);
  }
  (await orka("patch", "cm", "gone", "-p", "{}", "--write")).stderr(/configmaps "gone" not found/).code(1);
  assert.deepEqual(await data(), { a: "x" });
});

withMap(
  "replace puts the manifest in the object's place, and refuses an old version or a missing object",
  async (server, data) => {
    const orka = (text: string) => lines(server, { files: { "a.yaml": text } });
    const manifest = (more: Partial<KubeObject["metadata"]> = {}) =>
      JSON.stringify({ ...MAP, metadata: { ...MAP.metadata, ...more }, data: { num: "1" } });
    const replace = (text: string, ...flags: string[]) => orka(text)("replace", "-f", "a.yaml", ...flags);
    (await replace(manifest())).stdout(/would change\n/).code(3);
    (await replace(manifest(), "--write")).stdout("configmap/c replaced\n").code(0);
    assert.deepEqual(await data(), { num: "1" });
    (await replace(manifest({ resourceVersion: "1" }), "--write")).stderr(/Conflict/).code(1);
    (await replace(manifest({ name: "gone" }), "--write")).stderr(/configmap\/gone not found/).code(1);
    (await replace(manifest(), "--write", "--save-config")).code(0);
    (await orka("")("apply", "view-last-applied", "cm/c")).stdout(/num: "1"/).code(0);
  },
);

withMap("replace --force deletes and makes anew, after a question on a terminal", async (server, data) => {
  const files = { "a.yaml": JSON.stringify({ ...MAP, data: { num: "1" } }) };
  const orka = lines(server, { files, terminal: true, answers: ["n", "y"] });
  const replace = () => orka("replace", "-f", "a.yaml", "--force", "--write");
  (await replace()).stderr(/Delete configmap\/c and make it anew\?/).code(3);
  assert.deepEqual(await data(), { a: "x" });
  (await replace()).stdout("configmap/c replaced\n").code(0);
  assert.deepEqual(await data(), { num: "1" });
});
