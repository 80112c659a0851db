import assert from "node:assert/strict";
import { levelOf, pickField, readFields } from "./log_fields.ts";

Deno.test("JSON objects and logfmt have fields, in their order; prose has none", () => {
  const table: readonly (readonly [string, Readonly<Record<string, unknown>> | null])[] = [
    ['{"level":"info","n":1,"a":{"b":[1]}}', { level: "info", n: 1, a: { b: [1] } }],
    ['  {"msg":"x"}  ', { msg: "x" }],
    ['{"msg":"cut', null],
    ["{not json}", null],
    ["[1,2]", null],
    ['time=2026 level=warn msg="slow \\"reply\\"" empty= took=3ms', {
      time: "2026",
      level: "warn",
      msg: 'slow "reply"',
      empty: "",
      took: "3ms",
    }],
    ["set a=1 and b=2", null],
    ["a=1", null],
    ["a=1 b", null],
    ["plain words", null],
    ["", null],
  ];
  for (const [text, fields] of table) {
    const read = readFields(text);
    assert.deepEqual(read === null ? null : Object.fromEntries(read), fields, text);
    if (fields !== null) assert.deepEqual([...read!.keys()], Object.keys(fields), text);
  }
});

Deno.test("a field is found by its path and by its usual other names", () => {
  const fields = readFields('{"severity":"WARN","message":"m","http":{"status":502},"a.b":1}')!;
  assert.equal(pickField(fields, "level"), "WARN");
  assert.equal(pickField(fields, "msg"), "m");
  assert.equal(pickField(fields, "http.status"), 502);
  assert.equal(pickField(fields, "a.b"), 1);
  assert.equal(pickField(fields, "http.status.code"), undefined);
  assert.equal(pickField(fields, "nope"), undefined);
});

Deno.test("levels are read from fields, from klog's letter and from words where levels stand", () => {
  const table: readonly (readonly [string, string | null])[] = [
    ['{"level":"Warning"}', "warn"],
    ['{"level":50,"msg":"pino"}', "error"],
    ['{"lvl":"dbg"}', "debug"],
    ['{"level":"odd"}', null],
    ['{"msg":"ERROR in text only"}', null],
    ["level=err msg=x", "error"],
    ["E0801 10:00:00.123456       1 main.go:3] failed", "error"],
    ["I0801 10:00:00.123456       1 main.go:3] fine", "info"],
    ["2026-08-01 10:00:00 [WARN] disk", "warn"],
    ["ERROR: no", "error"],
    ["info: server up", "info"],
    ["2026-08-01 UTC [71] FATAL:  role does not exist", "fatal"],
    ["no error found", null],
    ["INFORMATION desk", null],
    ["", null],
  ];
  for (const [text, level] of table) assert.equal(levelOf(text, readFields(text)), level, text);
});
