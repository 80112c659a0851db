import assert from "node:assert/strict";
import { KindStore, readRow, type Snapshot, storeColumns } from "../store/mod.ts";
import { parseQuery } from "./parse_query.ts";
import { PathColumns, pathsOf } from "./path_columns.ts";

const encoder = new TextEncoder();

/** Objects by uid as bodies, and a snapshot of rows for them. */
class Bodies {
  readonly #store = new KindStore({ raw: null });
  readonly bodies = new Map<string, string>();
  reads = 0;
  readonly paths = new PathColumns((uid) => {
    this.reads++;
    const body = this.bodies.get(uid);
    return body === undefined ? null : encoder.encode(body);
  });
  snapshot: Snapshot = this.#store.snapshot;

  constructor() {
    this.#store.setColumns(storeColumns([]));
  }

  put(uid: string, body: unknown): void {
    this.bodies.set(uid, typeof body === "string" ? body : JSON.stringify(body));
    this.touch(uid);
  }

  touch(uid: string): void {
    const row = readRow({ metadata: { uid, name: uid, resourceVersion: String(this.reads + 1) } }, []);
    this.#store.upsert(row, null, { receivedMs: 0, by: "watch" });
    this.snapshot = this.#store.publish();
  }

  /** Whether all bodies were there, and the path's values by name. */
  ask(path: string): readonly [boolean, Readonly<Record<string, readonly string[] | null>>] {
    const work = this.paths.prepare(parseQuery(`field:${path}`), this.snapshot);
    let step = work.next();
    while (!step.done) step = work.next();
    const values = [...this.snapshot.rows()].map((slot) =>
      [this.snapshot.name(slot), this.paths.values(path, this.snapshot, slot)] as const
    );
    return [step.value, Object.fromEntries(values)];
  }
}

Deno.test("a path leads through arrays, and through keys that have dots themselves", () => {
  const bodies = new Bodies();
  bodies.put("a", {
    spec: { containers: [{ image: "one" }, { image: "two" }], replicas: 3, paused: false },
    metadata: { annotations: { "team.io/owner": "core" } },
  });
  bodies.put("b", "no JSON");
  assert.deepEqual(bodies.ask("spec.containers.image"), [true, { a: ["one", "two"], b: [] }]);
  assert.deepEqual(bodies.ask("spec.replicas")[1]["a"], ["3"]);
  assert.deepEqual(bodies.ask("spec.paused")[1]["a"], ["false"]);
  assert.deepEqual(bodies.ask("metadata.annotations.team.io/owner")[1]["a"], ["core"]);
  assert.deepEqual(bodies.ask("spec.nothing.there")[1]["a"], []);
});

Deno.test("bodies are read once, and again only of what changed", () => {
  const bodies = new Bodies();
  bodies.put("a", { spec: { node: "n1" } });
  bodies.put("b", { spec: { node: "n1" } });
  bodies.ask("spec.node");
  assert.equal(bodies.reads, 2);
  bodies.put("b", { spec: { node: "n2" } });
  assert.deepEqual(bodies.ask("spec.node"), [true, { a: ["n1"], b: ["n2"] }]);
  assert.equal(bodies.reads, 3);
});

Deno.test("what is not held is told, and read when it comes", () => {
  const bodies = new Bodies();
  bodies.touch("a");
  assert.deepEqual(bodies.ask("spec.node"), [false, { a: null }]);
  bodies.bodies.set("a", '{"spec":{"node":"n1"}}');
  assert.deepEqual(bodies.ask("spec.node"), [true, { a: ["n1"] }]);
});

Deno.test("what kubectl applied is never looked at: it may hold a Secret in clear", () => {
  const bodies = new Bodies();
  const key = "kubectl.kubernetes.io/last-applied-configuration";
  bodies.put("a", { metadata: { annotations: { [key]: '{"data":{"password":"x"}}', other: "y" } } });
  assert.deepEqual(bodies.ask(`metadata.annotations.${key}`)[1]["a"], []);
  assert.deepEqual(bodies.ask("metadata.annotations")[1]["a"], []);
  assert.deepEqual(bodies.ask("metadata.annotations.other")[1]["a"], ["y"]);
});

Deno.test("only what no column tells is read", () => {
  const columns = storeColumns([{
    name: "Spec.Node",
    type: "string",
    format: "",
    description: "",
    priority: 0,
  }]);
  const query = parseQuery("field:spec.node=a field:spec.x>1 restarts>1 anno:team metadata.name=b");
  assert.deepEqual(pathsOf(query, { columns }), ["spec.x", "metadata.annotations.team"]);
});
