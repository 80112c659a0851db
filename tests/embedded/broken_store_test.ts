/** What a person's disk and clock do to a store: full, read-only, damaged, set back. */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { ApiServer, openSqliteStore, type SqliteStoreOptions } from "../../src/k1s/mod.ts";
import { isStorageError } from "../../src/k1s/storage/mod.ts";
import { MAPS, type Reply, type Send, sendTo } from "../support/api_rig.ts";

const OPTIONS = { upkeepMs: 0 } as const;

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-broken-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withServer(
  directory: string,
  options: SqliteStoreOptions,
  run: (send: Send) => Promise<void>,
): Promise<void> {
  const store = await openSqliteStore(directory, { ...OPTIONS, ...options });
  try {
    await using server = await ApiServer.open({ storage: store.tenant("t"), clock: options.clock });
    await run((...request) => sendTo(server, ...request));
  } finally {
    await store.close();
  }
}

const map = (name: string) => ({ metadata: { name }, data: { text: "x".repeat(6_000) } });

/** Writes until the server refuses; the names that it acknowledged. */
async function fill(send: Send): Promise<{ readonly kept: string[]; readonly refusal: Reply }> {
  const kept: string[] = [];
  for (let i = 0; i < 5_000; i++) {
    const reply = await send(`POST ${MAPS}`, map(`m${i}`));
    if (reply.status !== 201) return { kept, refusal: reply };
    kept.push(`m${i}`);
  }
  return assert.fail("the disk never filled up");
}

/** Refusals are clear, reading goes on, and what was acknowledged is there. */
async function fillAndCheck(send: Send): Promise<string[]> {
  const { kept, refusal } = await fill(send);
  assert.equal(refusal.status, 500);
  assert.equal(refusal.at("kind"), "Status");
  assert.match(refusal.message, /database space exceeded: .*(full|disk)/);
  assert.ok(kept.length > 10, `${kept.length} written`);
  await holds(send, kept);
  return kept;
}

async function holds(send: Send, names: readonly string[]): Promise<void> {
  assert.deepEqual((await send(`GET ${MAPS}`)).names, [...names].sort());
}

Deno.test("a store at its bound answers 500 and goes on reading; with room it goes on writing", () =>
  withDirectory(async (directory) => {
    let kept: string[] = [];
    await withServer(directory, { maxPages: 120 }, async (send) => {
      kept = await fillAndCheck(send);
    });
    await withServer(directory, {}, async (send) => {
      await holds(send, kept);
      assert.equal((await send(`POST ${MAPS}`, map("more"))).status, 201);
    });
  }));

/** A file system of its own, where this process may mount one. */
async function mounted(directory: string, options: string): Promise<boolean> {
  const args = ["-t", "tmpfs", "-o", options, "tmpfs", directory];
  const mount = new Deno.Command("mount", { args, stdout: "null", stderr: "null" });
  return await mount.output().then(({ success }) => success, () => false);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

Deno.test("a disk that is full, then read-only, loses nothing acknowledged", () =>
  withDirectory(async (directory) => {
    if (!await mounted(directory, "size=3m")) return; // only root may, and not in every container
    try {
      const path = `${directory}/store`;
      let kept: string[] = [];
      await withServer(path, {}, async (send) => {
        kept = await fillAndCheck(send);
      });
      await run("mount", "-o", "remount,size=12m", directory);
      await withServer(path, {}, async (send) => {
        await holds(send, kept);
        assert.equal((await send(`DELETE ${MAPS}/m0`)).status, 200);
        assert.equal((await send(`POST ${MAPS}`, map("more"))).status, 201);
      });
      await run("mount", "-o", "remount,ro", directory);
      await assert.rejects(
        openSqliteStore(path, OPTIONS),
        (error) => isStorageError(error, "unavailable") && error.message.includes(path),
      );
    } finally {
      await run("umount", directory);
    }
  }));

/** A small generator with a seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

/** Cuts the file off, or writes noise over one to three places of it. */
function damage(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  if (random(4) === 0) return bytes.slice(0, random(bytes.length));
  const damaged = bytes.slice();
  for (let places = 1 + random(3); places > 0; places--) {
    const from = random(bytes.length);
    const until = Math.min(bytes.length, from + 1 + random(9_000));
    for (let at = from; at < until; at++) damaged[at] = random(256);
  }
  return damaged;
}

Deno.test("whatever is damaged in a database, the store says so or answers, and never breaks", () =>
  withDirectory(async (directory) => {
    const store = await openSqliteStore(`${directory}/whole`, { ...OPTIONS, durability: "process" });
    const pod = (name: string) => ({ resource: "pods", namespace: "ns", name });
    for (let i = 0; i < 200; i++) {
      await store.tenant("t").create(pod(`p${i}`), { value: `{"n":"${"x".repeat(i * 7)}"}`, uid: "u" });
    }
    await store.close();
    const whole = await Deno.readFile(`${directory}/whole/k1s.db`);
    let refused = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const path = `${directory}/${seed}`;
      await Deno.mkdir(path);
      await Deno.writeFile(`${path}/k1s.db`, damage(whole, randomOf(seed)));
      const attempt = async () => {
        const damaged = await openSqliteStore(path, { ...OPTIONS, durability: "process" });
        try {
          const storage = damaged.tenant("t");
          await storage.list({ resource: "pods" });
          await storage.find(pod("p7"));
          await storage.create(pod("new"), { value: "{}", uid: "u" });
          await storage.changes(0, 1_000);
          await damaged.maintain();
        } finally {
          await damaged.close();
        }
      };
      await attempt().catch((error) => {
        assert.ok(isStorageError(error), `seed ${seed}: ${error?.stack ?? error}`);
        assert.match(error.message, /k1s\.db|revision|Revision/, `seed ${seed}: ${error.message}`);
        refused++;
      });
    }
    assert.ok(refused > 20, `${refused} of 60 were noticed`);
  }));

Deno.test("a clock that was set back mixes nothing up: order is by revision, and Events keep their hour", () =>
  withDirectory(async (directory) => {
    const event = {
      metadata: { name: "e" },
      involvedObject: { kind: "Pod", name: "p", namespace: "default" },
      reason: "Seen",
      message: "m",
      type: "Normal",
    };
    const events = "/api/v1/namespaces/default/events";
    await withServer(directory, { clock: new ManualClock(2_000_000_000_000) }, async (send) => {
      await send(`POST ${MAPS}`, map("late"));
      assert.equal((await send(`POST ${events}`, event)).status, 201);
    });
    await withServer(directory, { clock: new ManualClock(1_900_000_000_000) }, async (send) => {
      const early = (await send(`POST ${MAPS}`, map("early"))).object.metadata;
      const late = (await send(`GET ${MAPS}/late`)).object.metadata;
      assert.ok(early.creationTimestamp! < late.creationTimestamp!);
      assert.ok(Number(early.resourceVersion) > Number(late.resourceVersion));
      assert.equal((await send(`GET ${events}/e`)).status, 200);
      const patch = { metadata: { name: "late", resourceVersion: late.resourceVersion }, data: { a: "1" } };
      assert.equal((await send(`PUT ${MAPS}/late`, patch)).status, 200);
      assert.equal((await send(`DELETE ${MAPS}/late`)).status, 200);
      await holds(send, ["early"]);
    });
  }));
