import assert from "node:assert/strict";
import { seededRandom } from "../base/mod.ts";
import { storeColumns } from "./columns.ts";
import type { RowInput } from "./row_input.ts";
import { RowTable } from "./row_table.ts";
import type { Snapshot } from "./snapshot.ts";

const column = (name: string, type: string, format = "") => ({
  name,
  type,
  format,
  description: "",
  priority: 0,
});
const COLUMNS = storeColumns([
  column("Name", "string", "name"),
  column("Status", "string"),
  column("Count", "integer"),
  column("Age", "string"),
]);

function row(uid: string, version: number, cells: readonly unknown[] = []): RowInput {
  return {
    uid,
    namespace: `ns-${version % 3}`,
    name: `name-${uid}`,
    resourceVersion: String(version),
    createdMs: 1_700_000_000_000,
    deleting: version % 5 === 0,
    labels: { app: `a${version % 4}` },
    malformed: "",
    cells,
  };
}

/** Rows by uid as plain data. */
function dump(snapshot: Snapshot): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const slot of snapshot.rows()) {
    out[snapshot.uid(slot)] = [
      snapshot.namespace(slot),
      snapshot.name(slot),
      snapshot.resourceVersion(slot),
      snapshot.deleting(slot),
      snapshot.labels(slot),
      snapshot.columns.map((_, i) => snapshot.cell(slot, i)),
    ];
  }
  return out;
}

function table(): RowTable {
  const made = new RowTable();
  made.setColumns(COLUMNS);
  return made;
}

const WATCHED = { receivedMs: 1_700_000_060_000, by: "watch" as const };
const LISTED = { ...WATCHED, by: "list" as const };
const VERIFIED = { ...WATCHED, by: "verify" as const };

Deno.test("a snapshot shows nothing until it is published, then everything at once", () => {
  const rows = table();
  const before = rows.publish();
  rows.upsert(row("a", 1), WATCHED);
  assert.equal(rows.snapshot, before);
  const after = rows.publish();
  assert.ok(after.epoch > before.epoch);
  assert.deepEqual([before.size, after.size], [0, 1]);
  assert.equal(rows.publish(), after, "nothing written: the same snapshot");
});

Deno.test("cells are held by their kind", () => {
  const rows = table();
  rows.upsert(row("a", 1, ["name-a", "Running", 3, "60s"]), WATCHED);
  rows.upsert(row("b", 2, ["name-b", null, "<none>", "<unknown>"]), WATCHED);
  const snapshot = rows.publish();
  const cells = (uid: string) => snapshot.columns.map((_, i) => snapshot.cell(rows.find(uid), i));
  assert.deepEqual(cells("a"), ["name-a", "Running", 3, 1_700_000_000_000]);
  assert.deepEqual(cells("b"), ["name-b", "", "<none>", "<unknown>"]);
});

Deno.test("a sweep keeps the old view until it ends, then drops what the list had not", () => {
  const rows = table();
  for (const uid of ["a", "b", "c"]) rows.upsert(row(uid, 1), WATCHED);
  const old = rows.publish();
  rows.beginSweep();
  rows.upsert(row("a", 1), LISTED);
  rows.upsert(row("d", 4), LISTED);
  assert.deepEqual(Object.keys(dump(old)).sort(), ["a", "b", "c"]);
  rows.sweep();
  assert.deepEqual(Object.keys(dump(rows.publish())).sort(), ["a", "d"]);
  assert.deepEqual(Object.keys(dump(old)).sort(), ["a", "b", "c"]);
});

Deno.test("a verified row neither overwrites a newer one nor brings back a removed one", () => {
  const rows = table();
  rows.upsert(row("a", 5, ["", "old"]), WATCHED);
  rows.upsert(row("b", 5), WATCHED);
  rows.beginSweep();
  rows.upsert(row("a", 9, ["", "new"]), WATCHED);
  rows.remove("b");
  rows.upsert(row("a", 7, ["", "stale"]), VERIFIED);
  rows.upsert(row("b", 5), VERIFIED);
  rows.upsert(row("c", 8), WATCHED);
  rows.sweep();
  const snapshot = rows.publish();
  assert.deepEqual(Object.keys(dump(snapshot)).sort(), ["a", "c"]);
  assert.equal(snapshot.cell(rows.find("a"), 1), "new");
});

Deno.test("a new list is believed even where its versions went back", () => {
  const rows = table();
  rows.upsert(row("a", 50, ["", "before the restore"]), WATCHED);
  rows.beginSweep();
  rows.upsert(row("a", 7, ["", "restored"]), LISTED);
  rows.sweep();
  assert.equal(rows.publish().cell(rows.find("a"), 1), "restored");
});

Deno.test("new columns empty the cells and let the list fill them again", () => {
  const rows = table();
  rows.upsert(row("a", 5, ["", "Running"]), WATCHED);
  const old = rows.publish();
  rows.beginSweep();
  rows.setColumns(storeColumns([column("Phase", "string")]));
  rows.upsert(row("a", 5, ["Bound"]), LISTED);
  rows.sweep();
  const snapshot = rows.publish();
  assert.equal(snapshot.changes, null);
  assert.deepEqual([snapshot.cell(rows.find("a"), 0), snapshot.name(rows.find("a"))], ["Bound", "name-a"]);
  assert.equal(old.cell(0, 1), "Running");
});

Deno.test("strings of dead rows go when enough of them are dead", () => {
  const rows = table();
  for (let i = 0; i < 40_000; i++) {
    rows.upsert(row("a", i + 1, ["", `status-${i}`]), WATCHED);
    if (i % 100 === 0) rows.publish();
  }
  const snapshot = rows.publish();
  assert.ok(snapshot.pool.size < 20_000, `${snapshot.pool.size} strings for one row`);
  assert.equal(snapshot.cell(rows.find("a"), 1), "status-39999");
  assert.deepEqual(snapshot.labels(rows.find("a")), { app: "a0" });
});

/** Applies one random step to the table and to a plain Map. */
function step(
  rows: RowTable,
  model: Map<string, RowInput>,
  at: { random: () => number; version: number },
): void {
  const pick = Math.floor(at.random() * 700);
  const uid = pick % 2 ? `uid-${pick}` : `${pick.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
  if (at.random() < 0.25) {
    rows.remove(uid);
    model.delete(uid);
    return;
  }
  const input = row(uid, at.version, [`name-${uid}`, `s${at.version % 7}`, at.version % 11, "x"]);
  rows.upsert(input, WATCHED);
  model.set(uid, input);
}

function dumpModel(model: Map<string, RowInput>): Record<string, unknown> {
  return Object.fromEntries([...model].map(([uid, r]) => [
    uid,
    [r.namespace, r.name, r.resourceVersion, r.deleting, r.labels, r.cells],
  ]));
}

Deno.test("property: every snapshot shows what a Map had when it was published, for ever", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seededRandom(seed);
    const rows = table();
    const model = new Map<string, RowInput>();
    const held: { snapshot: Snapshot; want: unknown }[] = [];
    for (let version = 1; version <= 3000; version++) {
      step(rows, model, { random, version });
      if (random() > 0.01) continue;
      const snapshot = rows.publish();
      assert.equal(snapshot.size, model.size, `seed ${seed}`);
      held.push({ snapshot, want: dumpModel(model) });
    }
    for (const { snapshot, want } of held) {
      assert.deepEqual(dump(snapshot), want, `seed ${seed} epoch ${snapshot.epoch}`);
    }
    const epochs = held.map((h) => h.snapshot.epoch);
    assert.deepEqual(epochs, [...epochs].sort((a, b) => a - b), `seed ${seed}`);
  }
});

Deno.test("property: the changes of a snapshot are exactly what differs from the one before", () => {
  for (let seed = 100; seed < 110; seed++) {
    const random = seededRandom(seed);
    const rows = table();
    const model = new Map<string, RowInput>();
    rows.publish();
    let before = rows.publish();
    for (let version = 1; version <= 2000; version++) {
      step(rows, model, { random, version });
      if (random() > 0.02) continue;
      const snapshot = rows.publish();
      const changes = new Set(snapshot.changes);
      assert.equal(changes.size, snapshot.changes!.length, `seed ${seed}: each slot once`);
      for (let slot = 0; slot < snapshot.slots; slot++) {
        if (changes.has(slot)) continue;
        const same = before.alive(slot) === snapshot.alive(slot) && before.uid(slot) === snapshot.uid(slot) &&
          before.resourceVersion(slot) === snapshot.resourceVersion(slot);
        assert.ok(same, `seed ${seed} slot ${slot} changed unsaid`);
      }
      before = snapshot;
    }
  }
});

Deno.test("rows without a resourceVersion are taken as they come", () => {
  const made = table();
  const unversioned = (count: number) => ({ ...row("u", 1, ["u", "ok", count]), resourceVersion: "" });
  for (const [count, how] of [[1, LISTED], [2, LISTED], [3, WATCHED], [4, VERIFIED]] as const) {
    made.upsert(unversioned(count), how);
    assert.equal(made.publish().cell(0, 2), count);
  }
});
