import assert from "node:assert/strict";
import { cellReaders, parseAge, storeColumns } from "./columns.ts";

const NOW = 1_700_000_000_000;
const column = (name: string, type: string) => ({ name, type, format: "", description: "", priority: 0 });

function read(name: string, type: string, cell: unknown, createdMs = 0): unknown {
  const [reader] = cellReaders(storeColumns([column(name, type)]));
  return reader!(cell, { receivedMs: NOW, createdMs });
}

Deno.test("ages parse as the server writes them", () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ["45s", 45_000],
    ["3m20s", 200_000],
    ["3d4h", 273_600_000],
    ["2y11d", 741 * 86_400_000],
    ["<unknown>", null],
    ["", null],
    ["5", null],
    ["5min", null],
    ["m5", null],
  ];
  for (const [text, ms] of cases) assert.equal(parseAge(text)?.ms ?? null, ms, text);
});

Deno.test("AGE is the creation time where the two agree, else counted back from arrival", () => {
  const threeDays = NOW - 3 * 86_400_000 - 7_000_000;
  assert.equal(read("Age", "date", "3d", threeDays), threeDays);
  assert.equal(read("Age", "string", "5m", threeDays), NOW - 300_000);
  assert.equal(read("Age", "string", "5m"), NOW - 300_000);
});

Deno.test("other times come from their age or timestamp, and never from the creation time", () => {
  assert.equal(read("Last Seen", "string", "30s", NOW - 60_000), NOW - 30_000);
  assert.equal(read("Expires", "date", "2023-11-14T22:13:20Z"), NOW);
  assert.equal(read("Last Schedule", "string", "<none>"), "<none>");
});

Deno.test("a restart's age becomes a point in time", () => {
  assert.equal(read("Restarts", "string", "3 (5m ago)"), `3 (@${NOW - 300_000} ago)`);
  assert.equal(read("Restarts", "string", "0"), "0");
  assert.equal(read("Restarts", "string", 4), "4");
});

Deno.test("whatever a server sends becomes a cell", () => {
  assert.equal(read("Replicas", "integer", 3), 3);
  assert.equal(read("Replicas", "integer", "<none>"), "<none>");
  assert.equal(read("Ready", "boolean", true), "true");
  assert.equal(read("Hosts", "string", ["a", "b"]), '["a","b"]');
  assert.equal(read("Hosts", "string", null), "");
});

Deno.test("a cell of integers past 2^53 reads as its JSON", () => {
  assert.equal(read("Limits", "string", [12345678901234567890n]), "[12345678901234567890]");
});
