/** README's first minute, followed key by key on a real screen: each row of its table shows what it promises. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "./support/pty_program.ts";
import { serveTarget, shop } from "./support/shop.ts";

/** What each row is typed as, and what the screen then shows; rows that open something end with going back. */
const WALK: readonly { readonly keys: string; readonly shows: RegExp; readonly back?: boolean }[] = [
  { keys: "0", shows: /all namespaces/ },
  { keys: "/web\r", shows: /3 of 18/ },
  { keys: "d", shows: /^Name: +web-/m, back: true },
  { keys: "y", shows: /^kind: Pod/m, back: true },
  { keys: "l", shows: /› logs|web-\S+ logs/, back: true },
  { keys: "s", shows: /this session is read-only/ },
  { keys: ":deploy\r", shows: /UP-TO-DATE/ },
  { keys: "e", shows: /this session is read-only/ },
  { keys: "A", shows: /AGE *[▲▼↑↓]/ },
  { keys: "$", shows: /\$ orka get deployments -A/ },
  { keys: "?", shows: /Every key that works here/, back: true },
  { keys: ":q\r", shows: /^/ },
];

/** The first column of the table under "The first minute". */
function promised(): string[] {
  const readme = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
  const section = readme.split(/^## /m).find((part) => part.startsWith("The first minute"));
  assert.ok(section, "README has a first minute");
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.map((line) => line.split("|")[1]!.trim());
}

/** `:` `deploy` `enter` to `:deploy\r`; words outside code are for people. */
function typed(cell: string): string {
  const names: Readonly<Record<string, string>> = { enter: "\r", "shift-a": "A" };
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => names[key!] ?? key).join("");
}

Deno.test("README's first minute works word by word", async () => {
  assert.deepEqual(promised().map(typed), WALK.map(({ keys }) => keys));
  await using target = await serveTarget(await shop(), { namespace: "shop" });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: 120, rows: 36, env: target.env });
  await session.shows("cart-6c9f");
  for (const { keys, shows, back } of WALK.slice(0, -1)) {
    session.write(keys);
    await session.shows(shows);
    if (back) {
      session.press("escape");
      await session.until(() => !shows.test(session.screen.text()), `${keys} left again`);
    }
  }
  session.write(WALK.at(-1)!.keys);
  assert.equal((await session.ends()).code, 0);
});
