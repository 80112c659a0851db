import assert from "node:assert/strict";
import { OrkaError } from "../../base/mod.ts";
import { LogLine, logSource } from "./log_entry.ts";
import { createLogFilter, type LogFilterSpec } from "./log_filter.ts";

const source = logSource({ namespace: "n", pod: "p", container: "c", role: "container", containers: ["c"] });

function line(text: string): LogLine {
  return new LogLine(source, 0, new TextEncoder().encode(text), { stampBytes: 0 });
}

const LINES = [
  '{"level":"info","status":200,"path":"/a"}',
  '{"level":"warn","status":404,"path":"/b"}',
  '{"level":"error","status":502,"path":"/api/c","user":"x"}',
  "plain ERROR line",
  "plain line",
].map(line);

/** Numbers of the lines that are kept. */
function kept(spec: LogFilterSpec): number[] {
  const filter = createLogFilter(spec)!;
  return LINES.flatMap((entry, at) => filter(entry) ? [at] : []);
}

Deno.test("lines are kept by expressions: any of include, none of exclude", () => {
  assert.equal(createLogFilter({}), null);
  assert.deepEqual(kept({ include: ["plain", "502"] }), [2, 3, 4]);
  assert.deepEqual(kept({ include: ["error"] }), [2]);
  assert.deepEqual(kept({ include: ["(?i)error"] }), [2, 3]);
  assert.deepEqual(kept({ exclude: ["plain", "info"] }), [1, 2]);
  assert.deepEqual(kept({ include: ["plain"], exclude: ["ERROR"] }), [4]);
});

Deno.test("filters on fields compare levels by rank, numbers by value, the rest as text", () => {
  const table: readonly (readonly [string, number[]])[] = [
    ["level=error", [2, 3]],
    ["level>=warn", [1, 2, 3]],
    ["level<warn", [0]],
    ["level!=info", [1, 2, 3, 4]],
    ["level=~^(warn|error)$", [1, 2, 3]],
    ["status>=404", [1, 2]],
    ["status>99", [0, 1, 2]],
    ["status = 200", [0]],
    ["path=~^/api", [2]],
    ["path!~^/api", [0, 1, 3, 4]],
    ["user!=x", [0, 1, 3, 4]],
    ["path=/b", [1]],
    ["path==/b", [1]],
    ["nope=1", []],
  ];
  for (const [where, lines] of table) assert.deepEqual(kept({ where: [where] }), lines, where);
  assert.deepEqual(kept({ where: ["level>=warn", "status<500"] }), [1]);
});

Deno.test("a value may be quoted, and what is in the quotes is the value alone", () => {
  assert.deepEqual(kept({ where: ['path="/b"'] }), [1]);
  assert.deepEqual(kept({ where: ["user != 'x'"] }), [0, 1, 3, 4]);
  assert.deepEqual(kept({ where: ['path=">x"'] }), []);
  assert.deepEqual(kept({ where: ["path=~>|^/b"] }), [1], "an expression begins as it likes");
  assert.deepEqual(kept({ where: ["user="] }), [], "an empty value");
});

Deno.test("what does not parse is a mistake on the command line, with its column", () => {
  const columns: Readonly<Record<string, number>> = {
    "n>>5": 3,
    "n=>5": 3,
    "n<>5": 3,
    "n===5": 4,
    "n !== 5": 5,
    "level>>warn": 7,
    level: 6,
    "status 200": 8,
    "n!5": 2,
    ">5": 1,
    "  =x": 3,
    "": 1,
    "n>": 3,
    "n>=  ": 6,
    "n=~": 4,
    "level=": 7,
    "level=loud": 7,
    "a=~(": 4,
    'a="b': 3,
    'a="b"c': 6,
  };
  for (const [where, column] of Object.entries(columns)) {
    assert.throws(
      () => createLogFilter({ where: [where] }),
      (error) =>
        error instanceof OrkaError && error.code === "usage" &&
        error.message.startsWith(`--where, column ${column}: `) &&
        error.message.endsWith(`\n  ${where}\n  ${" ".repeat(column - 1)}^`),
      `${where}: column ${column}`,
    );
  }
  assert.throws(() => createLogFilter({ include: ["("] }), { code: "usage" });
});
