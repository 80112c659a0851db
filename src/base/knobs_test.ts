import assert from "node:assert/strict";
import { OrkaError } from "./errors.ts";
import { defaultKnobs, KNOBS, readKnobs } from "./knobs.ts";

Deno.test("defaults come from the one table", () => {
  const knobs = defaultKnobs();
  assert.equal(knobs.relistSecs, 300);
  assert.equal(knobs.watchBackoffMaxSecs, 30);
  assert.deepEqual(Object.keys(knobs), Object.keys(KNOBS));
});

Deno.test("values are read by kind", () => {
  const env: Record<string, string> = {
    ORKA_QUEUE_CAP: "10",
    ORKA_RELIST_SECS: "0",
    ORKA_LOG: " info ",
    ORKA_DISABLE_APPLY_PREFLIGHT: "1",
  };
  const knobs = readKnobs((name) => env[name]);
  assert.deepEqual(
    [knobs.queueCap, knobs.relistSecs, knobs.log, knobs.disableApplyPreflight],
    [10, 0, "info", true],
  );
});

Deno.test("a value that makes no sense is a usage error", () => {
  for (const bad of ["0", "-1", "many", "1.5"]) {
    assert.throws(
      () => readKnobs((name) => (name === "ORKA_QUEUE_CAP" ? bad : undefined)),
      (e) => e instanceof OrkaError && e.code === "usage",
    );
  }
});
