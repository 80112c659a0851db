import assert from "node:assert/strict";
import { listContexts } from "./contexts.ts";

Deno.test("every context is listed, broken ones too", async () => {
  const path = await Deno.makeTempFile();
  const context = (name: string, rest: string) => `- name: ${name}\n  context: ${rest}\n`;
  await Deno.writeTextFile(
    path,
    "apiVersion: v1\nkind: Config\ncurrent-context: gone\ncontexts:\n" +
      context("a", "{cluster: one, user: me, namespace: web}") + context("b", "{}"),
  );
  try {
    assert.deepEqual(await listContexts({ kubeconfig: path }), [
      { name: "a", cluster: "one", user: "me", namespace: "web" },
      { name: "b", cluster: "", user: "", namespace: "" },
    ]);
  } finally {
    await Deno.remove(path);
  }
});
