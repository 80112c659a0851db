/** What disks, files, other processes and other versions do to the memory, and that it costs only what it must. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../base/mod.ts";
import { LATEST_VERSION, migrate } from "./migrations.ts";
import { type Memory, openMemory } from "./mod.ts";

const CHILD = new URL("./memory_child.ts", import.meta.url).pathname;

interface Rig {
  readonly directory: string;
  readonly file: string;
  readonly warnings: string[];
  open(more?: { directory?: string; maxBytes?: number }): Promise<Memory>;
}

async function withDirectory(use: (rig: Rig) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const warnings: string[] = [];
  const clock = new ManualClock();
  const warn = (message: string) => warnings.push(message);
  try {
    await use({
      directory,
      file: `${directory}/orka.db`,
      warnings,
      open: (more = {}) => openMemory({ directory, clock, warn, ...more }),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function refOf(uid: string) {
  return { cluster: "https://one", apiVersion: "v1", kind: "ConfigMap", namespace: "ns", name: uid, uid };
}

function snapshot(memory: Memory, uid: string, resourceVersion: string, text = ""): number | null {
  const metadata = { name: uid, namespace: "ns", uid, resourceVersion };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text } };
  return memory.snapshots.add({ ref: refOf(uid), object, verb: "apply" });
}

function spawn(directory: string, name: string, count: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", CHILD, directory, name, String(count)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split("\n").slice(0, -1).filter((line) => line !== "ready");
}

Deno.test("several processes write at once and nothing is lost", async () => {
  await withDirectory(async (rig) => {
    const names = ["a", "b", "c"];
    const outputs = await Promise.all(names.map((name) => spawn(rig.directory, name, 100).output()));
    const ids = outputs.flatMap(({ stdout }) => linesOf(stdout)).map(Number);
    assert.equal(new Set(ids).size, 300, "every entry has an id of its own, and none was warned of");
    using memory = await rig.open();
    assert.equal(memory.audit.list({ limit: 1_000 }).length, 300);
    assert.equal(memory.snapshots.list({ uid: "u1" }).length, 3);
    assert.deepEqual(memory.prefs.list("last.").map(([, value]) => value), ["99", "99", "99"]);
  });
});

Deno.test("a process killed while it writes loses nothing that was acknowledged", async () => {
  await withDirectory(async (rig) => {
    const kept: number[] = [];
    for (let round = 0; round < 5; round++) {
      const child = spawn(rig.directory, `r${round}`, 0);
      const reader = child.stdout.getReader();
      let bytes = new Uint8Array();
      while (linesOf(bytes).length < 5 + round * 7) {
        const { value } = await reader.read();
        bytes = new Uint8Array([...bytes, ...value!]);
      }
      child.kill("SIGKILL");
      await child.status;
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        bytes = new Uint8Array([...bytes, ...part.value]);
      }
      kept.push(...linesOf(bytes).map(Number));
    }
    using memory = await rig.open();
    const found = new Set(memory.audit.list({ limit: 100_000 }).map(({ id }) => id));
    assert.deepEqual(kept.filter((id) => !found.has(id)), []);
    assert.equal(memory.snapshots.list({ uid: "u1" }).length, 3);
    assert.deepEqual(rig.warnings, []);
  });
});

Deno.test("a corrupt file is set aside, said so, and a new one begun", async () => {
  await withDirectory(async (rig) => {
    Deno.writeTextFileSync(rig.file, "this is no database ".repeat(500));
    using memory = await rig.open();
    memory.prefs.set("a", "1");
    assert.equal(memory.prefs.get("a"), "1");
    assert.equal(memory.degraded, null);
    assert.equal(rig.warnings.length, 1);
    const aside = [...Deno.readDirSync(rig.directory)].find(({ name }) => name.includes(".corrupt-"))!;
    assert.ok(rig.warnings[0]!.includes(aside.name));
    assert.match(Deno.readTextFileSync(`${rig.directory}/${aside.name}`), /^this is no database/);
  });
});

Deno.test("damage inside of the file is found when it is met, and costs that file alone", async () => {
  await withDirectory(async (rig) => {
    const first = await rig.open();
    for (let i = 0; i < 200; i++) snapshot(first, `u${i}`, "1", crypto.randomUUID().repeat(20));
    first.close();
    const bytes = Deno.readFileSync(rig.file);
    bytes.fill(0xff, 4096, bytes.length - 4096);
    Deno.writeFileSync(rig.file, bytes);
    using memory = await rig.open();
    memory.snapshots.list({ uid: "u7" });
    assert.notEqual(snapshot(memory, "fresh", "1"), null);
    assert.equal(memory.snapshots.list({ uid: "fresh" }).length, 1);
    assert.match(rig.warnings.join("\n"), /was corrupt: it is set aside/);
  });
});

Deno.test("a file of a newer Orka, or of another program, is left as it is", async () => {
  for (const sql of [`PRAGMA user_version = ${LATEST_VERSION + 1}`, "PRAGMA application_id = 7"]) {
    await withDirectory(async (rig) => {
      (await rig.open()).close();
      const db = new DatabaseSync(rig.file);
      db.exec(sql);
      db.close();
      const before = Deno.readFileSync(rig.file);
      using memory = await rig.open();
      memory.prefs.set("a", "1");
      assert.equal(memory.prefs.get("a"), "1", "this process goes on in memory");
      assert.equal(rig.warnings.length, 1);
      assert.notEqual(memory.degraded, null);
      assert.deepEqual(Deno.readFileSync(rig.file), before);
    });
  }
});

Deno.test("a file of version 1 is brought up with what is in it", async () => {
  await withDirectory(async (rig) => {
    const db = new DatabaseSync(rig.file);
    migrate(db, 1);
    db.exec("INSERT INTO prefs VALUES ('a', '1')");
    db.exec(
      "INSERT INTO audit VALUES (5, 'https://one', 'apply', 'apps/v1/Deployment', 'ns', 'web', 'x: 1 -> 2')",
    );
    db.exec("INSERT INTO schema_cache VALUES ('k', 'e', NULL)");
    db.close();
    using memory = await rig.open();
    assert.equal(memory.prefs.get("a"), "1");
    const [entry] = memory.audit.list({ apiVersion: "apps/v2", kind: "Deployment" });
    assert.deepEqual([entry?.ts, entry?.verb, entry?.summary, entry?.inverse], [
      5,
      "apply",
      "x: 1 -> 2",
      null,
    ]);
    assert.equal(entry?.hasBodies, false);
    assert.deepEqual(rig.warnings, []);
  });
});

Deno.test("a directory that cannot be written costs one warning", async () => {
  await withDirectory(async (rig) => {
    Deno.writeTextFileSync(`${rig.directory}/file`, "");
    using memory = await rig.open({ directory: `${rig.directory}/file/below` });
    assert.notEqual(snapshot(memory, "u", "1"), null);
    assert.equal(memory.snapshots.list({ uid: "u" }).length, 1);
    assert.equal(rig.warnings.length, 1);
  });
});

Deno.test("a full disk costs what could not be written, and one warning", async () => {
  await withDirectory(async (rig) => {
    using memory = await rig.open({ maxBytes: 200_000 });
    const kept: (number | null)[] = [];
    for (let i = 0; i < 200; i++) kept.push(snapshot(memory, `u${i}`, "1", crypto.randomUUID().repeat(200)));
    for (let i = 0; i < 200; i++) memory.prefs.set(`k${i}`, crypto.randomUUID().repeat(200));
    assert.equal(rig.warnings.length, 1);
    assert.match(rig.warnings[0]!, /full/);
    assert.equal(memory.snapshots.list({ uid: "u0" }).length, 1, "what is there can still be read");
  });
});

Deno.test("after close everything is empty and nothing throws", async () => {
  await withDirectory(async (rig) => {
    const memory = await rig.open();
    memory.close();
    memory.close();
    assert.equal(snapshot(memory, "u", "1"), null);
    assert.deepEqual(memory.audit.list(), []);
  });
});

Deno.test("rotation keeps the newest three of each object, whatever the order and the clock (property)", async () => {
  const seed = Number(Deno.env.get("ORKA_TEST_SEED") ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  await withDirectory(async ({ directory, warnings }) => {
    let now = 1_000_000;
    const clock = Object.assign(new ManualClock(), { now: () => now });
    using memory = await openMemory({ directory, clock, warn: (message) => warnings.push(message) });
    const model = new Map<string, string[]>();
    for (let step = 0; step < 300; step++) {
      now += random(3) === 0 ? -random(5_000) : random(2); // clocks go back, and stand still
      const uid = `u${random(6)}`;
      const ts = snapshot(memory, uid, String(step));
      assert.notEqual(ts, null);
      model.set(uid, [String(step), ...model.get(uid) ?? []].slice(0, 3));
      const found = memory.snapshots.list({ uid });
      assert.deepEqual(found.map((s) => s.resourceVersion), model.get(uid), `seed ${seed}, step ${step}`);
      assert.equal(found[0]?.ts, ts, `seed ${seed}`);
    }
  });
});
