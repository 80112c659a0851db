import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { FakeApi, type FakeObject } from "../support/fake_api.ts";
import { type Cli, cliOn, type Ran, settled } from "./harness.ts";

const cm = (name: string, data: Record<string, string> = {}): FakeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", creationTimestamp: "2023-11-14T22:08:20Z" },
  data,
});
const ref = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace: "default", name });

/** A command that runs until it is stopped, and the text that it has printed. */
class Running {
  text = "";
  readonly #stop = new AbortController();
  readonly #done: Promise<Ran>;
  #waiting: (() => void)[] = [];

  constructor(readonly api: FakeApi, readonly clock: ManualClock, args: readonly string[]) {
    const cli: Cli = cliOn(api, {
      clock,
      signal: this.#stop.signal,
      onStdout: (text) => {
        this.text += text;
        for (const wake of this.#waiting.splice(0)) wake();
      },
    });
    this.#done = cli(...args);
  }

  /** Resolves once stdout has `expected`; the clock runs while it waits. */
  async shows(expected: RegExp): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (expected.test(this.text)) return;
      await this.clock.advance(500);
    }
    assert.match(this.text, expected);
  }

  async stop(): Promise<Ran> {
    this.#stop.abort(new DOMException("SIGINT", "AbortError"));
    return await this.#done;
  }

  ended(): Promise<Ran> {
    return settled(this.clock, this.#done);
  }
}

function start(...args: string[]): { api: FakeApi; clock: ManualClock; run: (...more: string[]) => Running } {
  const clock = new ManualClock();
  const api = new FakeApi({ clock });
  api.put(cm("a"));
  return { api, clock, run: (...more) => new Running(api, clock, [...args, ...more]) };
}

Deno.test("watch prints + and -, survives cuts and ends on Ctrl-C with 130", async () => {
  const { api, run } = start("watch", "cm");
  const watch = run();
  await watch.shows(/^\+ default\/a\n$/);
  api.put(cm("b"));
  await watch.shows(/\+ default\/b\n$/);
  api.cutWatches({ reset: true });
  api.remove(ref("a"));
  await watch.shows(/- default\/a\n$/);
  api.endWatches();
  api.put(cm("b", { x: "1" }));
  await watch.shows(/\+ default\/b\n- default\/a\n\+ default\/b\n$/);
  (await watch.stop()).code(130).stdout("+ default/a\n+ default/b\n- default/a\n+ default/b\n");
  assert.equal(api.watches, 0);
});

Deno.test("watch tells what happened while its history was lost, and nothing twice", async () => {
  const { api, run } = start("watch", "cm");
  api.put(cm("b"));
  const watch = run();
  await watch.shows(/default\/b\n$/);
  api.faults.refuse({ watch: true, times: 2 });
  api.cutWatches({ reset: true });
  api.remove(ref("a"));
  api.put(cm("c"));
  api.compact();
  await watch.shows(/\+ default\/c\n- default\/a\n$/);
  (await watch.stop()).stderr(/trying again\n/).stdout(
    "+ default/a\n+ default/b\n+ default/c\n- default/a\n",
  );
});

Deno.test("watch --until ends by lines, time, value and deletion", async () => {
  const { api, run } = start("watch", "cm");
  (await run("--until", "1").ended()).stdout("+ default/a\n").code(0);
  (await run("--until", "2s").ended()).stdout("+ default/a\n").code(0);
  const value = run("--until", "jsonpath=.data.x=1");
  await value.shows(/default\/a/);
  api.put(cm("a", { x: "1" }));
  (await value.ended()).stdout("+ default/a\n+ default/a\n").code(0);
  assert.ok(value.clock.monotonic() < 30_000, "it ends with the change, not with the server's watch");
  const deleted = run("a", "--until", "delete", "--watch-only");
  await deleted.clock.advance(1_000);
  api.remove(ref("a"));
  (await deleted.ended()).stdout("- default/a\n").code(0);
  assert.equal(api.watches, 0);
});

Deno.test("watch -o json prints one object a line", async () => {
  const { run } = start("watch", "cm", "-o", "json", "--until", "1");
  const line = JSON.parse((await run().ended()).out);
  assert.deepEqual([line.type, line.object.kind, line.object.metadata.name], ["ADDED", "ConfigMap", "a"]);
});

Deno.test("get -w keeps its columns and prints changed rows", async () => {
  const { api, run } = start("get", "cm", "-w");
  const watch = run();
  await watch.shows(/a {6}0 {6}5m\n$/);
  api.put(cm("long-name-b", { x: "1" }));
  await watch.shows(/long-name-b {3}1 {6}5m\d*s?\n$/);
  api.put(cm("c"));
  await watch.shows(/c {13}0 {6}5m\d*s?\n$/);
  (await watch.stop()).code(130).stdout(/^NAME {3}DATA {3}AGE\na {6}0 {6}5m\nlong-name-b/);
});

Deno.test("get -w --output-watch-events and --watch-only", async () => {
  const { api, run } = start("get", "cm", "--watch-only", "--output-watch-events");
  const watch = run();
  await watch.clock.advance(1_000);
  api.put(cm("b"));
  await watch.shows(/ADDED {6}b {6}0/);
  api.remove(ref("b"));
  await watch.shows(/^EVENT {5} NAME {3}DATA {3}AGE\nADDED {6}b .*\nDELETED {4}b .*\n$/);
  await watch.stop();
});

Deno.test("get NAME -w -o name follows one object; a missing one is an error", async () => {
  const { api, run } = start("get", "cm");
  const watch = run("a", "-w", "-o", "name");
  await watch.shows(/^configmap\/a\n$/);
  api.put(cm("b"));
  api.put(cm("a", { x: "1" }));
  await watch.shows(/^configmap\/a\nconfigmap\/a\n$/);
  await watch.stop();
  (await run("nope", "-w").ended()).stderr('Error from server (NotFound): configmaps "nope" not found\n')
    .code(1);
});

Deno.test("events -w prints what comes", async () => {
  const { api, run } = start("events");
  const event = (name: string, extra: object = {}): FakeObject => ({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: "default" },
    type: "Warning",
    reason: "BackOff",
    message: `about ${name}\n`,
    involvedObject: { kind: "Pod", name: "web", apiVersion: "v1" },
    firstTimestamp: "2023-11-14T22:08:20Z",
    lastTimestamp: "2023-11-14T22:12:20Z",
    count: 3,
    ...extra,
  });
  api.put(event("one"));
  const watch = run("-w", "--types", "Warning");
  await watch.shows(
    /^LAST SEEN {10}TYPE {6}REASON {4}OBJECT {4}MESSAGE\n60s \(x3 over 5m\) {3}Warning {3}BackOff {3}Pod\/web {3}about one\n$/,
  );
  api.put(event("two", { type: "Normal" }));
  api.put(event("three"));
  await watch.shows(/about three\n$/);
  assert.doesNotMatch((await watch.stop()).out, /two/);
});

Deno.test("get -w and events -w end in order after --request-timeout, as kubectl's do", async () => {
  const { api, clock, run } = start();
  const begun = clock.now();
  const watch = run("get", "cm", "-w", "-o", "name", "--request-timeout", "20s");
  await watch.shows(/a\n$/);
  api.put(cm("b"));
  const ran = (await watch.ended()).code(0).stdout("configmap/a\nconfigmap/b\n").stderr("");
  assert.equal(ran.err, "");
  assert.ok(clock.now() - begun >= 20_000, "it ended early");
  (await run("events", "-w", "--request-timeout", "3s").ended()).code(0).stderr("");
});

Deno.test("get -w --output-watch-events -o json: one event a line, the type first, managedFields kept", async () => {
  const { api, run } = start("get", "cm");
  const watch = run("-w", "--output-watch-events", "-o", "json", "--request-timeout", "1s");
  await watch.shows(/a/);
  api.put({ ...cm("b"), metadata: { ...cm("b").metadata, managedFields: [{ manager: "me" }] } });
  const { out } = await watch.ended();
  const [first, second, ...more] = out.split("\n");
  assert.match(first!, /^\{"type":"ADDED","object":\{"apiVersion":"v1","data":\{\},"kind":"ConfigMap",/);
  assert.equal(JSON.parse(second!).object.metadata.managedFields[0].manager, "me");
  assert.deepEqual(more, [""]);
});

Deno.test("events -w -o json prints objects", async () => {
  const { api, run } = start("events");
  api.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "one", namespace: "default" },
    involvedObject: { kind: "Pod", name: "web", apiVersion: "v1" },
  });
  const { out } = await run("-w", "-o", "json", "--request-timeout", "1s").ended();
  assert.equal(JSON.parse(out).kind, "Event");
});
