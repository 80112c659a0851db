/** ctrl+c while a child of the session has the terminal: it is the child's. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { serveTarget } from "../support/shop.ts";
import { onEmbedded } from "../support/two_servers.ts";

/** Waits for a line, and tells of every SIGINT; a real editor shrugs it off likewise. */
const EDITOR = `#!/bin/sh
trap 'count=$((count+1)); echo "INTERRUPT $count"' INT
echo "EDITOR IS UP"
while ! read -r line; do :; done
`;

onEmbedded(
  "process: ctrl+c in the editor that the session lent its terminal to leaves the session alone",
  async (server) => {
    await server.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "web-0" } });
    await using target = await serveTarget(server, server);
    await Deno.writeTextFile(`${target.dir}/editor`, EDITOR, { mode: 0o755 });
    const { command, args } = fromSource([]);
    const env = { ...target.env, EDITOR: `${target.dir}/editor` };
    await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env });
    await session.shows("web-0");
    session.press("v");
    await session.shows("EDITOR IS UP");
    // Two: a command would end in order at the first, and at once at the second.
    session.write("\x03");
    await session.shows("INTERRUPT 1");
    session.write("\x03");
    await session.shows("INTERRUPT 2");
    session.write("\r");
    await session.until(
      () => session.screen.isAlternate && session.screen.text().includes("web-0"),
      "the session",
    );
    session.write(":q\r");
    assert.equal((await session.ends()).code, 0);
  },
);
