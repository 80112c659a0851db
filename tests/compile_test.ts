/**
 * The release forms do what the source does: the bundle on this Deno, and the executable, its Worker included.
 * Compiling needs a runtime: ORKA_TEST_DENORT names a program that takes `compile` as deno does.
 */
import assert from "node:assert/strict";
import { bundle } from "../tools/bundle.ts";
import { PtyProgram } from "./support/pty_program.ts";
import { run } from "./support/real_cluster.ts";
import { serveTarget, type Target } from "./support/shop.ts";
import { TestServer } from "./support/two_servers.ts";

const root = new URL("../", import.meta.url);
const denort = Deno.env.get("ORKA_TEST_DENORT");

/** A server with two pods. */
async function target(): Promise<Target> {
  const server = await TestServer.open("embedded");
  for (const name of ["web-0", "web-1"]) {
    await server.put({ apiVersion: "v1", kind: "Pod", metadata: { name } });
  }
  return await serveTarget(server, server);
}

/** `version`, `get` and a session, with the program in some form. */
async function works(command: readonly string[], env: Target["env"]): Promise<void> {
  const [program, ...before] = command;
  const version = await run(program!, [...before, "version", "--client"], { env });
  assert.equal(version.code, 0, version.stderr);
  const { version: expected } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert.ok(version.stdout.includes(expected), version.stdout);

  const get = await run(program!, [...before, "get", "pods"], { env });
  assert.equal(get.code, 0, get.stderr);
  assert.match(get.stdout, /web-0/);
  const yaml = await run(program!, [...before, "get", "pod", "web-1", "-o", "yaml"], { env });
  assert.match(yaml.stdout, /^kind: Pod$/m);

  // the embedded cluster reads data that no import leads to
  const schema = await run(
    program!,
    [...before, "--embedded", "schema", "deploy", "--path", "spec.replicas"],
    { env },
  );
  assert.match(schema.stdout, /Number of desired pods/, schema.stderr);

  await using session = new PtyProgram(program!, before, { cols: 120, rows: 30, env });
  await session.shows("web-0");
  await session.shows("web-1");
  session.press("y");
  await session.shows("apiVersion: v1");
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
}

Deno.test("the bundle runs commands and a session with its Worker", async () => {
  await using fake = await target();
  const { main, workers } = await bundle({ root, outDir: `${fake.dir}/bundle`, hideLateImports: true });
  assert.ok(workers.length > 0, "the engine's Worker is an entry of its own");
  await works([Deno.execPath(), "run", "-A", "--no-config", main], fake.env);
});

Deno.test({
  name: `the executable runs commands and a session with its Worker${
    denort ? "" : " (skipped: ORKA_TEST_DENORT names no runtime)"
  }`,
  ignore: !denort,
  fn: async () => {
    await using fake = await target();
    const tool = decodeURIComponent(new URL("tools/compile.ts", root).pathname);
    const output = `${fake.dir}/orka`;
    const args = [
      "run",
      "-A",
      tool,
      "--runtime",
      "denort",
      "--dir",
      `${fake.dir}/bundle`,
      "--output",
      output,
    ];
    const { code, stderr } = await run(Deno.execPath(), args, { timeoutMs: 300_000 });
    assert.equal(code, 0, stderr);
    await works([output], fake.env);
  },
});
