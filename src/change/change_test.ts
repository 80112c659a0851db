import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import { deleteObject, patchObject, pathText, readObject, serverApply } from "../apply/mod.ts";
import { type Memory, openMemory } from "../persist/mod.ts";
import { type Embedded, openEmbedded } from "../../tests/support/embedded.ts";
import { resource } from "../../tests/support/resources.ts";
import { type Change, type Outcome, performChange, planUndo, previewChange } from "./mod.ts";

const TARGET = { resource: resource("ConfigMap"), namespace: "default", name: "c" };
const OBJECT = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "1", b: "1" } };

class Rig implements AsyncDisposable {
  private constructor(readonly cluster: Embedded, readonly memory: Memory) {}

  static async open(): Promise<Rig> {
    const memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
    const rig = new Rig(await openEmbedded(), memory);
    await rig.cluster.create(OBJECT);
    return rig;
  }

  apply(data: Record<string, string>, target = TARGET): Change {
    const { client } = this.cluster;
    const { resource: { kind }, name } = target;
    const configuration = { apiVersion: "v1", kind, metadata: { name }, data };
    return {
      verb: "apply",
      target,
      fieldManager: "orka",
      send: (options) => serverApply(client, target, { configuration, force: true, ...options }),
    };
  }

  delete(): Change {
    return {
      verb: "delete",
      target: TARGET,
      fieldManager: "orka",
      send: async (options) => {
        await deleteObject(this.cluster.client, TARGET, options);
        return null;
      },
    };
  }

  preview(change: Change): Promise<Outcome> {
    return previewChange(change, { client: this.cluster.client });
  }

  perform(change: Change): Promise<Outcome> {
    return performChange(change, { client: this.cluster.client, memory: this.memory, user: "jane" });
  }

  async data(): Promise<unknown> {
    return (await readObject(this.cluster.client, TARGET))?.data ?? null;
  }

  /** Somebody else writes. */
  async others(patch: object): Promise<void> {
    await patchObject(this.cluster.client, TARGET, { type: "merge", patch, fieldManager: "others" });
  }

  async planUndo(id?: number) {
    const entry = id === undefined ? this.memory.audit.list()[0]! : this.memory.audit.get(id)!;
    const bodies = this.memory.audit.bodies(entry.id);
    return await planUndo({ client: this.cluster.client, resource: TARGET.resource, entry, bodies });
  }

  async undo(): Promise<void> {
    await this.perform((await this.planUndo()).change);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.memory.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

const paths = ({ changes }: Outcome) => changes.map(({ type, path }) => `${type} ${pathText(path)}`);

async function refusal(work: Promise<unknown>): Promise<OrkaError> {
  const error = await work.then(() => assert.fail("it was not refused"), (error) => error);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

Deno.test("a preview shows what the server would make of it, and keeps nothing", async () => {
  await using rig = await Rig.open();
  const outcome = await rig.preview(rig.apply({ a: "2", new: "x" }));
  assert.deepEqual(paths(outcome), ["replace data.a", "add data.new"]);
  assert.deepEqual(await rig.data(), { a: "1", b: "1" });
  assert.deepEqual(rig.memory.audit.list(), []);
});

Deno.test("what was done is remembered with who did it, and what it changed", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  const [entry] = rig.memory.audit.list();
  assert.deepEqual([entry!.verb, entry!.user, entry!.fieldManager, entry!.ref.name], [
    "apply",
    "jane",
    "orka",
    "c",
  ]);
  assert.match(entry!.summary, /data\.a/);
  assert.deepEqual(entry!.inverse, { verb: "restore" });
  assert.equal(rig.memory.snapshots.list({ uid: entry!.ref.uid }).length, 1);
});

Deno.test("a change that changes nothing is not in undo's way", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  await rig.perform(rig.apply({ a: "2" }));
  assert.equal(rig.memory.audit.list().length, 1);
});

Deno.test("undo sets back what was changed, and keeps what others did since", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2", new: "x" }));
  await rig.others({ data: { b: "theirs" } });
  const { conflicts, change } = await rig.planUndo();
  assert.deepEqual(conflicts, []);
  assert.deepEqual(paths(await rig.preview(change)), ["remove data.new", "replace data.a"]);
  await rig.perform(change);
  assert.deepEqual(await rig.data(), { a: "1", b: "theirs" });
});

Deno.test("undo names the fields that others changed since", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  await rig.others({ data: { a: "theirs" } });
  const { conflicts } = await rig.planUndo();
  assert.deepEqual(conflicts.map(({ path, theirs }) => [pathText(path), theirs]), [["data.a", "theirs"]]);
});

Deno.test("a write between the plan of an undo and the undo refuses it", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  const { change } = await rig.planUndo();
  await rig.others({ data: { b: "late" } });
  assert.equal((await refusal(rig.perform(change))).code, "conflict");
  assert.deepEqual(await rig.data(), { a: "2", b: "late" });
});

Deno.test("what was deleted is made anew, and what was created is deleted", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.delete());
  assert.equal(await rig.data(), null);
  assert.equal(rig.memory.audit.list()[0]!.summary, "deleted");
  await rig.undo();
  assert.deepEqual(await rig.data(), { a: "1", b: "1" });
  await rig.undo();
  assert.equal(await rig.data(), null);
});

Deno.test("an object made anew since is not the one that was changed", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  await deleteObject(rig.cluster.client, TARGET);
  assert.match((await refusal(rig.planUndo())).message, /is gone/);
  await rig.cluster.create(OBJECT);
  assert.match((await refusal(rig.planUndo())).message, /made anew/);
});

Deno.test("a deletion that finalizers hold is not one to take back yet", async () => {
  await using rig = await Rig.open();
  await rig.others({ metadata: { finalizers: ["example.com/hold"] } });
  await rig.perform(rig.delete());
  assert.match((await refusal(rig.planUndo())).message, /is still ending/);
  await rig.others({ metadata: { finalizers: [] } });
  await rig.cluster.create(OBJECT);
  assert.match((await refusal(rig.planUndo(1))).message, /is there again/);
});

Deno.test("what was taken back is not taken back twice; what has no way back says so", async () => {
  await using rig = await Rig.open();
  await rig.perform(rig.apply({ a: "2" }));
  const { id } = rig.memory.audit.list()[0]!;
  await rig.undo();
  assert.match((await refusal(rig.planUndo(id))).message, /taken back already/);
  await rig.perform({ ...rig.apply({ a: "3" }), verb: "rollout restart", canUndo: false });
  assert.match((await refusal(rig.planUndo())).message, /no way back/);
});

Deno.test("a Secret's values are not kept, so its change can't be taken back", async () => {
  await using rig = await Rig.open();
  await rig.cluster.create({ ...OBJECT, kind: "Secret", data: { a: "c2VjcmV0" } });
  await rig.perform(rig.apply({ a: "bmV3" }, { ...TARGET, resource: resource("Secret") }));
  const [entry] = rig.memory.audit.list();
  assert.doesNotMatch(JSON.stringify([entry, rig.memory.audit.bodies(entry!.id)]), /bmV3|c2VjcmV0/);
  assert.match((await refusal(rig.planUndo())).message, /Secret's values are not kept/);
});
