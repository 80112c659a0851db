import assert from "node:assert/strict";
import type { Column, FeedStatus, Row, WindowUpdate } from "../engine/protocol.ts";
import { CHANGED_MS, RowWindow } from "./row_window.ts";

const COLUMNS: readonly Column[] = [
  { name: "Name", type: "string", format: "name", description: "", priority: 0, cell: "text" },
  { name: "Status", type: "string", format: "", description: "", priority: 0, cell: "text" },
];
const LIVE: FeedStatus = {
  phase: "live",
  loaded: 3,
  expected: null,
  freshMs: 0,
  retryMs: null,
  error: null,
  dropped: 0,
};

function row(name: string, status = "Running"): Row {
  return { uid: name, namespace: "", name, cells: [name, status], labels: {}, createdMs: 0, deleting: false };
}

function update(changed: WindowUpdate["changed"], rest: Partial<WindowUpdate> = {}): WindowUpdate {
  return { epoch: 1, generation: 0, from: 0, length: 3, total: 3, matched: 3, changed, ...rest };
}

function filled(): RowWindow {
  const window = new RowWindow();
  const rows = ["a", "b", "c"].map((name, at) => [at, row(name)] as const);
  window.apply(update(rows, { columns: COLUMNS, status: LIVE }), 0);
  return window;
}

function changed(window: RowWindow, uid: string, nowMs: number): readonly number[] {
  return [...window.changedCells(uid, nowMs, () => {}) ?? []];
}

Deno.test("updates add up to the window", () => {
  const window = filled();
  window.apply(update([[1, row("x")]], { length: 2 }), 0);
  assert.deepEqual(window.rows.map((r) => r?.name), ["a", "x"]);
  window.apply(update([[0, row("m")]], { from: 10, length: 3 }), 0);
  assert.deepEqual([window.at(10)?.name, window.at(11)?.name, window.at(12), window.at(0)], [
    "m",
    "x",
    undefined,
    undefined,
  ]);
  assert.equal(window.indexOf("x"), 11);
  assert.equal(window.indexOf("a"), -1);
  assert.equal(window.to, 13);
});

Deno.test("a cell counts as changed for a while, wherever its row moved", () => {
  const window = filled();
  assert.deepEqual(changed(window, "a", 0), [], "the first rows are no change");
  window.apply(update([[0, row("b", "Failed")], [1, row("a")]]), 1000);
  assert.deepEqual(changed(window, "b", 1000), [1]);
  assert.deepEqual(changed(window, "a", 1000), [], "moved only");
  let wakeMs = 0;
  window.changedCells("b", 1000, (atMs) => wakeMs = atMs);
  assert.equal(wakeMs, 1000 + CHANGED_MS);
  assert.deepEqual(changed(window, "b", 1000 + CHANGED_MS), []);
});

Deno.test("while listing nothing counts as changed", () => {
  const window = filled();
  window.apply(update([], { status: { ...LIVE, phase: "listing" } }), 0);
  window.apply(update([[0, row("a", "Failed")]]), 0);
  assert.deepEqual(changed(window, "a", 0), []);
});
