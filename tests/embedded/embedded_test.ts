/** `orka --embedded` as a program: verbs and the session on the cluster inside it. */
import assert from "node:assert/strict";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { DENO_DIR } from "../support/deno_dir.ts";
import { fromSource, PtyProgram } from "../support/pty_program.ts";

async function orka(args: readonly string[], home: string) {
  const { command, args: all } = fromSource([...args]);
  const env = { HOME: home, PATH: Deno.env.get("PATH") ?? "", DENO_DIR };
  const ran = await new Deno.Command(command, { args: [...all], env, clearEnv: true }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: ran.code, out: text(ran.stdout), err: text(ran.stderr) };
}

async function inHome(test: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "orka-home-" });
  try {
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("--embedded takes a value after = alone, and not beside another cluster's name", () => {
  const { verb, flags, args } = parseCommandLine(["--embedded", "get", "pods"], VERBS);
  assert.deepEqual([verb?.name, flags.text("embedded"), args], ["get", "", ["pods"]]);
  assert.equal(parseCommandLine(["get", "po", "--embedded=/x"], VERBS).flags.text("embedded"), "/x");
});

Deno.test("process: verbs on the demo, on a store's directory, and none without being asked", () =>
  inHome(async (home) => {
    const demo = await orka(["--embedded", "get", "deploy", "-n", "shop", "-o", "name"], home);
    assert.deepEqual([demo.code, demo.err], [0, ""]);
    assert.match(demo.out, /^deployment\.apps\/cart\n/);
    const described = await orka(["describe", "pod", "postgres-0", "-n", "data", "--embedded"], home);
    assert.match(described.out, /^Name: +postgres-0\n/);
    const own = await orka([`--embedded=${home}/store`, "get", "ns", "-o", "name"], home);
    assert.match(own.out, /^namespace\/default\n/);
    assert.ok((await Deno.stat(`${home}/store/k1s.db`)).isFile);
    const refused = await orka(["get", "pods"], home);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /--embedded/);
    assert.equal((await orka(["get", "pods", "--embedded", "--context", "x"], home)).code, 2);
  }));

Deno.test("process: without a kubeconfig the session opens on the demo, says so, and shows its changes", () =>
  inHome(async (home) => {
    const { command, args } = fromSource([]);
    const env = { HOME: home, KUBECONFIG: "" };
    await using session = new PtyProgram(command, args, { cols: 120, rows: 40, env });
    await session.shows(/orka +embedded/);
    await session.shows("No kubeconfig");
    await session.shows("checkout-");
    await session.shows(/web-\w+-\w+ .*\b\ds\b/); // a pod that came after the session did
    session.press("$");
    await session.shows("orka --embedded get pods -n shop");
    session.write(":q\r");
    assert.equal((await session.ends()).code, 0);
  }));

Deno.test("process: a kubeconfig that is broken is told of, never replaced by the demo", () =>
  inHome(async (home) => {
    await Deno.writeTextFile(`${home}/config`, "contexts: [\n");
    const { command, args } = fromSource([]);
    const env = { HOME: home, KUBECONFIG: `${home}/config` };
    await using session = new PtyProgram(command, args, { cols: 120, rows: 40, env });
    await session.shows("error loading config file");
    assert.doesNotMatch(session.screen.text(), /embedded/);
    session.write(":q\r");
    await session.ends();
  }));
