import assert from "node:assert/strict";
import { resourceOf } from "../../../tests/support/resources.ts";
import { ManualClock, seededRandom } from "../../base/mod.ts";
import { RowTable, storeColumns } from "../../store/mod.ts";
import type { Filter, Row, Sort } from "../protocol.ts";
import { matchText } from "../../search/mod.ts";
import { naturalCompare } from "./natural_compare.ts";
import { BaseOrder } from "./row_order.ts";
import { RowView } from "./row_view.ts";
import { readRow, WindowDiff } from "./window_diff.ts";

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
  column("Cpu", "string"),
  column("Age", "string"),
]);
const NO_BODIES = { resource: resourceOf("Pod"), read: () => null, maxAnnotations: null };
const NOW = 1_700_000_000_000;

/** A feed in miniature: a table, its base order, one view and a reader that applies its diffs. */
class Rig {
  readonly clock = new ManualClock(NOW);
  readonly table = new RowTable();
  readonly base = new BaseOrder();
  readonly view: RowView;
  readonly diff = new WindowDiff();
  /** What the reader has. */
  held: Row[] = [];

  constructor() {
    this.table.setColumns(COLUMNS);
    const snapshot = this.table.publish();
    this.base.update(snapshot);
    this.view = new RowView(snapshot, this.base.order, {
      clock: this.clock,
      bodies: NO_BODIES,
      onReady: () => {},
    });
  }

  put(
    name: string,
    cells: readonly unknown[],
    more: { namespace?: string; labels?: Record<string, string> } = {},
  ) {
    const namespace = more.namespace ?? "a";
    this.table.upsert({
      uid: `uid-${namespace}-${name}`,
      namespace,
      name,
      resourceVersion: "1",
      createdMs: NOW - 1000 * name.length,
      deleting: false,
      labels: more.labels ?? {},
      malformed: "",
      cells: [name, ...cells],
    }, { receivedMs: NOW, by: "watch" });
  }

  publish(): void {
    const snapshot = this.table.publish();
    this.base.update(snapshot);
    this.view.update(snapshot, this.base.order);
  }

  names(): string[] {
    return [...this.view.order].map((slot) => this.view.snapshot.name(slot));
  }

  /** Applies the next diff of a window as a reader does. */
  read(from: number, to: number): Row[] {
    const { length, changed } = this.diff.next(this.view.snapshot, this.view.order, { from, to });
    this.held.length = length;
    for (const [at, row] of changed) this.held[at] = row;
    return this.held;
  }
}

function rig(rows: readonly (readonly [string, ...unknown[]])[]): Rig {
  const made = new Rig();
  for (const [name, ...cells] of rows) made.put(name, cells);
  made.publish();
  return made;
}

const regex = (pattern: string, inverse = false): Filter => ({ type: "regex", pattern, inverse });

Deno.test("without a sort rows stand by namespace, then name", () => {
  const view = new Rig();
  view.put("b", [], { namespace: "x" });
  view.put("a", [], { namespace: "y" });
  view.put("a", [], { namespace: "x" });
  view.publish();
  assert.deepEqual(
    [...view.view.order].map((s) => view.view.snapshot.namespace(s) + view.view.snapshot.name(s)),
    [
      "xa",
      "xb",
      "ya",
    ],
  );
});

Deno.test("columns sort as what they hold, empties last either way", () => {
  const rows = rig([
    ["w-10", "b", 3, "1500m", "5m"],
    ["w-9", "a", 20, "2", "3d"],
    ["w-1", "", "", "", ""],
    ["w-2", "a", 7, "1", "10s"],
  ]);
  const by = (column: string, descending = false) => {
    rows.view.setQuery(null, { column, descending });
    return rows.names();
  };
  assert.deepEqual(by("Name"), ["w-1", "w-2", "w-9", "w-10"]);
  assert.deepEqual(by("Count"), ["w-10", "w-2", "w-9", "w-1"]);
  assert.deepEqual(by("Count", true), ["w-9", "w-2", "w-10", "w-1"]);
  assert.deepEqual(by("cpu"), ["w-2", "w-10", "w-9", "w-1"]);
  assert.deepEqual(by("Age"), ["w-2", "w-10", "w-9", "w-1"], "youngest first");
  assert.deepEqual(by("Status", true), ["w-10", "w-2", "w-9", "w-1"]);
  assert.deepEqual(by("No such"), ["w-1", "w-10", "w-2", "w-9"]);
});

Deno.test("a filter finds text in any cell, the name and the namespace", () => {
  const rows = rig([["web-1", "Running", 3], ["web-2", "Failed", 12], ["db-1", "Running", 1]]);
  const find = (filter: Filter) => {
    rows.view.setQuery(filter, null);
    return rows.names();
  };
  assert.deepEqual(find(regex("RUN")), ["db-1", "web-1"]);
  assert.deepEqual(find(regex("^12$")), ["web-2"]);
  assert.deepEqual(find(regex("web-[2")), [], "a broken pattern is plain text");
  assert.deepEqual(find(regex("^a/db")), ["db-1"]);
  assert.deepEqual(find(regex("web", true)), ["db-1"]);
  assert.deepEqual(find(regex("")), ["db-1", "web-1", "web-2"]);
});

Deno.test("hidden columns take no part in a filter that looks only at the usual ones", () => {
  const rows = new RowTable();
  rows.setColumns(storeColumns(["Name", "Node"].map((name, priority) => ({
    name,
    type: "string",
    format: "",
    description: "",
    priority,
  }))));
  const put = { namespace: "a", resourceVersion: "1", createdMs: NOW, deleting: false, labels: {} };
  rows.upsert({ ...put, uid: "u", name: "web", malformed: "", cells: ["web", "node-7"] }, {
    receivedMs: NOW,
    by: "list",
  });
  const snapshot = rows.publish();
  const base = new BaseOrder();
  base.update(snapshot);
  const view = new RowView(snapshot, base.order, {
    clock: new ManualClock(NOW),
    bodies: NO_BODIES,
    onReady: () => {},
  });
  const count = (filter: Filter) => {
    view.setQuery(filter, null);
    return view.order.length;
  };
  const usual = (pattern: string): Filter => ({ type: "regex", pattern, inverse: false, wide: false });
  assert.deepEqual([count(usual("node-7")), count(usual("web"))], [0, 1]);
  assert.equal(count(regex("node-7")), 1);
  assert.equal(count(usual("node")), 0);
  assert.equal(count(regex("node-7")), 1, "not narrowed down from fewer columns");
});

Deno.test("labels select, and a selector half typed matches nothing", () => {
  const rows = new Rig();
  rows.put("x", [], { labels: { app: "web" } });
  rows.put("y", [], { labels: { app: "db" } });
  rows.publish();
  rows.view.setQuery({ type: "labels", selector: "app in (web)" }, null);
  assert.deepEqual(rows.names(), ["x"]);
  rows.view.setQuery({ type: "labels", selector: "app in (web" }, null);
  assert.deepEqual(rows.names(), []);
});

Deno.test("fuzzy ranks the best first unless a sort is set", () => {
  const rows = rig([["a-wxexb", ""], ["web", ""], ["my-web", ""], ["other", ""]]);
  rows.view.setQuery({ type: "fuzzy", pattern: "web" }, null);
  assert.deepEqual(rows.names(), ["web", "my-web", "a-wxexb"]);
  rows.view.setQuery({ type: "fuzzy", pattern: "web" }, { column: "Name", descending: false });
  assert.deepEqual(rows.names(), ["a-wxexb", "my-web", "web"]);
});

Deno.test("every letter that a name can have is found, whatever its code", () => {
  const rows = rig([["a_b", ""], ["a-b", ""], ["a.b:c", ""]]);
  for (const [pattern, want] of [["_", "a_b"], ["-", "a-b"], [":", "a.b:c"], [".", "a.b:c"]] as const) {
    rows.view.setQuery({ type: "fuzzy", pattern }, null);
    assert.deepEqual(rows.names(), [want], pattern);
  }
});

Deno.test("nothing is sent when nothing changed", () => {
  const rows = rig([["a", "x"], ["b", "y"]]);
  rows.read(0, 10);
  const idle = rows.diff.next(rows.view.snapshot, rows.view.order, { from: 0, to: 10 });
  assert.deepEqual(idle, { from: 0, length: 2, changed: [] });
  rows.put("b", ["z"]);
  rows.publish();
  const diff = rows.diff.next(rows.view.snapshot, rows.view.order, { from: 0, to: 10 });
  assert.deepEqual(diff.changed.map(([at, row]) => [at, row.cells[1]]), [[1, "z"]]);
});

Deno.test("a long sort runs in slices; changes that come meanwhile are in its result", async () => {
  const rows = new Rig();
  for (let i = 0; i < 30_000; i++) rows.put(`n-${i}`, [`status-${(i * 7919) % 30_000}`, i]);
  rows.publish();
  // A clock that says a slice is over after every step.
  let now = 0;
  rows.clock.monotonic = () => (now += 10);
  rows.view.setQuery(null, { column: "Status", descending: false });
  assert.ok(rows.view.busy);
  rows.put("n-0", ["status-99999", 0]);
  rows.put("late", ["status--1", 0]);
  rows.publish();
  while (rows.view.busy) await rows.clock.advance(1);
  const names = rows.names();
  assert.equal(names.length, 30_001);
  assert.deepEqual([names[0], names.at(-1)], ["late", "n-0"]);
});

// ---- property: any history of changes, filters, sorts and windows against a plain model

/** The rows that a view should show, worked out the slow way from the snapshot. */
function model(rig: Rig, filter: Filter | null, sort: Sort | null): string[] {
  const { snapshot } = rig.table;
  const rows = [...snapshot.rows()].map((slot) => readRow(snapshot, slot))
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
  let kept = rows.filter((row) => passes(row, filter));
  if (filter?.type === "fuzzy" && sort === null && filter.pattern !== "") {
    const score = (row: Row) => fuzzyMatch(filter.pattern, row)!.score;
    kept = kept.sort((a, b) =>
      score(b) - score(a) || `${a.namespace}/${a.name}`.length - `${b.namespace}/${b.name}`.length
    );
  }
  if (sort === null) return kept.map((row) => row.uid);
  const at = COLUMNS.findIndex((c) => c.name === sort.column);
  const by = (a: Row, b: Row) => {
    const [x, y] = [a.cells[at]!, b.cells[at]!];
    if (x === y) return 0;
    if (x === "" || y === "") return x === "" ? 1 : -1;
    const ages = COLUMNS[at]!.cell === "time" ? -1 : 1;
    const way = typeof x === "number" && typeof y === "number"
      ? (x - y) * ages
      : naturalCompare(String(x), String(y));
    return sort.descending ? -way : way;
  };
  return kept.sort(by).map((row) => row.uid);
}

function fuzzyMatch(text: string, { namespace, name }: Row) {
  const term = { type: "text", negated: false, match: "fuzzy", text } as const;
  return matchText([term], { text: `${namespace}/${name}`, name: 0 });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function passes(row: Row, filter: Filter | null): boolean {
  if (filter === null) return true;
  if (filter.type === "labels") {
    return filter.selector === "" || row.labels["app"] === filter.selector.slice(4);
  }
  const texts = [
    row.name,
    row.namespace,
    ...row.cells.filter((_, i) => COLUMNS[i]!.cell !== "time").map(String),
  ];
  if (filter.type === "fuzzy") return fuzzyMatch(filter.pattern, row) !== null;
  if (filter.type === "query") throw new Error("queries are tested by themselves");
  const re = new RegExp(filter.pattern, "i");
  if (filter.pattern.includes("/")) texts.push(`${row.namespace}/${row.name}`);
  return texts.some((text) => re.test(text)) !== filter.inverse;
}

Deno.test("property: windows hold what a plain filter and sort would give, after any history", () => {
  const filters: (Filter | null)[] = [
    null,
    regex("1"),
    regex("12"),
    regex("s2"),
    regex("^web-1", true),
    regex("1", true),
    regex("12", true),
    regex("b/"),
    { type: "fuzzy", pattern: "w" },
    { type: "fuzzy", pattern: "w1" },
    { type: "fuzzy", pattern: "w12" },
    { type: "labels", selector: "app=a1" },
  ];
  const sorts: (Sort | null)[] = [
    null,
    ...["Name", "Status", "Count", "Age"].flatMap((column) => [
      { column, descending: false },
      { column, descending: true },
    ]),
  ];
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed);
    const below = (n: number) => Math.floor(random() * n);
    const rows = new Rig();
    let [filter, sort] = [filters[0]!, sorts[0]!] as [Filter | null, Sort | null];
    for (let step = 0; step < 120; step++) {
      for (let n = below(12); n > 0; n--) {
        const namespace = "abc"[below(3)]!;
        const name = `web-${below(60)}`;
        if (random() < 0.3) rows.table.remove(`uid-${namespace}-${name}`);
        else {
          const age = ["5m", "3d", "", "<unknown>", "10s"][below(5)]!;
          const count = below(4) === 0 ? "" : below(30);
          rows.put(name, [`s${below(6)}`, count, "1", age], { namespace, labels: { app: `a${below(3)}` } });
        }
      }
      rows.publish();
      if (random() < 0.3) filter = filters[below(filters.length)]!;
      if (random() < 0.2) sort = sorts[below(sorts.length)]!;
      rows.view.setQuery(filter, sort);
      const from = below(40);
      const got = rows.read(from, from + 20).map((row) => row.uid);
      const where = `seed ${seed} step ${step} ${JSON.stringify({ filter, sort, from })}`;
      const want = model(rows, filter, sort);
      assert.deepEqual([...rows.view.order].map((s) => rows.view.snapshot.uid(s)), want, where);
      assert.deepEqual(got, want.slice(from, from + 20), where);
      const { snapshot, order } = rows.view;
      assert.deepEqual(
        rows.held,
        [...order.subarray(from, from + 20)].map((slot) => readRow(snapshot, slot)),
        where,
      );
    }
  }
});
