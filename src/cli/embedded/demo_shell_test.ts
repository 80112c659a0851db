import assert from "node:assert/strict";
import { OrkaError } from "../../base/mod.ts";
import { type Client, WriteGate } from "../../client/mod.ts";
import { openExec, startForward } from "../../ops/mod.ts";
import { EmbeddedCluster } from "./cluster.ts";

/** A running pod of the demo, and a client that may change things or may not. */
async function onDemo(
  use: (client: Client, pod: string) => Promise<void>,
  { isOpen = true } = {},
): Promise<void> {
  await using cluster = await EmbeddedCluster.open({ directory: null });
  const client = cluster.client({ writes: new WriteGate({ isOpen }) });
  const { items } = await client.json("/api/v1/namespaces/shop/pods") as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly status: { phase: string };
    }[];
  };
  await use(client, items.find(({ status }) => status.phase === "Running")!.metadata.name);
  client.close();
}

Deno.test("the demo's shell reads its stdin, and its exit code comes back", async () => {
  await onDemo(async (client, pod) => {
    const spec = { namespace: "shop", pod, command: ["sh"] };
    const session = await openExec(client, spec, { stdin: true });
    const writer = session.stdin.getWriter();
    await writer.write(new TextEncoder().encode("hostname; echo a b\nexit 4\n"));
    await writer.close();
    assert.equal(await new Response(session.stdout).text(), `${pod}\na b\n`);
    assert.deepEqual(await session.exit, { code: 4 });
    const unknown = await openExec(client, { ...spec, command: ["psql"] });
    assert.match(await new Response(unknown.stdout).text(), /psql: not found/);
    assert.deepEqual(await unknown.exit, { code: 127 });
  });
});

Deno.test("a terminal of the demo has a size and a prompt, and edits its line", async () => {
  await onDemo(async (client, pod) => {
    const size = { columns: 91, rows: 33 };
    const session = await openExec(client, { namespace: "shop", pod, command: ["sh"] }, {
      stdin: true,
      tty: true,
      size,
    });
    const writer = session.stdin.getWriter();
    await writer.write(new TextEncoder().encode("stty sizf\x7fe\r\x04"));
    const said = await new Response(session.stdout).text();
    const edited = `${pod}:/# stty sizf\b \be\r\n33 91\r\n`;
    assert.equal(said.slice(0, edited.length), edited);
    await session.exit;
    await writer.close().catch(() => {});
  });
});

Deno.test("every port of the demo answers through a forward; a read-only client runs no commands", async () => {
  await onDemo(async (client, pod) => {
    using forward = await startForward(client, {
      namespace: "shop",
      target: { type: "pod", name: pod },
      ports: [{ local: 0, remote: 80 }],
    });
    const url = `http://127.0.0.1:${forward.ports[0]!.local}/`;
    for (let round = 0; round < 3; round++) {
      const text = await (await fetch(url, { headers: { connection: "close" } })).text();
      assert.ok(text.includes(pod), text);
    }
    forward.close();
    await forward.done;
    await assert.rejects(
      openExec(client, { namespace: "shop", pod, command: ["sh"] }),
      (error) => error instanceof OrkaError && error.code === "read-only",
    );
    await assert.rejects(
      startForward(client, {
        namespace: "shop",
        target: { type: "pod", name: "gone" },
        ports: [{ local: 0, remote: 80 }],
      }),
      (error) => error instanceof OrkaError && error.code === "not-found",
    );
  }, { isOpen: false });
});
