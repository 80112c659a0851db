/** Lines before the first one shown, for who scrolls back; and logs that are not followed. */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { type LogBatch, type LogSpec, type LogStream, openLogs } from "../../src/ops/mod.ts";
import { hasCode, LogCluster } from "../support/log_cluster.ts";

const START = 1_700_000_000_000;

async function withCluster(
  use: (
    cluster: LogCluster,
    open: (spec: Partial<LogSpec>) => LogStream,
    clock: ManualClock,
  ) => Promise<void>,
) {
  const clock = new ManualClock(START);
  await using cluster = await LogCluster.open({ clock });
  const target = { type: "pods" as const, pods: [{ namespace: "default", name: "web" }] };
  await use(
    cluster,
    (spec) => openLogs(cluster.client, { target, ...spec }, { clock, random: () => 0.5 }),
    clock,
  );
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ ms: START + from + at, text: `${from + at}` }));

function shown(batch: LogBatch): string {
  return batch.map((entry) => entry.type === "line" ? entry.text : `<${entry.kind}>`).join(" ");
}

async function whole(stream: LogStream): Promise<string> {
  const parts: string[] = [];
  for await (const batch of stream) parts.push(shown(batch));
  return parts.join(" ");
}

Deno.test("older lines come in portions, up to the log's beginning", () =>
  withCluster(async (cluster, open) => {
    await cluster.run("web");
    cluster.log("web").add(...numbered(0, 30));
    const stream = open({ tailLines: 5 });
    assert.equal(shown(await stream.older(5)), "", "nothing was shown yet");
    assert.equal(await whole(stream), "25 26 27 28 29");
    assert.equal(shown(await stream.older(3)), "22 23 24", "after the end too");
    assert.equal(shown(await stream.older(100)), Array.from({ length: 22 }, (_, at) => at).join(" "));
    assert.equal(shown(await stream.older(3)), "");
    stream.close();
  }));

Deno.test("older lines are found while new ones come, and go on before a restart", () =>
  withCluster(async (cluster, open) => {
    await cluster.run("web");
    cluster.log("web").add(...numbered(0, 4));
    cluster.log("web", { restarts: 1 }).add(...numbered(100, 130));
    await cluster.restart("web", { restarts: 1 });
    await using stream = open({ tailLines: 5, follow: true });
    const batches = stream[Symbol.asyncIterator]();
    const next = async (text: string) => {
      while (!shown((await batches.next()).value!).includes(text));
    };
    await next("125");
    assert.equal(shown(await stream.older(3)), "122 123 124");
    cluster.log("web", { restarts: 1 }).add(...numbered(130, 190));
    await next("130");
    assert.equal(shown(await stream.older(10)), "112 113 114 115 116 117 118 119 120 121");
    assert.equal(shown(await stream.older(50)), "100 101 102 103 104 105 106 107 108 109 110 111");
    assert.equal(shown(await stream.older(3)), "1 2 3 <restarted>");
    assert.equal(shown(await stream.older(3)), "0");
    assert.equal(shown(await stream.older(3)), "");
  }));

Deno.test("older lines of several pods come in the order of their times", () =>
  withCluster(async (cluster, open) => {
    for (const [name, from] of [["web", 0], ["api", 5]] as const) {
      await cluster.run(name, { labels: { app: "x" } });
      cluster.log(name).add(...[0, 10, 20].map((ms) => ({ ms: START + from + ms, text: `${name}${ms}` })));
    }
    const target = { type: "selector" as const, namespace: "default", labelSelector: "app=x" };
    await using stream = open({ target, tailLines: 1, follow: true });
    const batches = stream[Symbol.asyncIterator]();
    for (let lines = 0; lines < 2;) {
      const batch: LogBatch = (await batches.next()).value!;
      lines += batch.filter(({ type }) => type === "line").length;
    }
    assert.equal(shown(await stream.older(2)), "web0 api0 web10 api10");
  }));

Deno.test("lines alike are told apart by those around them", () =>
  withCluster(async (cluster, open) => {
    await cluster.run("web");
    const same = { ms: START, text: "same" };
    cluster.log("web").add(...numbered(0, 3), same, same, same, same, same, { ms: START, text: "end" });
    await using stream = open({ tailLines: 3, follow: true });
    const batches = stream[Symbol.asyncIterator]();
    while (!shown((await batches.next()).value!).includes("end"));
    assert.equal(shown(await stream.older(4)), "2 same same same");
    assert.equal(shown(await stream.older(4)), "0 1");
  }));

Deno.test("a log that is not followed goes on where its connection went, a few times", () =>
  withCluster(async (cluster, open, clock) => {
    await cluster.run("web");
    cluster.log("web").add(...numbered(0, 20));
    let left = 3;
    cluster.fault = () => left-- > 0 ? { type: "cut", bytes: 150 } : null;
    const read = whole(open({}));
    for (let i = 0; i < 40; i++) await clock.advance(500);
    const texts = (await read).split(" ").filter((text) => !text.startsWith("<"));
    assert.deepEqual(texts, numbered(0, 20).map(({ text }) => text));
    cluster.fault = () => ({ type: "status", status: 500 });
    const refused = assert.rejects(() => whole(open({})), hasCode("server"));
    for (let i = 0; i < 40; i++) await clock.advance(500);
    await refused;
  }));

Deno.test("what is not there is said: a pod, a container, a selector's workload", () =>
  withCluster(async (cluster, open) => {
    await assert.rejects(() => whole(open({})), hasCode("not-found", /pods "web" not found/));
    await cluster.run("web");
    await assert.rejects(() => whole(open({ containers: ["x"] })), hasCode("not-found", /container x/));
    await assert.rejects(() => whole(open({ containers: ["x"], follow: true })), hasCode("not-found"));
    const target = { type: "selector" as const, namespace: "default", labelSelector: "app=none" };
    assert.equal(await whole(open({ target })), "");
    assert.equal(await whole(open({ target, containers: ["x"] })), "");
  }));
