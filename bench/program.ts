/** The program in the forms that people run it in, as command lines. */
import { bundle, V8_FLAGS } from "../tools/bundle.ts";
import { must } from "./process_meter.ts";

export interface Forms {
  /** `deno task orka` */
  readonly source: readonly string[];
  /** The bundle of a release, on the Deno that runs this. */
  readonly bundle: readonly string[];
  /** The executable; null where ORKA_TEST_DENORT names no runtime to compile with. */
  readonly compiled: readonly string[] | null;
}

const root = new URL("../", import.meta.url);
/** As the `orka` task and the executable run it. */
const FLAGS = ["run", "-q", V8_FLAGS, "-A"];

/** Builds what must be built, into `dist/bench`. */
export async function programForms(): Promise<Forms> {
  const dir = decodeURIComponent(new URL("dist/bench", root).pathname);
  const deno = Deno.execPath();
  const compiled = Deno.env.get("ORKA_TEST_DENORT") ? `${dir}/orka` : null;
  if (compiled) {
    const tool = decodeURIComponent(new URL("tools/compile.ts", root).pathname);
    const args = ["run", "-A", tool, "--runtime", "denort", "--dir", `${dir}/compiled`, "--output", compiled];
    await must(deno, args, { timeoutMs: 300_000 });
  }
  // as `compile --bundle-only` makes it: late imports that show would all be read at the start, 13 MB of them
  await bundle({ root, outDir: `${dir}/bundle`, hideLateImports: true });
  return {
    source: [deno, ...FLAGS, decodeURIComponent(new URL("main.ts", root).pathname)],
    bundle: [deno, ...FLAGS, `${dir}/bundle/main.js`],
    compiled: compiled ? [compiled] : null,
  };
}
