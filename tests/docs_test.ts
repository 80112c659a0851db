/** The docs say what the program does: generated tables are current, links lead somewhere, commands exist. */
import assert from "node:assert/strict";
import { PAGES, renderPage, SECTIONS, sectionsOf } from "../tools/docs.ts";

const root = new URL("../", import.meta.url);

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

/** The formatter pads tables and wraps nothing else here. */
function unpadded(text: string): string {
  return text.replace(/ +/g, " ").replace(/-{3,}/g, "---").replace(/\n{2,}/g, "\n");
}

Deno.test("generated tables are current (deno run -A tools/docs.ts makes them so)", () => {
  for (const path of PAGES) assert.equal(unpadded(read(path)), unpadded(renderPage(read(path))), path);
  const shown = PAGES.flatMap((path) => sectionsOf(read(path)));
  assert.deepEqual(shown.sort(), Object.keys(SECTIONS).sort());
});

Deno.test("links between the pages lead to files", () => {
  const broken: string[] = [];
  for (
    const path of ["README.md", "CHANGELOG.md", ...PAGES, "docs/guide.md", "docs/keys.md", "docs/cli.md"]
  ) {
    for (const [, target] of read(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      try {
        Deno.statSync(new URL(target!, new URL(path, root)));
      } catch {
        broken.push(`${path}: ${target}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("README's tasks exist", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  const named = [...read("README.md").matchAll(/\btask ([a-z]+)/g)].map((match) => match[1]!);
  assert.ok(named.includes("ok"), "README names the gate");
  assert.deepEqual(named.filter((name) => !(name in tasks)), []);
});
