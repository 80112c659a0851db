import assert from "node:assert/strict";
import { OrkaError } from "./errors.ts";
import { defaultKnobs, KNOBS, maxEditAgeMs, readKnobs } from "./knobs.ts";

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

Deno.test("levels of the log are checked with the rest, and named", () => {
  for (const bad of ["bogus", "info,engine=loud", "engine="]) {
    assert.throws(
      () => readKnobs((name) => (name === "ORKA_LOG" ? bad : undefined)),
      (e) => e instanceof OrkaError && e.code === "usage" && /error, warn, info, debug/.test(e.hint ?? ""),
      bad,
    );
  }
});

Deno.test("edits are checked by age only where an age is set and the check is not off", () => {
  const age = (env: Record<string, string>) => maxEditAgeMs(readKnobs((name) => env[name]));
  assert.equal(age({}), null);
  assert.equal(age({ ORKA_MAX_SNAPSHOT_AGE_SECS: "60" }), 60_000);
  assert.equal(age({ ORKA_MAX_SNAPSHOT_AGE_SECS: "60", ORKA_DISABLE_APPLY_PREFLIGHT: "1" }), null);
});

Deno.test("every knob is read by something: none is only documented", async () => {
  const read = async (directory: URL): Promise<string> => {
    let text = "";
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (isDirectory) text += await read(new URL(`${name}/`, directory));
      else if (/(?<!_test)\.ts$/.test(name) && name !== "knobs.ts") {
        text += await Deno.readTextFile(new URL(name, directory));
      }
    }
    return text;
  };
  const source = await read(new URL("../", import.meta.url));
  // By a function of the table's own file.
  assert.match(source, /maxEditAgeMs\(/);
  const isRead = (name: string) =>
    ["maxSnapshotAgeSecs", "disableApplyPreflight"].includes(name) ||
    new RegExp(`nobs\\??\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = [\\w.#]*nobs\\b`).test(source);
  const idle = Object.keys(KNOBS).filter((name) => !isRead(name));
  assert.deepEqual(idle, []);
});

Deno.test("a value that makes no sense is a usage error", () => {
  for (const bad of ["0", "-1", "many", "1.5"]) {
    assert.throws(
      () => readKnobs((name) => (name === "ORKA_QUEUE_CAP" ? bad : undefined)),
      (e) => e instanceof OrkaError && e.code === "usage",
    );
  }
});
