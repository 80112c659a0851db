/** Seeded: a person's edit and its undo against somebody else who writes at every turn. */
import assert from "node:assert/strict";
import { type ObjectTarget, patchObject, readObject } from "../apply/mod.ts";
import { ManualClock, seededRandom } from "../base/mod.ts";
import { type Memory, openMemory } from "../persist/mod.ts";
import { type Embedded, openEmbedded } from "../../tests/support/embedded.ts";
import { resource } from "../../tests/support/resources.ts";
import { EditSession, liveSource, newestChange, performChange, planUndo } from "./mod.ts";

const SEEDS = 20;
type Data = Record<string, string>;

/** Keys that begin with `m` are the person's, those with `o` are the others'. */
const MINE = ["m0", "m1", "m2", "m3"];
const THEIRS = ["o0", "o1", "o2", "o3"];

class Play {
  readonly target: ObjectTarget;

  constructor(
    private readonly cluster: Embedded,
    private readonly memory: Memory,
    private readonly random: () => number,
    name: string,
  ) {
    this.target = { resource: resource("ConfigMap"), namespace: "default", name };
  }

  async run(): Promise<void> {
    const { name } = this.target;
    const first = { ...this.#some(MINE), ...this.#some(THEIRS) };
    await this.cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: first });
    const wanted = await this.#edits(first);
    const done = await this.#data();
    assert.deepEqual(only(done, MINE), wanted, "the edit");
    await this.#others();
    const others = only(await this.#data(), THEIRS);
    if (await this.#undoes()) {
      assert.deepEqual(await this.#data(), { ...others, ...only(first, MINE) }, "the undo");
    }
  }

  /** What the person's keys are to be. */
  async #edits(first: Data): Promise<Data> {
    const object = (await readObject(this.cluster.client, this.target))!;
    const { client } = this.cluster;
    const session = new EditSession({
      client,
      source: liveSource([{ target: this.target, object }]),
      validator: null,
    });
    let wanted = only(first, MINE);
    for (let turn = 0; turn < 3; turn++) {
      const others = await this.#others();
      wanted = this.random() < 0.7 ? this.#some(MINE) : wanted;
      const { apiVersion, kind, metadata: { name, namespace } } = object;
      const data = { ...only(first, THEIRS), ...wanted };
      const step = await session.read(
        JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, data }),
      );
      assert.ok(step.type === "ready" || step.type === "unchanged", `turn ${turn}: ${JSON.stringify(step)}`);
      assert.deepEqual(only(await this.#data(), THEIRS), others);
      if (turn < 2 || step.type === "unchanged") continue;
      for (const { change } of step.edits) {
        await performChange(change, { client, memory: this.memory, user: "jane" });
      }
      assert.deepEqual(only(await this.#data(), THEIRS), others);
    }
    return wanted;
  }

  async #undoes(): Promise<boolean> {
    const { client } = this.cluster;
    const entry = newestChange(this.memory.audit, { cluster: client.target.server });
    if (entry?.ref.name !== this.target.name) return false;
    const bodies = this.memory.audit.bodies(entry.id);
    const plan = await planUndo({ client, resource: this.target.resource, entry, bodies });
    assert.deepEqual(plan.conflicts, []);
    await performChange(plan.change, { client, memory: this.memory, user: "jane" });
    return true;
  }

  /** Somebody else sets and takes out some of their keys. */
  async #others(): Promise<Data> {
    const data = Object.fromEntries(THEIRS.map((key) => [key, this.random() < 0.4 ? null : this.#value()]));
    await patchObject(this.cluster.client, this.target, {
      type: "merge",
      patch: { data },
      fieldManager: "others",
    });
    return only(await this.#data(), THEIRS);
  }

  async #data(): Promise<Data> {
    return ((await readObject(this.cluster.client, this.target))!.data ?? {}) as Data;
  }

  #some(keys: readonly string[]): Data {
    return Object.fromEntries(keys.filter(() => this.random() < 0.6).map((key) => [key, this.#value()]));
  }

  #value(): string {
    return String(Math.floor(this.random() * 3));
  }
}

function only(data: Data, keys: readonly string[]): Data {
  return Object.fromEntries(keys.filter((key) => key in data).map((key) => [key, data[key]!]));
}

Deno.test("property: an edit does what was typed, its undo takes that back, and what others write stays", async () => {
  await using cluster = await openEmbedded();
  using memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await new Play(cluster, memory, seededRandom(seed), `c${seed}`).run();
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
});
