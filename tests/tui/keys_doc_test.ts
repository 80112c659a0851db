import assert from "node:assert/strict";
import { keysMarkdown } from "../../src/tui/mod.ts";

const INTRO = `# Keys

Made from the session's key table: \`ORKA_UPDATE_GOLDEN=1 deno test -A tests/tui/keys_doc_test.ts\` writes it anew. \`?\` in
the session shows the keys that work where you are. Keys marked "not yet" are shown greyed.

`;

Deno.test("docs/keys.md is what the key table says", async () => {
  const path = new URL("../../docs/keys.md", import.meta.url);
  const text = INTRO + keysMarkdown();
  if (Deno.env.get("ORKA_UPDATE_GOLDEN")) return await Deno.writeTextFile(path, text);
  assert.equal(squeezed(await Deno.readTextFile(path)), squeezed(text));
});

/** The formatter pads tables and wraps lines. */
function squeezed(text: string): string {
  return text.replace(/-{2,}/g, "-").replace(/\s+/g, " ").trim();
}
