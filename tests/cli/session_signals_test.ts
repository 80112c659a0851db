/** ctrl+c while a child of the session has the terminal: it is the child's. */
import assert from "node:assert/strict";
import { FakeApi } from "../support/fake_api.ts";
import { fromSource, PtyProgram } from "../support/pty_program.ts";

/** Waits for a line, and tells of every SIGINT; a real editor shrugs it off likewise. */
const EDITOR = `#!/bin/sh
trap 'count=$((count+1)); echo "INTERRUPT $count"' INT
echo "EDITOR IS UP"
while ! read -r line; do :; done
`;

Deno.test("process: ctrl+c in the editor that the session lent its terminal to leaves the session alone", async () => {
  const api = new FakeApi();
  api.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  api.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "web-0", namespace: "shop" }, spec: {} });
  const server = await api.listen();
  const home = await Deno.makeTempDir({ prefix: "orka-home-" });
  try {
    await Deno.writeTextFile(`${home}/editor`, EDITOR, { mode: 0o755 });
    await Deno.writeTextFile(
      `${home}/config`,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "fake",
        clusters: [{ name: "fake", cluster: { server: server.url } }],
        users: [{ name: "me", user: {} }],
        contexts: [{ name: "fake", context: { cluster: "fake", user: "me", namespace: "shop" } }],
      }),
    );
    const { command, args } = fromSource(["-n", "shop"]);
    const env = { HOME: home, KUBECONFIG: `${home}/config`, EDITOR: `${home}/editor` };
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
  } finally {
    await server.close();
    await Deno.remove(home, { recursive: true });
  }
});
