/**
 * Streams recorded from a real API server, played through client, reflector, store and view, as they came and in every
 * disturbed way: each time what is shown at the end is what the server's own last list had.
 */
import assert from "node:assert/strict";
import { defaultKnobs, ManualClock, MetricSet, seededRandom } from "../../src/base/mod.ts";
import { createClient } from "../../src/client/mod.ts";
import { openLocalEngine } from "../../src/engine/mod.ts";
import type { Resource } from "../../src/kube/mod.ts";
import { EVERYTHING, Held } from "../support/engine_rig.ts";
import { readStreams, type Stream } from "../support/recorded.ts";
import { ReplayServer } from "../support/replay_server.ts";

const STREAMS = await readStreams(new URL("../../fixtures/streams/recorded.ndjson", import.meta.url));

/** The resource and namespace that a recorded path names. */
function parsePath(path: string): { resource: Resource; namespace: string } {
  const [, core, group, version, namespace, plural] =
    /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/namespaces\/([^/]+)\/([^/]+)$/.exec(path)!;
  const none = { kind: plural!, singular: "", shortNames: [], categories: [], verbs: [], subresources: [] };
  const resource = {
    ...none,
    group: group ?? "",
    version: core ?? version!,
    plural: plural!,
    namespaced: true,
    preferred: true,
  };
  return { resource, namespace: namespace! };
}

type Snapshot = Readonly<Record<string, unknown>>;

/** What must be the same however the stream went: identity and cells; ages depend on when a frame came. */
function shown(held: Held): Snapshot {
  const text = held.columns.map((column) => column.cell === "text" || column.cell === "number");
  return Object.fromEntries(
    held.rows.filter((row) => row.malformed === undefined).map((row) => [
      row.uid,
      [
        row.namespace,
        row.name,
        row.labels,
        row.createdMs,
        row.deleting,
        row.cells.filter((_, i) => text[i]).map(String),
      ],
    ]),
  );
}

/** The same of the server's last list. */
function listed(stream: Stream, held: Held): Snapshot {
  const text = held.columns.map((column) => column.cell === "text" || column.cell === "number");
  const rows = stream.final.flatMap((page) => page.rows);
  return Object.fromEntries(rows.map(({ cells, object: { metadata } }) => [
    metadata.uid!,
    [
      metadata.namespace ?? "",
      metadata.name,
      metadata.labels ?? {},
      Date.parse(metadata.creationTimestamp!),
      metadata.deletionTimestamp !== undefined,
      // A ConfigMap's DATA is a number in a column of strings: readers get a string.
      cells.map((cell) => String(cell ?? "")).filter((_, i) => text[i]),
    ],
  ]));
}

class Replay implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly server = new ReplayServer(STREAMS);
  readonly metrics = new MetricSet();
  readonly held = new Map<string, Held>();
  readonly #engine;

  constructor({ queueCap = 16_384 } = {}) {
    const client = createClient({ fetch: this.server.fetch, clock: this.clock });
    this.#engine = openLocalEngine(client, {
      discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.reject(new Error("not asked")) },
      clock: this.clock,
      random: seededRandom(1),
      metrics: this.metrics,
      knobs: { ...defaultKnobs(), queueCap, relistSecs: 0 },
    });
    for (const { path } of STREAMS) {
      const held = new Held();
      held.view = this.#engine.openView(parsePath(path), EVERYTHING, held.take);
      this.held.set(path, held);
    }
  }

  /** Lets the engine work until every stream is watched and shown. */
  async settle(): Promise<void> {
    for (let i = 0; i < 400; i++) {
      // Many failures in a row are waited out for up to half a minute.
      await this.clock.advance(i < 100 ? 20 : 500);
      const live = [...this.held.values()].every((held) => held.phase === "live");
      if (live && this.server.watched && i > 3) return;
    }
    throw new Error(
      `never settled: ${[...this.held].map(([path, held]) => `${path} ${held.phase}`).join(", ")}`,
    );
  }

  /** Compares what is shown with the server's last lists. */
  verify(where: string): void {
    for (const stream of STREAMS) {
      const held = this.held.get(stream.path)!;
      assert.deepEqual(shown(held), listed(stream, held), `${where}: ${stream.path}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }
}

Deno.test("the recording holds several kinds and namespaces, additions, changes and deletions", () => {
  const types = new Set(STREAMS.flatMap((stream) => stream.frames.map((frame) => frame.type)));
  for (const type of ["ADDED", "MODIFIED", "DELETED"] as const) assert.ok(types.has(type), type);
  assert.equal(new Set(STREAMS.map(({ path }) => parsePath(path).namespace)).size, 2);
  assert.equal(new Set(STREAMS.map(({ path }) => parsePath(path).resource.plural)).size, 6);
});

Deno.test("played frame by frame", async () => {
  await using replay = new Replay();
  await replay.settle();
  while (!replay.server.done) {
    replay.server.play(1);
    await replay.clock.advance(20);
  }
  await replay.settle();
  replay.verify("frame by frame");
});

Deno.test("played in one burst", async () => {
  await using replay = new Replay();
  await replay.settle();
  replay.server.play(Infinity);
  await replay.settle();
  replay.verify("burst");
});

Deno.test("played in a burst through a queue that overflows", async () => {
  await using replay = new Replay({ queueCap: 3 });
  await replay.settle();
  replay.server.play(Infinity);
  await replay.settle();
  await replay.settle();
  replay.verify("overflow");
  assert.ok([...replay.held.values()].some((held) => held.status!.dropped > 0));
});

const RUBBISH = [
  '{"type":"ADDED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"rows":[{"cells":["x"],"object":{"metadata":7}}]}}\n',
  '{"type":"ADDED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"rows":[{"cells":null,"object":null}]}}\n',
  '{"type":"ADDED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"rows":[{"cells":[1],"object":{"metadata":{"name":"no-uid","labels":[]}}}]}}\n',
];

Deno.test("with objects in between that are none: kept, marked, and nothing else suffers", async () => {
  await using replay = new Replay();
  await replay.settle();
  while (!replay.server.done) {
    replay.server.write([...RUBBISH]);
    replay.server.play(5);
    await replay.clock.advance(20);
  }
  await replay.settle();
  replay.verify("rubbish");
  for (const held of replay.held.values()) {
    const marked = held.rows.filter((row) => row.malformed !== undefined);
    assert.ok(marked.length > 0 && marked.length <= RUBBISH.length, `${marked.length} marked`);
  }
});

/** Lines in another order; versions tell what is news. */
function shuffled(lines: string[], random: () => number): string[] {
  const mixed = lines.map((line) => ({ line, at: random() })).sort((a, b) => a.at - b.at).map(({ line }) =>
    line
  );
  // And some of it twice.
  return mixed.flatMap((line) => random() < 0.3 ? [line, line] : [line]);
}

Deno.test("property: out of order, repeated, cut and expired at any point, it ends as the server did", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed);
    await using replay = new Replay({ queueCap: 2 + Math.floor(random() * 40) });
    await replay.settle();
    while (!replay.server.done) {
      const many = 1 + Math.floor(random() * 12);
      replay.server.play(many, random() < 0.5 ? (lines) => shuffled(lines, random) : undefined);
      const fate = random();
      if (fate < 0.15) replay.server.cut(random() < 0.5);
      else if (fate < 0.25) replay.server.expire();
      if (random() < 0.6) await replay.clock.advance(Math.floor(random() * 40));
      if (fate < 0.25) await replay.settle();
    }
    await replay.settle();
    await replay.settle();
    replay.verify(`seed ${seed}`);
  }
});

Deno.test("the same streams give the same snapshot every time", async () => {
  const shots: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using replay = new Replay();
    await replay.settle();
    replay.server.play(Infinity);
    await replay.settle();
    shots.push(JSON.stringify([...replay.held].map(([path, held]) => [path, shown(held)])));
  }
  assert.equal(shots[0], shots[1]);
});
