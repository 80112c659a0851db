import assert from "node:assert/strict";
import { OrkaError } from "../../base/mod.ts";
import { mergeKubeconfig, personalKubeconfig } from "./merge_kubeconfig.ts";
import { defaultDirectory, StoreDirectory } from "./store_directory.ts";

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "orka-k1s-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const hasCode = (code: string) => (error: unknown) => error instanceof OrkaError && error.code === code;
const record = { url: "http://127.0.0.1:1", store: "memory", startedMs: 0 };

Deno.test("the directory follows XDG_STATE_HOME, then the home", () => {
  const of = (env: Record<string, string>) => defaultDirectory((name) => env[name]);
  assert.equal(of({ XDG_STATE_HOME: "/s", HOME: "/h" }), "/s/orka/k1s");
  assert.equal(of({ HOME: "/h" }), "/h/.local/state/orka/k1s");
  assert.throws(() => of({}), hasCode("usage"));
});

Deno.test("a file that is as it should be needs no room; one that can't be written says which", () =>
  inDirectory(async (path) => {
    const directory = new StoreDirectory(path);
    await directory.write("port", "1234");
    await Deno.mkdir(`${path}/port.${Deno.pid}.new`); // in the way, as a full disk is
    await directory.write("port", "1234");
    await assert.rejects(
      directory.write("port", "1235"),
      (error) => hasCode("io")(error) && (error as Error).message.startsWith(`cannot write ${path}/port: `),
    );
    assert.equal(await directory.read("port"), "1234");
  }));

Deno.test("a directory is served by one process; what a dead one left counts for nothing", () =>
  inDirectory(async (path) => {
    const directory = new StoreDirectory(path);
    assert.equal(await directory.serving(), null);
    await directory.claim(record);
    assert.equal((await directory.serving())?.pid, Deno.pid);
    await assert.rejects(directory.claim(record), hasCode("already-exists"));
    await directory.forget();
    for (
      const text of [
        "{",
        "null",
        JSON.stringify({ ...record, pid: 1 }),
        // a pid that was used again
        JSON.stringify({ ...record, pid: Deno.pid, pidStart: "1" }),
        JSON.stringify({ ...record, pid: 2 ** 22 + 5, pidStart: null }),
      ]
    ) {
      await directory.write("server.json", text);
      assert.equal(await directory.serving(), null, text);
    }
    await directory.claim(record);
  }));

Deno.test("reset removes what is ours and leaves what is not", () =>
  inDirectory(async (path) => {
    const directory = new StoreDirectory(`${path}/store`);
    await directory.create();
    await directory.write("kubeconfig", "x");
    await directory.write("k1s.db.4711.new", "a restore that was killed");
    await Deno.mkdir(directory.certificates);
    await Deno.writeTextFile(`${directory.path}/thesis.txt`, "years of work");
    await directory.reset();
    assert.deepEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name), ["thesis.txt"]);
    await Deno.remove(`${directory.path}/thesis.txt`);
    await directory.reset();
    await assert.rejects(Deno.stat(directory.path), Deno.errors.NotFound);
  }));

const OURS = `apiVersion: v1
kind: Config
clusters: [{name: k1s, cluster: {server: "https://127.0.0.1:2"}}]
users: [{name: k1s, user: {token: t}}]
contexts: [{name: k1s, context: {cluster: k1s, user: k1s}}]
current-context: k1s
`;

Deno.test("merging replaces its own entries, and keeps the others with their comments", () =>
  inDirectory(async (path) => {
    const file = `${path}/.kube/config`;
    await mergeKubeconfig(OURS, file);
    assert.equal(await Deno.readTextFile(file), OURS);
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    await Deno.writeTextFile(
      file,
      `# mine
clusters:
- name: prod # careful
  cluster: {server: "https://prod"}
- name: k1s
  cluster: {server: "https://127.0.0.1:1"}
contexts: []
current-context: prod
`,
    );
    await mergeKubeconfig(OURS, file);
    await mergeKubeconfig(OURS, file);
    const text = await Deno.readTextFile(file);
    assert.match(text, /^# mine\n/);
    assert.match(text, /name: prod # careful/);
    const { parse } = await import("yaml");
    const config = parse(text);
    assert.deepEqual(config.clusters.map((c: { name: string }) => c.name), ["prod", "k1s"]);
    assert.equal(config.clusters[1].cluster.server, "https://127.0.0.1:2");
    assert.deepEqual([config.users.length, config.contexts.length], [1, 1]);
    assert.equal(config["current-context"], "k1s");
  }));

Deno.test("what is no kubeconfig is left alone", () =>
  inDirectory(async (path) => {
    for (const text of ["- a\n", "a: [\n"]) {
      await Deno.writeTextFile(`${path}/config`, text);
      await assert.rejects(mergeKubeconfig(OURS, `${path}/config`), hasCode("kubeconfig"));
      assert.equal(await Deno.readTextFile(`${path}/config`), text);
    }
  }));

Deno.test("kubectl's own file is the first of KUBECONFIG's, else the home's", () => {
  assert.equal(personalKubeconfig((name) => ({ KUBECONFIG: ":/a:/b" })[name]), "/a");
  assert.equal(personalKubeconfig((name) => ({ HOME: "/h" })[name]), "/h/.kube/config");
});
