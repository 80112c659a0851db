/**
 * A process of its own on a store, for the tests of several processes: `sqlite_child.ts MODE DIRECTORY NAME COUNT`.
 * Each acknowledged write is a line on stdout, `REVISION KEY VALUE`, written before the next write begins.
 */
import type { Storage } from "./interface.ts";
import { openSqliteStore } from "./sqlite_store.ts";

const [mode, directory, name, count] = Deno.args as [string, string, string, string];
const encoder = new TextEncoder();

function say(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function pod(name: string) {
  return { resource: "pods", namespace: "ns", name };
}

/** Creates, updates and deletes without end, four writers at once: to be killed. */
async function scribble(storage: Storage): Promise<void> {
  const writer = async (lane: number) => {
    for (let i = 0;; i++) {
      const key = pod(`${name}-${lane}-${i}`);
      const value = `${name}.${lane}.${i}`;
      const made = await storage.create(key, { value, uid: value });
      say(`${made.revision} ${made.key} ${made.value}`);
      const changed = await storage.guaranteedUpdate(
        key,
        (o) => ({ value: `${o!.value}+${"x".repeat(i % 900)}` }),
      );
      say(`${changed.revision} ${changed.key} ${changed.value}`);
      if (i % 3 !== 0) continue;
      const gone = await storage.delete(key);
      say(`${gone.revision} ${gone.key} ${gone.value}`);
    }
  };
  await Promise.all([0, 1, 2, 3].map(writer));
}

/** Adds one to a counter that others add to as well, and keeps keys of its own. */
async function increment(storage: Storage): Promise<void> {
  const lane = async (lane: number) => {
    for (let i = lane; i < Number(count); i += 4) {
      await storage.guaranteedUpdate(pod("counter"), (o) => ({ value: String(Number(o!.value) + 1) }));
      const own = await storage.create(pod(`${name}-${i}`), { value: "v", uid: "u" });
      say(`${own.revision} ${own.key} ${own.value}`);
    }
  };
  await Promise.all([0, 1, 2, 3].map(lane));
}

/** Writes the time, waits a little, `COUNT` times. */
async function tick(storage: Storage): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    const value = String(performance.timeOrigin + performance.now());
    await storage.create(pod(`${name}-${i}`), { value, uid: "u" });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Writes as fast as one writer can for `COUNT` ms, and tells how many and the longest wait. */
async function saturate(storage: Storage): Promise<void> {
  const end = performance.now() + Number(count);
  let writes = 0;
  let longest = 0;
  while (performance.now() < end) {
    const began = performance.now();
    await storage.create(pod(`${name}-${writes++}`), { value: "x".repeat(850), uid: "u" });
    longest = Math.max(longest, performance.now() - began);
  }
  say(`${writes} ${longest.toFixed(1)}`);
}

const MODES = { scribble, increment, tick, saturate };

const store = await openSqliteStore(directory);
say("ready");
await MODES[mode as keyof typeof MODES](store.tenant("t"));
await store.close();
