/** What a session may change, as flags, environment and config file have it; and what it leaves behind when it is killed. */
import assert from "node:assert/strict";
import type { SessionRequest } from "../../src/cli/mod.ts";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { serveTarget } from "../support/shop.ts";
import { onEmbedded } from "../support/two_servers.ts";
import { cliOn } from "./harness.ts";

const CONFIG = `contexts:
  - match: "dev-*"
    write: true
  - match: "prod*"
    protected: true
`;

onEmbedded("flags go before the environment, and that before the config file", async (server) => {
  const ruleOf = async (args: readonly string[], env: Record<string, string>, context: string) => {
    let asked: SessionRequest | undefined;
    const orka = cliOn(server, {
      env: { ORKA_CONFIG: "/config.yaml", ...env },
      files: { "/config.yaml": CONFIG },
      terminal: true,
      session: (request) => {
        asked = request;
        return Promise.resolve(0);
      },
    });
    (await orka(...args)).code(0);
    return await asked?.writeRule?.(context);
  };
  assert.deepEqual(await ruleOf([], {}, "dev-1"), { write: true, protected: false });
  assert.deepEqual(await ruleOf([], {}, "prod"), { write: false, protected: true });
  assert.deepEqual(await ruleOf([], {}, "other"), { write: false, protected: false });
  assert.deepEqual(await ruleOf(["--write"], {}, "prod"), { write: true, protected: true });
  assert.deepEqual(await ruleOf(["--write=false"], { ORKA_WRITE: "1" }, "dev-1"), {
    write: false,
    protected: false,
  });
  assert.deepEqual(await ruleOf([], { ORKA_WRITE: "0" }, "dev-1"), { write: false, protected: false });
});

onEmbedded(
  "process: text that was typed outlives a session that is killed, and is told of",
  async (server) => {
    await server.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "flags" },
      data: { mode: "slow" },
    });
    await using target = await serveTarget(server, server);
    const { command, args } = fromSource(["--write"]);
    const env = { ...target.env, ORKA_EDITOR: "sed -i s/slow/fast/" };
    await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env });
    await session.shows("WRITE");
    session.write(":cm /flags\r");
    await session.shows(/flags +1/);
    session.write("e");
    await session.shows(/Apply the edit of|Others own/);
    session.kill("SIGTERM");
    await session.ends();
    const path = /Your text is kept in (\S+)/.exec(session.raw)?.[1] ?? assert.fail(session.screen.text());
    assert.match(await Deno.readTextFile(path), /mode: fast/);
    await Deno.remove(path.replace(/\/[^/]+$/, ""), { recursive: true });
  },
);
