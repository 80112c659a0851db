/**
 * The tables in the docs that the program's own tables make: the knobs. (The keys' page has a test of its own.)
 * `deno run -A tools/docs.ts` rewrites them in place; a test fails when they are behind.
 *
 * A table stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 */
import { KNOBS, type KnobSpec } from "../src/base/mod.ts";

const root = new URL("../", import.meta.url);

/** What makes each section. */
export const SECTIONS: Readonly<Record<string, () => string>> = {
  knobs: knobsMarkdown,
};

/** The pages that have sections. */
export const PAGES = ["docs/operations.md"];

function knobsMarkdown(): string {
  const rows = Object.values(KNOBS).map(({ env, kind, fallback, about }: KnobSpec) =>
    `| \`${env}\` | ${kind} | ${fallback === null ? "unset" : `\`${fallback}\``} | ${about} |`
  );
  return `| variable | takes | default | is |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

const SECTION = /<!-- begin (\w+) -->\n([\s\S]*?)<!-- end \1 -->/g;

/** The page with every section made anew. */
export function renderPage(page: string): string {
  return page.replaceAll(SECTION, (_, name: string) => {
    const make = SECTIONS[name];
    if (!make) throw new Error(`no section is called ${name}`);
    return `<!-- begin ${name} -->\n\n${make()}\n<!-- end ${name} -->`;
  });
}

/** Names of the sections that a page has. */
export function sectionsOf(page: string): string[] {
  return [...page.matchAll(SECTION)].map((match) => match[1]!);
}

if (import.meta.main) {
  for (const path of PAGES) {
    const url = new URL(path, root);
    await Deno.writeTextFile(url, renderPage(await Deno.readTextFile(url)));
  }
  const { code } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...PAGES], cwd: root })
    .output();
  Deno.exit(code);
}
