/** `orka k1s` as a process, used by Orka itself and, where ORKA_TEST_KUBECTL names one, by an unmodified kubectl. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { DENO_DIR } from "../support/deno_dir.ts";
import { fromSource } from "../support/pty_program.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

class Home implements AsyncDisposable {
  readonly #env: Record<string, string>;

  constructor(readonly path: string, env: Readonly<Record<string, string>> = {}) {
    this.#env = { HOME: path, PATH: Deno.env.get("PATH") ?? "", DENO_DIR, ...env };
  }

  get store(): string {
    return `${this.path}/.local/state/orka/k1s`;
  }

  spawn(args: readonly string[]): Deno.ChildProcess {
    const { command, args: all } = fromSource([...args]);
    const { command: file, options } = this.#options(command, all);
    return new Deno.Command(file, { ...options, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  }

  async orka(...args: string[]): Promise<Ran> {
    const { command, args: all } = fromSource(args);
    return await this.run(command, all);
  }

  async run(command: string, args: readonly string[], stdin = ""): Promise<Ran> {
    const { options } = this.#options(command, args);
    const child = new Deno.Command(command, {
      ...options,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  #options(command: string, args: readonly string[]) {
    return { command, options: { args: [...args], cwd: this.path, env: this.#env, clearEnv: true } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.orka("k1s", "down");
    await Deno.remove(this.path, { recursive: true });
  }
}

async function newHome(env: Readonly<Record<string, string>> = {}): Promise<Home> {
  return new Home(await Deno.makeTempDir({ prefix: "orka-k1s-home-" }), env);
}

/** Starts it in the foreground; resolves with the kubeconfig's path. */
async function started(child: Deno.ChildProcess) {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    assert.ok(!done, `ended before it was ready: ${text}`);
    text += value;
  }
  return { kubeconfig: text.trim(), reader };
}

function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}

Deno.test("process: up serves until a signal, ends with 130, and finds its objects again", async () => {
  await using home = await newHome();
  const child = home.spawn(["k1s", "up", "--demo"]);
  const { kubeconfig, reader } = await started(child);
  assert.equal(kubeconfig, `${home.store}/kubeconfig`);
  assert.equal((await Deno.stat(kubeconfig)).mode! & 0o777, 0o600);
  const got = await home.orka("get", "deploy", "web", "-n", "shop", "-o", "name", "--kubeconfig", kubeconfig);
  assert.deepEqual([got.out, got.err, got.code], ["deployment.apps/web\n", "", 0]);
  const { server } = JSON.parse((await home.orka("k1s", "status", "-o", "json")).out);
  assert.match(server, /^https:\/\/127\.0\.0\.1:\d+$/);
  const again = await home.orka("k1s", "up");
  assert.equal(again.code, 1);
  assert.match(again.err, /is up already/);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 130);
  await reader.cancel();
  assert.equal((await home.orka("k1s", "status")).code, 1);
  const kept = await home.orka("get", "deploy", "-n", "shop", "-o", "name", `--embedded=${home.store}`);
  assert.match(kept.out, /deployment\.apps\/web/);
});

Deno.test("process: it outlives clients that say goodbye", async () => {
  // glibc overwrites what is freed: reading it ends the process at once, not now and then
  await using home = await newHome({ MALLOC_PERTURB_: "165" });
  const child = home.spawn(["k1s", "up", "--store", "memory"]);
  const { kubeconfig, reader } = await started(child);
  const { clusters } = parse(await Deno.readTextFile(kubeconfig));
  const { server, "certificate-authority-data": ca } = clusters[0].cluster;
  for (const _ of [1, 2, 3]) {
    using client = Deno.createHttpClient({ caCerts: [atob(ca)] });
    const answers = await Promise.all(
      ["/version", "/livez", "/version"].map((path) => fetch(`${server}${path}`, { client })),
    );
    for (const answer of answers) assert.equal(answer.status, 200, await answer.text());
  }
  child.kill("SIGINT");
  assert.equal((await child.status).code, 130);
  await reader.cancel();
});

Deno.test("process: --detach leaves a process that down ends, on the same port each time", async () => {
  await using home = await newHome();
  const up = await home.orka("k1s", "up", "--detach");
  assert.deepEqual([up.code, up.out, up.err], [0, `${home.store}/kubeconfig\n`, ""]);
  const first = JSON.parse((await home.orka("k1s", "status", "-o", "json")).out);
  assert.ok(isAlive(first.pid));
  const again = await home.orka("k1s", "up", "--detach");
  assert.deepEqual([again.code, again.out], [0, up.out]);
  assert.equal(again.err, `The embedded cluster is up already, by process ${first.pid}.\n`);
  assert.equal((await home.orka("k1s", "up", "--detach", "--demo")).code, 1);
  assert.equal((await home.orka("k1s", "reset")).code, 1);
  assert.equal((await home.orka("k1s", "down")).code, 0);
  assert.ok(!isAlive(first.pid), "down left its process");
  assert.equal((await home.orka("k1s", "down")).code, 0);
  await home.orka("k1s", "up", "--detach");
  const second = JSON.parse((await home.orka("k1s", "status", "-o", "json")).out);
  assert.equal(second.server, first.server);
  assert.notEqual(second.pid, first.pid);
  // killed where it stands: nothing that is left is in the way
  Deno.kill(second.pid, "SIGKILL");
  while (isAlive(second.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await home.orka("k1s", "status")).code, 1);
  assert.equal((await home.orka("k1s", "up", "--detach")).code, 0);
  assert.equal((await home.orka("k1s", "kubeconfig", "--merge")).code, 0);
  const merged = await home.orka("get", "ns", "default", "-o", "name");
  assert.equal(merged.out, "namespace/default\n", merged.err);
  await home.orka("k1s", "down");
  assert.equal((await home.orka("k1s", "reset")).code, 0);
  await assert.rejects(Deno.stat(home.store), Deno.errors.NotFound);
});

Deno.test("process: a start that fails says why; wrong actions and flags are usage errors", async () => {
  await using home = await newHome();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String((taken.addr as Deno.NetAddr).port);
  for (const detach of [["--detach"], []]) {
    const ran = await home.orka("k1s", "up", "--store", "memory", "--port", port, ...detach);
    assert.equal(ran.code, 1);
    assert.match(ran.err, new RegExp(`cannot listen on port ${port}: it is in use`));
  }
  for (
    const args of [
      ["k1s"],
      ["k1s", "upp"],
      ["k1s", "down", "--demo"],
      ["k1s", "up", "--port", "70000"],
      ["k1s", "snapshot"],
      ["k1s", "restore", "a", "b"],
      ["k1s", "status", "x"],
      ["k1s", "status", "--store", "memroy"],
      ["k1s", "compact", "--older-than", "long"],
      ["k1s", "compact", "--older-than", "1h", "--revision", "1"],
    ]
  ) {
    assert.equal((await home.orka(...args)).code, 2, args.join(" "));
  }
  const word = await home.orka("k1s", "reset", "--store", "memroy");
  assert.match(word.err, /--store takes memory or a directory, not "memroy"\n.*--store \.\/memroy\n/);
  // a name of a directory that is there is one
  await Deno.mkdir(`${home.path}/docs`);
  assert.equal((await home.orka("k1s", "status", "--store", "docs")).code, 1);
  const proposed = await home.orka("__complete", "k1s", "re");
  assert.equal(proposed.out, "reset\nrestore\n:0\n");
});

Deno.test("process: a snapshot of a cluster that is up is restored, never over another unasked", async () => {
  await using home = await newHome();
  const file = `${home.path}/a.snapshot`;
  assert.match(
    (await home.orka("k1s", "snapshot", file)).err,
    /there is no cluster in .*\norka k1s up makes it/,
  );
  const { out } = await home.orka("k1s", "up", "--detach");
  const orka = (...args: string[]) => home.orka(...args, "--kubeconfig", out.trim());
  assert.match(
    (await home.orka("k1s", "snapshot", "a.snapshot")).out,
    /a\.snapshot: \d+ objects, revision \d+, \d+ kB\n$/,
  );
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  const twice = await home.orka("k1s", "snapshot", file);
  assert.deepEqual([twice.code, twice.err], [1, `error: ${file} is there already\nName another file.\n`]);
  assert.match((await home.orka("k1s", "restore", file, "--force")).err, /is up already/);
  assert.match((await home.orka("k1s", "compact")).out, /^history up to revision \d+ is gone/);
  const objects = `${home.path}/extra.yaml`;
  await Deno.writeTextFile(objects, "{apiVersion: v1, kind: Namespace, metadata: {name: extra}}");
  assert.match((await home.orka("k1s", "import", "-f", objects)).out, /^1 created/);
  assert.match((await orka("get", "ns", "-o", "name")).out, /namespace\/extra/);
  await home.orka("k1s", "down");
  assert.match(
    (await home.orka("k1s", "restore", file)).err,
    /there is a cluster in .*\n--force replaces it/,
  );
  const restored = await home.orka("k1s", "restore", file, "--force");
  assert.equal(restored.code, 0, restored.err);
  await home.orka("k1s", "up", "--detach");
  const after = await orka("get", "ns", "-o", "name");
  assert.match(after.out, /namespace\/default/);
  assert.doesNotMatch(after.out, /namespace\/extra/);
  const copy = await home.orka("k1s", "restore", file, "--store", `${home.path}/copy`);
  assert.equal(copy.code, 0, copy.err);
  const other = await home.orka("get", "ns", "-o", "name", `--embedded=${home.path}/copy`);
  assert.match(other.out, /namespace\/default/);
});

Deno.test("process: of two that come up on one directory one serves, and a killed one is in nobody's way", async () => {
  await using home = await newHome();
  const children = [0, 1].map(() => home.spawn(["k1s", "up"]));
  const first = await Promise.race(children.map(async (child, at) => ((await child.status), at)));
  const [loser, winner] = [children[first]!, children[1 - first]!];
  assert.equal((await loser.status).code, 1);
  const { reader } = await started(winner);
  const { pid } = JSON.parse((await home.orka("k1s", "status", "-o", "json")).out);
  assert.equal(pid, winner.pid);
  winner.kill("SIGKILL");
  await winner.status;
  await reader.cancel();
  await loser.stdout.cancel();
  for (let killed = 0; killed < 4; killed++) {
    const child = home.spawn(["k1s", "up"]);
    await new Promise((resolve) => setTimeout(resolve, 60 + 60 * killed));
    child.kill("SIGKILL");
    await child.status;
    await child.stdout.cancel();
  }
  assert.equal((await home.orka("k1s", "up", "--detach")).code, 0);
});

Deno.test("process: what was exported is imported elsewhere, once", async () => {
  await using home = await newHome();
  const file = `${home.path}/all.ndjson`;
  assert.equal((await home.orka("k1s", "export")).code, 1, "there is nothing to export");
  await assert.rejects(Deno.stat(home.store), Deno.errors.NotFound);
  await home.orka("k1s", "up", "--detach", "--demo", "--store=memory");
  const exported = await home.orka("k1s", "export", "-o", "ndjson");
  assert.deepEqual([exported.code, exported.err], [0, ""]);
  await Deno.writeTextFile(file, exported.out);
  await home.orka("k1s", "down");
  const imported = await home.orka("k1s", "import", "--store", `${home.path}/other`, "-f", file);
  assert.match(imported.out, /^[1-9]\d* created, \d+ there already, 0 refused\n$/, imported.err);
  const again = await home.orka("k1s", "import", "--store", `${home.path}/other`, "-f", file);
  assert.match(again.out, /^0 created, /);
  await Deno.writeTextFile(file, '{"apiVersion":"no/v1","kind":"Such","metadata":{"name":"x"}}');
  const refused = await home.orka("k1s", "import", "--store", `${home.path}/other`, "-f", file);
  assert.deepEqual([refused.code, refused.out], [1, "0 created, 0 there already, 1 refused\n"]);
  assert.match(refused.err, /Such x: /);
});

const kubectl = Deno.env.get("ORKA_TEST_KUBECTL");

Deno.test({
  name: `process: an unmodified kubectl creates, applies, gets, watches and deletes${
    kubectl ? "" : " (skipped: ORKA_TEST_KUBECTL names no kubectl)"
  }`,
  ignore: !kubectl,
  fn: async () => {
    for (const http of [[], ["--http"]]) {
      await using home = await newHome();
      const up = await home.orka("k1s", "up", "--detach", "--store=memory", ...http);
      const kubeconfig = up.out.trim();
      const k = async (line: string, stdin = "") => {
        const ran = await home.run(kubectl!, ["--kubeconfig", kubeconfig, ...line.split(" ")], stdin);
        assert.equal(ran.code, 0, `kubectl ${line}: ${ran.err}`);
        return ran.out;
      };
      await k("create namespace shop");
      assert.equal(
        await k("create deployment web --image=nginx -n shop"),
        "deployment.apps/web created\n",
      );
      const manifest =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: '1'}\n";
      assert.equal(await k("apply -f -", manifest), "configmap/c created\n");
      assert.equal(await k("apply -f -", manifest.replace("'1'", "'2'")), "configmap/c configured\n");
      assert.equal(
        await k("apply --server-side -f - --force-conflicts", manifest.replace("'1'", "'3'")),
        "configmap/c serverside-applied\n",
      );
      assert.equal(await k("get cm c -n shop -o jsonpath={.data.a}"), "3");
      assert.match(await k("get deploy -n shop"), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/1/);
      const watch = k("get cm -n shop -w --output-watch-events --request-timeout=2s").catch(String);
      await k("annotate cm c -n shop seen=yes");
      assert.match(await watch, /ADDED +c /);
      assert.match(await k("delete namespace shop"), /^namespace "shop" deleted/);
      assert.equal((await home.orka("k1s", "down")).code, 0);
    }
  },
});
