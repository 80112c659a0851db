/** Whole frames as people see them, kept in `tests/tui/golden`; `ORKA_UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";
import type { Robot } from "./robot.ts";

/** Turns that code which is loaded late may take to come, without time passing. */
const LATE_TURNS = 500;

export async function compareFrame(name: string, robot: Robot): Promise<void> {
  const path = new URL(`../tui/golden/${name}.txt`, import.meta.url);
  if (Deno.env.get("ORKA_UPDATE_GOLDEN")) return await Deno.writeTextFile(path, robot.screen + "\n");
  const golden = await Deno.readTextFile(path);
  for (let turn = 0; turn < LATE_TURNS && robot.screen + "\n" !== golden; turn++) await robot.settle();
  assert.equal(robot.screen + "\n", golden, `the frame is another:\n${robot.screen}`);
}
