import assert from "node:assert/strict";
import { resourceOf } from "../../tests/support/resources.ts";
import { KindStore, readRow, type Snapshot, storeColumns } from "../store/mod.ts";
import { bodyValues } from "./body_values.ts";
import { parseQuery } from "./parse_query.ts";
import { PathColumns } from "./path_columns.ts";

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
  }, { maxAnnotations: 3 });
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

  remove(uid: string): void {
    this.#store.remove(uid);
    this.snapshot = this.#store.publish();
  }

  /** Whether all bodies were there, and the field's values by name. */
  ask(
    field: string,
    { kind = "Pod", slots }: { readonly kind?: string; readonly slots?: Uint32Array } = {},
  ): readonly [boolean, Readonly<Record<string, readonly string[] | null>>] {
    const query = parseQuery(`field:${field}`);
    const [value] = bodyValues(query, { resource: resourceOf(kind), snapshot: this.snapshot });
    const work = this.paths.prepare([value!], this.snapshot, { slots });
    let step = work.next();
    while (!step.done) step = work.next();
    const values = [...this.snapshot.rows()].map((slot) =>
      [this.snapshot.name(slot), this.paths.values(value!.key, slot)] as const
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
  const query = parseQuery("field:spec.node=a field:spec.x>1 restarts>1 anno:team metadata.name=b cpu>1");
  const read = (kind: string) =>
    bodyValues(query, { resource: resourceOf(kind), snapshot: { columns } }).map(({ key }) => key);
  assert.deepEqual(read("Pod"), ["spec.x", "metadata.annotations.team", "requested cpu"]);
  assert.deepEqual(read("Deployment"), ["spec.x", "metadata.annotations.team"]);
});

Deno.test("cpu and memory are what a pod requests, and what a node has for pods", () => {
  const bodies = new Bodies();
  const requests = { cpu: "1500m", memory: "1Gi" };
  bodies.put("busy", { spec: { containers: [{ resources: { requests } }, { resources: { requests } }] } });
  bodies.put("idle", { spec: { containers: [{ name: "main" }] } });
  bodies.put("big", { status: { capacity: { cpu: "9" }, allocatable: { cpu: "7910m", memory: "30Gi" } } });
  assert.deepEqual(bodies.ask("CPU")[1], { busy: ["3"], idle: [], big: [] });
  assert.deepEqual(bodies.ask("memory")[1], { busy: ["2Gi"], idle: [], big: [] });
  assert.deepEqual(bodies.ask("cpu", { kind: "Node" })[1], { busy: [], idle: [], big: ["7910m"] });
});

Deno.test("only so many annotations of an object are looked at, and the others are counted", () => {
  const bodies = new Bodies();
  bodies.put("a", { metadata: { annotations: { e: "5", d: "4", c: "3", b: "2", a: "1" } } });
  bodies.put("b", { metadata: { annotations: { d: "4" } } });
  assert.deepEqual(bodies.ask("metadata.annotations.d")[1], { a: [], b: ["4"] });
  assert.deepEqual(bodies.ask("metadata.annotations.c")[1], { a: ["3"], b: [] });
  assert.equal(bodies.paths.annotationsLeftOut, 2);
  bodies.put("a", { metadata: { annotations: { d: "4" } } });
  assert.deepEqual(bodies.ask("metadata.annotations.d")[1], { a: ["4"], b: ["4"] });
  assert.equal(bodies.paths.annotationsLeftOut, 0);
});

Deno.test("of a whole that was read, only the rows that changed are looked at again", () => {
  const bodies = new Bodies();
  for (const uid of ["a", "b"]) bodies.put(uid, { spec: { node: "n1" } });
  bodies.ask("spec.node");
  bodies.touch("c");
  const slots = bodies.snapshot.changes!;
  assert.deepEqual(bodies.ask("spec.node", { slots }), [false, { a: ["n1"], b: ["n1"], c: null }]);
  assert.equal(bodies.reads, 3);
  bodies.remove("c");
  assert.equal(
    bodies.ask("spec.node", { slots: bodies.snapshot.changes! })[0],
    true,
    "what is gone lacks nothing",
  );
});
