/** Whole frames as people see them, kept in `tests/tui/golden`; `ORKA_UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";

export async function compareFrame(name: string, screen: string): Promise<void> {
  const path = new URL(`../tui/golden/${name}.txt`, import.meta.url);
  const frame = screen + "\n";
  if (Deno.env.get("ORKA_UPDATE_GOLDEN")) return await Deno.writeTextFile(path, frame);
  assert.equal(frame, await Deno.readTextFile(path), `the frame is another:\n${screen}`);
}
