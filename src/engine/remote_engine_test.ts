import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import type { Target } from "./protocol.ts";
import { RemoteEngine } from "./remote_engine.ts";
import type { FromWorker } from "./wire.ts";

Deno.test("a search is told once that the other side crashed", async () => {
  let say: (message: FromWorker) => void = () => {};
  const port = { post() {}, listen: (listener: (message: FromWorker) => void) => void (say = listener) };
  const opening = RemoteEngine.open(port, null, { terminate: () => {} });
  say({ type: "ready", target: {} as Target });
  await using engine = await opening;
  const notes: (readonly string[])[] = [];
  engine.openSearch("web", { limit: 1 }, (update) => notes.push(update.notes));
  engine.crashed(new Error("gone"));
  engine.crashed(new Error("again"));
  assert.deepEqual(notes, [["gone"]]);
});

Deno.test("another side that never closes is ended after a while, and not heard meanwhile", async () => {
  const clock = new ManualClock();
  let say: (message: FromWorker) => void = () => {};
  let terminated = 0;
  const port = { post() {}, listen: (listener: (message: FromWorker) => void) => void (say = listener) };
  const opening = RemoteEngine.open(port, null, { clock, terminate: () => terminated++ });
  say({ type: "ready", target: {} as Target });
  const engine = await opening;
  const heard: unknown[] = [];
  engine.onServerStatus((status) => heard.push(status));
  const status = { reachable: true, version: "", error: null, answeredMs: 0 };
  say({ type: "status", status });
  const closing = engine[Symbol.asyncDispose]();
  say({ type: "status", status });
  assert.deepEqual([heard.length, terminated], [1, 0]);
  await clock.advance(3000);
  assert.equal(terminated, 1);
  await closing;
});
