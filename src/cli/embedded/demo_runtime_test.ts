import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { DemoRuntime } from "./demo_runtime.ts";

const NOW = Date.UTC(2026, 7, 1, 10);
const clock = new ManualClock(NOW);

type Pod = Parameters<DemoRuntime["logs"]>[0];

function pod(container: string, state: object, lastState: object = {}): Pod {
  const status = { containerStatuses: [{ name: container, state, lastState }] };
  return { metadata: { name: `${container}-0`, namespace: "shop" }, spec: {}, status } as unknown as Pod;
}

const running = (minutes: number) => ({
  running: { startedAt: new Date(NOW - minutes * 60_000).toISOString() },
});
const ended = { terminated: { startedAt: new Date(NOW - 60_000).toISOString() } };

interface Asked {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly timestamps?: boolean;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
}

async function read(of: Pod, container: string, asked: Asked = {}): Promise<string> {
  const none = { sinceMs: undefined, sinceSeconds: undefined, tailLines: undefined, limitBytes: undefined };
  const options = { ...none, container, follow: false, previous: false, timestamps: false, ...asked };
  const stream = await new DemoRuntime(clock).logs(of, options, new AbortController().signal);
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

Deno.test("the demo's log is the same each time, and as long as the container runs", async () => {
  const web = pod("web", running(1));
  const whole = await read(web, "web");
  assert.equal(await read(web, "web"), whole);
  const lines = whole.trimEnd().split("\n");
  assert.ok(lines.length > 150 && lines.length < 180, `${lines.length} lines in a minute`);
  assert.equal(JSON.parse(lines[0]!).msg, "request");
  assert.equal(await read(web, "web", { tailLines: 3 }), `${lines.slice(-3).join("\n")}\n`);
  assert.equal(await read(web, "web", { limitBytes: 10 }), whole.slice(0, 10));
  const last = await read(web, "web", { sinceSeconds: 2, timestamps: true });
  for (const line of last.trimEnd().split("\n")) assert.ok(Date.parse(line.split(" ")[0]!) >= NOW - 2_000);
});

Deno.test("an old container's log has been rotated: it is no longer than half an hour and a step", async () => {
  const lines = (await read(pod("web", running(60 * 24 * 40)), "web")).split("\n").length;
  assert.ok(lines > 5_000 && lines < 5_800, `${lines} lines`);
});

Deno.test("instances that ended have logs; those that have not begun say so, as a node does", async () => {
  const waiting = { waiting: { reason: "CrashLoopBackOff" } };
  const crashed = pod("checkout", waiting, ended);
  assert.match(await read(crashed, "checkout"), /heap near its limit/);
  assert.equal(await read(crashed, "checkout", { previous: true }), await read(crashed, "checkout"));
  assert.match(
    await read(pod("import-catalog", ended), "import-catalog", { follow: true }),
    /FATAL exit 1\n$/,
  );
  const made = pod("search", { waiting: { reason: "ImagePullBackOff" } });
  const message = 'container "search" in pod "search-0" is waiting to start: ImagePullBackOff';
  await assert.rejects(async () => await read(made, "search"), { message });
  await assert.rejects(
    async () => await read(pod("web", running(1)), "web", { previous: true }),
    /previous terminated/,
  );
});
