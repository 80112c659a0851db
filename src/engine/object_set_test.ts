import assert from "node:assert/strict";
import { defaultKnobs, ManualClock, MetricSet, OrkaError, silentLogger } from "../base/mod.ts";
import type { TableRow, WatchEnd } from "../client/mod.ts";
import type { FeedSource, SourceListOptions, SourceWatchOptions } from "./feed_source.ts";
import { ObjectSet } from "./object_set.ts";
import { Reflector, type ReflectorSink } from "./reflector.ts";

/** A source that says only what a test has it say. */
class Said implements FeedSource {
  lists: { readonly options: SourceListOptions; readonly end: (version: string) => void }[] = [];
  watches: SourceWatchOptions[] = [];
  watchFails: (error: Error) => void = () => {};

  list(options: SourceListOptions): Promise<{ resourceVersion: string }> {
    const { promise, resolve } = Promise.withResolvers<{ resourceVersion: string }>();
    this.lists.push({ options, end: (resourceVersion) => resolve({ resourceVersion }) });
    return promise;
  }

  watch(options: SourceWatchOptions): Promise<WatchEnd> {
    this.watches.push(options);
    const { promise, resolve, reject } = Promise.withResolvers<WatchEnd>();
    this.watchFails = reject;
    options.signal.addEventListener(
      "abort",
      () => resolve({ reason: "aborted", resourceVersion: options.version, frames: 0 }),
    );
    return promise;
  }
}

function row(json: string): TableRow {
  return {
    metadata: null,
    cells: [],
    object: new TextEncoder().encode(json),
    error: "",
  } as unknown as TableRow;
}

function pod(name: string, version: number): TableRow {
  return row(`{"metadata":{"uid":"u-${name}","name":"${name}","resourceVersion":"${version}"}}`);
}

class Rig implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly source = new Said();
  readonly set: ObjectSet;

  constructor() {
    this.set = new ObjectSet(this.source, {
      clock: this.clock,
      random: () => 0.5,
      knobs: { ...defaultKnobs(), relistSecs: 60 },
      metrics: new MetricSet(),
      log: silentLogger,
      onChange() {},
    });
  }

  get names(): string[] {
    return this.set.objects.map(({ metadata }) => metadata.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.set.close();
    for (const { end } of this.source.lists) end("0");
    await closed;
  }
}

/** A set that lists `a` and `b`, watches, and has a verification under way. */
async function verifying(rig: Rig): Promise<void> {
  const [first] = rig.source.lists;
  for (const name of ["a", "b"]) first!.options.onRow(pod(name, 5));
  first!.end("5");
  await rig.clock.advance(0);
  rig.source.watches[0]!.onOpen();
  await rig.clock.advance(70_000);
  assert.equal(rig.source.lists.length, 2);
}

Deno.test("a list from before a deletion does not bring the object back", async () => {
  await using rig = new Rig();
  await verifying(rig);
  const [, { options, end }] = rig.source.lists as [unknown, Said["lists"][number]];
  options.onRow(pod("b", 5));
  rig.source.watches[0]!.onRow("DELETED", pod("a", 9));
  rig.source.watches[0]!.onRow("DELETED", pod("b", 10));
  options.onRow(pod("a", 5));
  end("5");
  await rig.clock.advance(0);
  assert.deepEqual(rig.names, []);
});

Deno.test("what came while a list was under way stays", async () => {
  await using rig = new Rig();
  await verifying(rig);
  rig.source.watches[0]!.onRow("ADDED", pod("c", 9));
  rig.source.lists[1]!.options.onRow(pod("a", 5));
  rig.source.lists[1]!.end("5");
  await rig.clock.advance(0);
  assert.deepEqual(rig.names, ["a", "c"]);
});

Deno.test("what is no object is passed over", async () => {
  await using rig = new Rig();
  await verifying(rig);
  for (const json of ["null", "{}", '{"metadata":null}', '{"metadata":7}', "7"]) {
    rig.source.watches[0]!.onRow("ADDED", row(json));
  }
  assert.deepEqual(rig.names, ["a", "b"]);
});

Deno.test("a frame that throws ends its watch alone", async () => {
  await using rig = new Rig();
  await verifying(rig);
  rig.source.watchFails(new TypeError("Do not know how to serialize a BigInt"));
  await rig.clock.advance(0);
  assert.equal(rig.set.status.phase, "stale");
  assert.match(rig.set.status.error!.message, /could not be read/);
  await rig.clock.advance(1000);
  assert.equal(rig.source.watches.length, 2);
});

Deno.test("a bug in who takes a list in is not hidden as a failed verification", async () => {
  const source = new Said();
  const sink = new Proxy({}, {
    get: (_, name) => () => {
      if (name === "listEnds") throw new TypeError("a bug");
    },
  }) as ReflectorSink;
  const clock = new ManualClock();
  const caught: unknown[] = [];
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    caught.push(event.reason);
  };
  addEventListener("unhandledrejection", onRejection);
  const reflector = new Reflector(source, sink, {
    clock,
    random: () => 0.5,
    backoffMaxMs: 1000,
    verifyMs: 0,
    metrics: new MetricSet(),
    log: silentLogger,
  });
  reflector.start();
  source.lists[0]!.end("1");
  await clock.advance(0);
  removeEventListener("unhandledrejection", onRejection);
  assert.match(String(caught[0]), /a bug/);
  await reflector.close();
});

Deno.test("no server is waited for longer than five minutes on its word", async () => {
  for (const [seconds, most] of [[3_000_000, 300_000], [NaN, 1000], [-5, 1000]] as const) {
    await using rig = new Rig();
    await verifying(rig);
    rig.source.watchFails(new OrkaError("unreachable", "busy", { retryAfterSeconds: seconds }));
    await rig.clock.advance(0);
    const waitMs = rig.set.status.retryMs! - rig.clock.now();
    assert.ok(waitMs > 0 && waitMs <= most, `${seconds} s: ${waitMs} ms`);
  }
});
