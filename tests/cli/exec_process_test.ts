/** Shells in containers from a real terminal: raw keys, its size, how it is left, exit codes. */
import assert from "node:assert/strict";
import { RemoteShell } from "../support/remote_shell.ts";

/** A home of its own, and the demo's cluster. */
async function inDemo(args: readonly string[], use: (shell: RemoteShell) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "orka-exec-" });
  try {
    const words = ["--embedded", "-n", "data", "--write", "exec", ...args];
    await using shell = new RemoteShell(words, { HOME: home });
    await use(shell);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("process: exec -it lends the terminal: keys, ctrl+c, sizes and the exit code are the other side's", async () => {
  await inDemo(["-it", "postgres-0", "--", "sh"], async (shell) => {
    await shell.prompt();
    // Every key at once, without a line's end: a terminal that is not raw would keep it.
    await shell.type("stty", /^stty$/);
    await shell.type(" size\r", /\n31 97\r\n/);
    shell.program.resize(120, 40);
    await shell.tellsSize("40 120");
    await shell.type("half a line\x03", /\^C\r\n.*# $/);
    await shell.type("echo still here\r", /\nstill here\r\n/);
    shell.program.write("exit 9\r");
    assert.deepEqual(await shell.end(), { code: 9, isRestored: true });
  });
});

Deno.test("process: SIGTERM and SIGHUP in a remote shell leave the terminal as it was", async () => {
  for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    await inDemo(["-it", "postgres-0", "--", "sh"], async (shell) => {
      await shell.prompt();
      shell.signal(signal);
      assert.deepEqual(await shell.end(), { code, isRestored: true }, signal);
    });
  }
});

Deno.test("process: a shell that can't begin leaves the terminal as it was, and says why", async () => {
  await inDemo(["-it", "postgres-0", "-c", "nope"], async (shell) => {
    assert.deepEqual(await shell.end(), { code: 1, isRestored: true });
    assert.match(shell.program.raw, /container nope is not valid for pod postgres-0 out of: /);
  });
});

Deno.test("process: ctrl+c ends an exec without a terminal at once, with 130", async () => {
  await inDemo(["-i", "postgres-0", "--", "cat"], async (shell) => {
    // Until it runs: what cat gives back comes behind the terminal's own echo.
    await shell.type("ready\r", /ready\r\n[^]*ready\r\n/);
    const began = performance.now();
    shell.program.write("\x03");
    await shell.program.until(() => shell.program.raw.includes("code="), "its end");
    const tookMs = performance.now() - began;
    assert.deepEqual(await shell.end(), { code: 130, isRestored: true });
    assert.ok(tookMs < 200, `${tookMs} ms`);
  });
});
