import assert from "node:assert/strict";
import { MERGE } from "../../../tests/support/api_rig.ts";
import { withServer, withServers } from "../../../tests/support/cluster_rig.ts";

const held = { metadata: { name: "held", finalizers: ["ex.dev/held"] } };

Deno.test("a namespace that one process ends goes when another lets go of the last of it", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    await one!.ok("POST /api/v1/namespaces", { metadata: { name: "n" } });
    await two!.ok("POST /api/v1/namespaces/n/configmaps", held);
    const ended = await one!.send("DELETE /api/v1/namespaces/n");
    assert.equal(ended.at("status.phase"), "Terminating");
    await two!.ok("PATCH /api/v1/namespaces/n/configmaps/held", { metadata: { finalizers: null } }, MERGE);
    assert.equal((await one!.send("GET /api/v1/namespaces/n")).status, 404);
  }));

Deno.test("an ending namespace keeps the times of conditions that say what they said", () =>
  withServer(async (server, clock) => {
    await server.ok("POST /api/v1/namespaces", { metadata: { name: "n" } });
    await server.ok("POST /api/v1/namespaces/n/configmaps", held);
    await server.ok("DELETE /api/v1/namespaces/n");
    const before = await server.send("GET /api/v1/namespaces/n");
    await clock.advance(5_000);
    await server.api.registry.sweep();
    const after = await server.send("GET /api/v1/namespaces/n");
    assert.equal(after.text, before.text);
    const messages = after.listAt("status.conditions").map(({ message }) => message).slice(3);
    assert.deepEqual(messages, [
      "Some resources are remaining: configmaps. has 1 resource instances",
      "Some content in the namespace has finalizers remaining: ex.dev/held in 1 resource instances",
    ]);
  }));

Deno.test("what is created while its namespace ends does not outlive it", () =>
  withServers(2, async ({ servers: [one, two] }) => {
    for (let round = 0; round < 10; round++) {
      const name = `n${round}`;
      await one!.ok("POST /api/v1/namespaces", { metadata: { name } });
      const late = Array.from(
        { length: 5 },
        (_, i) =>
          two!.send(`POST /api/v1/namespaces/${name}/configmaps`, { metadata: { name: `late-${i}` } }),
      );
      await Promise.all([one!.send(`DELETE /api/v1/namespaces/${name}`), ...late]);
      assert.equal((await one!.send(`GET /api/v1/namespaces/${name}`)).status, 404, name);
      const left = await two!.store.tenant("t").count({ resource: "configmaps", namespace: name });
      assert.equal(left, 0, `${name} is gone, its content is not`);
    }
  }));

Deno.test("a namespace half emptied by a killed process is finished by the next", () =>
  withServers(1, async ({ servers: [one], another }) => {
    await one!.ok("POST /api/v1/namespaces", { metadata: { name: "n" } });
    const storage = one!.store.tenant("t");
    const key = { resource: "namespaces", namespace: "", name: "n" };
    await storage.guaranteedUpdate(key, (current) => {
      const object = JSON.parse(current!.value);
      object.metadata.deletionTimestamp = "2023-11-14T22:13:20Z";
      return { value: JSON.stringify(object) };
    });
    await another();
    assert.equal((await one!.send("GET /api/v1/namespaces/n")).status, 404);
    assert.equal(await storage.count({ resource: "configmaps", namespace: "n" }), 0);
  }));
