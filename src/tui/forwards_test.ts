import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import type { Engine } from "../engine/protocol.ts";
import type { Forward, ForwardEvent, ForwardSpec } from "../ops/mod.ts";
import { openMemory } from "../persist/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import { type ForwardProfile, Forwards } from "./forwards.ts";

const PROFILE: ForwardProfile = {
  title: "service/web",
  spec: { namespace: "shop", target: { type: "service", name: "web" }, ports: [{ local: 8080, remote: 80 }] },
};
const PORT = { address: "127.0.0.1", local: 8080, remote: 8000 };

async function rig() {
  const memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
  const opened: { spec: ForwardSpec; tell: (event: ForwardEvent) => void; isClosed: boolean }[] = [];
  const failures: string[] = [];
  let refusal: Error | null = null;
  const engine = { client: {}, target: { server: "https://one" } } as unknown as Engine;
  const startForward: OpsDoor["startForward"] = (_client, spec, options = {}) => {
    if (refusal !== null) return Promise.reject(refusal);
    const one = { spec, tell: (event: ForwardEvent) => options.onEvent?.(event), isClosed: false };
    opened.push(one);
    const close = () => void (one.isClosed = true);
    const forward: Forward = {
      ports: [PORT],
      pod: "web-0",
      connections: 3,
      bytes: { sent: 0, received: 0 },
      done: Promise.resolve(),
      close,
      [Symbol.dispose]: close,
    };
    return Promise.resolve(forward);
  };
  const open = () =>
    new Forwards({
      engine: () => engine,
      ops: () => Promise.resolve({ startForward } as OpsDoor),
      memory: () => Promise.resolve(memory),
      onChange: () => {},
      onFailure: (text) => failures.push(text),
    });
  return { open, opened, failures, refuse: (error: Error | null) => refusal = error };
}

Deno.test("a forward goes from starting to ready, through other pods, to its end", async () => {
  const { open, opened, failures } = await rig();
  const forwards = open();
  const { id } = await forwards.start(PROFILE);
  const entry = () => forwards.entries.find((one) => one.id === id)!;
  assert.deepEqual(entry().state, { type: "ready", pod: "web-0" });
  assert.equal(entry().connections, 3);
  opened[0]!.tell({ type: "connection", port: PORT });
  opened[0]!.tell({ type: "reconnecting", pod: "web-0", error: new OrkaError("unreachable", "it is gone") });
  assert.deepEqual([entry().opened, entry().state], [1, { type: "reconnecting", why: "it is gone" }]);
  opened[0]!.tell({ type: "ready", pod: "web-1", ports: [PORT] });
  opened[0]!.tell({ type: "closed", error: new OrkaError("timeout", "no pod came") });
  assert.deepEqual(entry().state, { type: "failed", why: "no pod came" });
  assert.match(failures[0]!, /service\/web ended: no pod came/);
  await forwards.stop(id);
  assert.deepEqual(forwards.entries, []);
});

Deno.test("what is kept is there in the next session, is not doubled, and can be forgotten", async () => {
  const { open, opened } = await rig();
  const first = open();
  const { id } = await first.start(PROFILE);
  assert.equal(await first.keep(id), true);
  first.closeAll();
  assert.equal(opened[0]!.isClosed, true);
  const second = open();
  await second.load();
  assert.deepEqual(second.entries.map(({ state, isKept, profile }) => [state.type, isKept, profile]), [
    ["saved", true, PROFILE],
  ]);
  await second.start(PROFILE);
  assert.equal(second.entries.length, 1, "the kept one was started, no second one made");
  await second.stop(second.entries[0]!.id);
  assert.equal(second.entries[0]!.state.type, "saved");
  await second.stop(second.entries[0]!.id);
  const third = open();
  await third.load();
  assert.deepEqual(third.entries, []);
});

Deno.test("what keeps a port from opening is told, and stays in sight", async () => {
  const { open, refuse } = await rig();
  const forwards = open();
  refuse(new OrkaError("io", "port 8080 is in use"));
  await assert.rejects(forwards.start(PROFILE), { message: "port 8080 is in use" });
  assert.deepEqual(forwards.entries[0]!.state, { type: "failed", why: "port 8080 is in use" });
  refuse(null);
  await forwards.resume(forwards.entries[0]!.id);
  assert.equal(forwards.entries[0]!.state.type, "ready");
});
