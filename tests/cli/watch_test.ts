import assert from "node:assert/strict";
import { onServers, type TestObject, type TestServer } from "../support/two_servers.ts";
import { cliOn, type Ran, settled, withNamespace } from "./harness.ts";

/** Secrets: unlike ConfigMaps there are none that the server made. */
const secret = (name: string, stringData: Record<string, string> = {}): TestObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  stringData,
});
const ref = (name: string) => ({ apiVersion: "v1", kind: "Secret", name });

/** A command that runs until it is stopped, and the text that it has printed. */
class Running {
  text = "";
  readonly #stop = new AbortController();
  readonly #done: Promise<Ran>;

  constructor(readonly server: TestServer, args: readonly string[]) {
    const cli = cliOn(server, { signal: this.#stop.signal, onStdout: (text) => this.text += text });
    this.#done = cli(...args);
  }

  /** Resolves once stdout has `expected`; the clock runs while it waits. */
  async shows(expected: RegExp): Promise<void> {
    const { namespace, clock } = this.server;
    const pattern = new RegExp(withNamespace(expected.source, namespace), expected.flags);
    for (let i = 0; i < 200; i++) {
      if (pattern.test(this.text)) return;
      await clock.advance(500);
    }
    assert.match(this.text, pattern);
  }

  /** Resolves once it watches. */
  async watches(): Promise<void> {
    for (let i = 0; i < 200 && this.server.watches === 0; i++) await this.server.clock.advance(50);
    assert.equal(this.server.watches, 1);
  }

  async stop(): Promise<Ran> {
    this.#stop.abort(new DOMException("SIGINT", "AbortError"));
    return await this.#done;
  }

  ended(): Promise<Ran> {
    return settled(this.server.clock, this.#done);
  }
}

/** Commands that begin with `args`, on a server with a Secret `a`. */
async function start(server: TestServer, ...args: string[]): Promise<(...more: string[]) => Running> {
  await server.put(secret("a"));
  await server.clock.advance(300_000);
  return (...more) => new Running(server, [...args, ...more]);
}

onServers("watch prints + and -, survives cuts and ends on Ctrl-C with 130", async (server) => {
  const run = await start(server, "watch", "secrets");
  const watch = run();
  await watch.shows(/^\+ NS\/a\n$/);
  await server.put(secret("b"));
  await watch.shows(/\+ NS\/b\n$/);
  server.cutWatches({ reset: true });
  await server.remove(ref("a"));
  await watch.shows(/- NS\/a\n$/);
  server.endWatches();
  await server.put(secret("b", { x: "1" }));
  await watch.shows(/\+ NS\/b\n- NS\/a\n\+ NS\/b\n$/);
  (await watch.stop()).code(130).stdout("+ NS/a\n+ NS/b\n- NS/a\n+ NS/b\n");
  assert.equal(server.watches, 0);
});

onServers("watch tells what happened while its history was lost, and nothing twice", async (server) => {
  const run = await start(server, "watch", "secrets");
  await server.put(secret("b"));
  const watch = run();
  await watch.shows(/NS\/b\n$/);
  await watch.watches();
  server.faults.refuse({ watch: true, times: 2 });
  server.cutWatches({ reset: true });
  await server.remove(ref("a"));
  await server.put(secret("c"));
  await server.compact();
  await watch.shows(/\+ NS\/c\n- NS\/a\n$/);
  (await watch.stop()).stderr(/trying again\n/).stdout("+ NS/a\n+ NS/b\n+ NS/c\n- NS/a\n");
});

onServers("watch --until ends by lines, time, value and deletion", async (server) => {
  const run = await start(server, "watch", "secrets");
  (await run("--until", "1").ended()).stdout("+ NS/a\n").code(0);
  (await run("--until", "2s").ended()).stdout("+ NS/a\n").code(0);
  const begunMs = server.clock.monotonic();
  const value = run("--until", "jsonpath=.data.x=MQ==");
  await value.shows(/NS\/a/);
  await server.put(secret("a", { x: "1" }));
  (await value.ended()).stdout("+ NS/a\n+ NS/a\n").code(0);
  const tookMs = server.clock.monotonic() - begunMs;
  assert.ok(tookMs < 30_000, "it ends with the change, not with the server's watch");
  const deleted = run("a", "--until", "delete", "--watch-only");
  await deleted.watches();
  await server.remove(ref("a"));
  (await deleted.ended()).stdout("- NS/a\n").code(0);
  assert.equal(server.watches, 0);
});

onServers("watch -o json prints one object a line", async (server) => {
  const run = await start(server, "watch", "secrets", "-o", "json", "--until", "1");
  const line = JSON.parse((await run().ended()).out);
  assert.deepEqual([line.type, line.object.kind, line.object.metadata.name], ["ADDED", "Secret", "a"]);
});

onServers("get -w keeps its columns and prints changed rows", async (server) => {
  const run = await start(server, "get", "secrets", "-w");
  const watch = run();
  await watch.shows(/a {6}Opaque {3}0 {6}\d+\w\n$/);
  await server.put(secret("long-name-b", { x: "1" }));
  await watch.shows(/long-name-b {3}Opaque {3}1 {6}\d+s\n$/);
  await server.put(secret("c"));
  await watch.shows(/c {13}Opaque {3}0 {6}\d+s\n$/);
  (await watch.stop()).code(130).stdout(
    /^NAME {3}TYPE {5}DATA {3}AGE\na {6}Opaque {3}0 {6}5m\nlong-name-b/,
  );
});

onServers("get -w --output-watch-events and --watch-only", async (server) => {
  const run = await start(server, "get", "secrets", "--watch-only", "--output-watch-events");
  const watch = run();
  await watch.watches();
  await server.put(secret("b"));
  await watch.shows(/ADDED {6}b {6}Opaque {3}0/);
  await server.remove(ref("b"));
  await watch.shows(/^EVENT {5} NAME {3}TYPE {5}DATA {3}AGE\nADDED {6}b .*\nDELETED {4}b .*\n$/);
  await watch.stop();
});

onServers("get NAME -w -o name follows one object; a missing one is an error", async (server) => {
  const run = await start(server, "get", "secrets");
  const watch = run("a", "-w", "-o", "name");
  await watch.shows(/^secret\/a\n$/);
  await server.put(secret("b"));
  await server.put(secret("a", { x: "1" }));
  await watch.shows(/^secret\/a\nsecret\/a\n$/);
  await watch.stop();
  (await run("nope", "-w").ended()).stderr('Error from server (NotFound): secrets "nope" not found\n')
    .code(1);
});

/** An Event of a pod, seen three times, first five minutes ago and last a minute ago. */
function event(server: TestServer, name: string, extra: object = {}): TestObject {
  const ago = (ms: number) => new Date(server.clock.now() - ms).toISOString().replace(/\.\d+/, "");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name },
    type: "Warning",
    reason: "BackOff",
    message: `about ${name}\n`,
    involvedObject: { kind: "Pod", name: "web", apiVersion: "v1" },
    firstTimestamp: ago(300_000),
    lastTimestamp: ago(60_000),
    count: 3,
    ...extra,
  };
}

onServers("events -w prints what comes", async (server) => {
  const run = await start(server, "events");
  await server.put(event(server, "one"));
  const watch = run("-w", "--types", "Warning");
  await watch.shows(
    /^LAST SEEN {10}TYPE {6}REASON {4}OBJECT {4}MESSAGE\n6\ds \(x3 over 5m\w*\) +Warning {3}BackOff {3}Pod\/web {3}about one\n$/,
  );
  await server.put(event(server, "two", { type: "Normal" }));
  await server.put(event(server, "three"));
  await watch.shows(/about three\n$/);
  assert.doesNotMatch((await watch.stop()).out, /two/);
});

onServers("get -w and events -w end in order after --request-timeout, as kubectl's do", async (server) => {
  const run = await start(server);
  const begun = server.clock.now();
  const watch = run("get", "secrets", "-w", "-o", "name", "--request-timeout", "20s");
  await watch.shows(/a\n$/);
  await server.put(secret("b"));
  const ran = (await watch.ended()).code(0).stdout("secret/a\nsecret/b\n").stderr("");
  assert.equal(ran.err, "");
  assert.ok(server.clock.now() - begun >= 20_000, "it ended early");
  (await run("events", "-w", "--request-timeout", "3s").ended()).code(0).stderr("");
});

onServers(
  "get -w --output-watch-events -o json: one event a line, the type first, managedFields kept",
  async (server) => {
    const run = await start(server, "get", "secrets");
    const watch = run("-w", "--output-watch-events", "-o", "json", "--request-timeout", "5s");
    await watch.shows(/a/);
    await server.put(secret("b"));
    const { out } = await watch.ended();
    const [first, second, ...more] = out.split("\n");
    assert.match(first!, /^\{"type":"ADDED","object":\{"apiVersion":"v1","kind":"Secret",/);
    assert.equal(JSON.parse(second!).object.metadata.managedFields[0].manager, "orka");
    assert.deepEqual(more, [""]);
  },
);

onServers("events -w -o json prints objects", async (server) => {
  const run = await start(server, "events");
  await server.put(event(server, "one"));
  const { out } = await run("-w", "-o", "json", "--request-timeout", "5s").ended();
  assert.equal(JSON.parse(out).kind, "Event");
});
