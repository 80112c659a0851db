/**
 * Makes `docs/session.svg`: the real session in a pty, on a small shop of a cluster served from memory, with a
 * filter typed. `deno run -A tools/readme_picture.ts` writes it anew.
 */
import { fromSource, PtyProgram } from "../tests/support/pty_program.ts";
import { serveTarget, shop } from "../tests/support/shop.ts";

const COLS = 116;
const ROWS = 24;

async function draw(): Promise<string> {
  await using target = await serveTarget(await shop(), { namespace: "shop" });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: COLS, rows: ROWS, env: target.env });
  await session.shows("web-6c9f");
  session.write("/ca|ch|pay");
  await session.shows("15 of 18");
  return session.screen.svg({ title: "orka", description: "The Orka session: a filtered list of pods" });
}

await Deno.writeTextFile(new URL("../docs/session.svg", import.meta.url), await draw());
