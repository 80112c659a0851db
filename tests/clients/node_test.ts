/** The JavaScript client, unmodified, on the embedded server over TLS. */
import assert from "node:assert/strict";
import { startK1sServer } from "../support/k1s_server.ts";
import { run } from "../support/real_cluster.ts";
import { Requests } from "./client_programs.ts";

const SCRIPT = decodeURIComponent(new URL("./node/client.ts", import.meta.url).pathname);

Deno.test("the JavaScript client writes, applies, watches and keeps an informer's cache", async () => {
  await using server = await startK1sServer();
  await new Requests(server).installCups();
  const { code, stdout, stderr } = await run(Deno.execPath(), ["run", "-A", SCRIPT, server.kubeconfig]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n"), ["ok writes", "ok applies", "ok watches", "ok informs"]);
  assert.ok(server.requests.every(({ userAgent }) => !userAgent.startsWith("orka")));
});
