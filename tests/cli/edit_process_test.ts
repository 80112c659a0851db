/** An edit as a process of its own: Ctrl-C is the editor's while the editor runs. */
import assert from "node:assert/strict";
import { orka } from "../support/real_cluster.ts";
import { serveTarget } from "../support/shop.ts";
import { TestServer } from "../support/two_servers.ts";

Deno.test("process: an interrupt in the editor is its own; being asked to end ends the edit, and keeps the text", async () => {
  const api = await TestServer.open("embedded");
  await api.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "1" } });
  await using target = await serveTarget(api, { namespace: api.namespace, contexts: ["served"] });
  const edit = (editor: string) =>
    orka(["edit", "cm/c", "--write", "--force-conflicts"], {
      env: { ...target.env, KUBE_EDITOR: editor },
      timeoutMs: 20_000,
    });
  // Its parent is Orka, and gets what a terminal sends to both.
  const during = await edit(`kill -INT $PPID; sed -i 's/a: "1"/a: "2"/'`);
  assert.equal(during.code, 0, during.stderr);
  assert.equal(during.stdout, "configmap/c edited\n");
  const ended = await edit(`kill -TERM $PPID; sleep 0.2; sed -i 's/a: "2"/a: "3"/'`);
  assert.equal(ended.code, 143, ended.stderr);
  const [, path] = /Your text is kept in (.*)/.exec(ended.stderr) ?? assert.fail(ended.stderr);
  assert.match(await Deno.readTextFile(path!), /a: "3"/);
  await Deno.remove(path!.replace(/\/[^/]*$/, ""), { recursive: true });
});
