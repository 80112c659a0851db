/** Watchers that take nothing: bounded, told or cut in the end, and in nobody's way. */
import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { ApiServer } from "./handler.ts";
import { Listener } from "./listener.ts";
import { createMemoryStore, nextTurn } from "../storage/mod.ts";

const PATH = "/api/v1/namespaces/default/configmaps";
const JSON_TYPE = { "content-type": "application/json" };
const KEY = { resource: "configmaps", namespace: "default", name: "big" };

async function opened(
  text = "",
): Promise<AsyncDisposable & { server: ApiServer; rewrite(i: number): Promise<unknown> }> {
  const store = createMemoryStore({ upkeepMs: 0 });
  const storage = store.tenant("default");
  const server = await ApiServer.open({ storage });
  const body = JSON.stringify({ metadata: { name: "big" }, data: { step: "0", text } });
  await (await server.handler(new Request(`http://k1s${PATH}`, { method: "POST", headers: JSON_TYPE, body })))
    .body?.cancel();
  return {
    server,
    rewrite: (i) =>
      storage.guaranteedUpdate(KEY, (o) => ({ value: o!.value.replace(/"step":"\d+"/, `"step":"${i}"`) })),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await store.close();
    },
  };
}

async function watch(server: ApiServer): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await server.handler(new Request(`http://k1s${PATH}?watch=1`));
  return response.body!.getReader();
}

/** The last step that a chunk of frames tells of. */
function lastStep(chunk: Uint8Array | undefined): string | undefined {
  return [...new TextDecoder().decode(chunk).matchAll(/"step":"(\d+)"/g)].at(-1)?.[1];
}

Deno.test("a thousand watchers that stop reading are told 410 when they read on; one that reads misses nothing", async () => {
  await using cluster = await opened();
  const slow = await Promise.all(Array.from({ length: 1_000 }, () => watch(cluster.server)));
  for (const reader of slow) assert.equal(lastStep((await reader.read()).value), "0");
  await cluster.rewrite(1);
  for (const reader of slow) assert.equal(lastStep((await reader.read()).value), "1");
  const fast = await watch(cluster.server);
  const steps = 21_200; // past the 20,000 revisions that a watcher may stay behind
  for (let i = 2, seen = 0; i <= steps; i++) {
    await cluster.rewrite(i);
    if (i % 500 !== 0 && i !== steps) continue;
    while (seen < i) seen = Number(lastStep((await fast.read()).value));
  }
  for (const reader of slow) {
    const { value } = await reader.read();
    const [line] = new TextDecoder().decode(value).split("\n", 1);
    assert.match(line!, /^\{"type":"ERROR".*"reason":"Expired".*"code":410\}\}$/);
    assert.equal((await reader.read()).done, true);
  }
});

Deno.test("a watcher that was slow for a while is given all it missed", async () => {
  await using cluster = await opened();
  const reader = await watch(cluster.server);
  await reader.read();
  for (let i = 1; i <= 3_000; i++) await cluster.rewrite(i);
  const steps: number[] = [];
  while (steps.length < 3_000) {
    const text = new TextDecoder().decode((await reader.read()).value);
    for (const [, step] of text.matchAll(/"step":"(\d+)"/g)) steps.push(Number(step));
  }
  assert.deepEqual(steps, Array.from({ length: 3_000 }, (_, i) => i + 1));
});

Deno.test("a connection that takes nothing for a minute is cut, and others go on", async () => {
  await using cluster = await opened("x".repeat(900_000));
  const clock = new ManualClock();
  await using listener = await Listener.listen(cluster.server, { clock });
  using stalled = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
  await stalled.write(new TextEncoder().encode(`GET ${PATH}?watch=1 HTTP/1.1\r\nHost: k1s\r\n\r\n`));
  let written = 0;
  while (clock.pending === 0) {
    await cluster.rewrite(++written);
    await nextTurn();
  }
  const other = await (await fetch(`${listener.url}${PATH}/big`)).json();
  assert.equal(other.data.step, String(written));
  await clock.advance(60_000);
  const rest = new Uint8Array(1 << 20);
  const ended = (async () => {
    while (await stalled.read(rest) !== null);
  })();
  await ended.catch((error) => assert.ok(error instanceof Deno.errors.ConnectionReset));
  assert.equal(clock.pending, 0);
});
