/**
 * `deno task compile`: one executable, `dist/orka`, that holds the program, its Workers and the runtime.
 *
 *   --bundle-only     stop after dist/bundle/, which runs as `deno run -A dist/bundle/main.js`
 *   --runtime denort  build with the program named by ORKA_TEST_DENORT (it takes `compile` as deno does), for
 *                     machines that cannot download the official runtime
 *   --output FILE     where the executable goes instead of dist/orka
 *   --dir DIR         where the bundle goes instead of dist/bundle
 */
import { bundle, V8_FLAGS } from "./bundle.ts";

const root = new URL("../", import.meta.url);

interface Options {
  readonly bundleOnly: boolean;
  readonly runtime: string;
  readonly output: string;
  readonly dir: string;
}

function parse(args: readonly string[]): Options {
  const values: Record<string, string> = {};
  let bundleOnly = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const value = args[i + 1];
    if (arg === "--bundle-only") bundleOnly = true;
    else if (["--runtime", "--output", "--dir"].includes(arg) && value !== undefined) {
      values[arg] = args[++i]!;
    } else throw new Error(`unknown argument ${arg}; see the top of tools/compile.ts`);
  }
  const dist = decodeURIComponent(new URL("dist", root).pathname);
  return {
    bundleOnly,
    runtime: values["--runtime"] ?? "deno",
    output: values["--output"] ?? `${dist}/orka`,
    dir: values["--dir"] ?? `${dist}/bundle`,
  };
}

function compiler(runtime: string): string {
  if (runtime === "deno") return Deno.execPath();
  if (runtime !== "denort") throw new Error(`--runtime takes deno or denort, not ${runtime}`);
  const path = Deno.env.get("ORKA_TEST_DENORT");
  if (!path) throw new Error("--runtime denort needs ORKA_TEST_DENORT, the path of that program");
  return path;
}

async function compile(options: Options): Promise<void> {
  const { main, workers, data } = await bundle({
    root,
    outDir: options.dir,
    hideLateImports: options.bundleOnly,
  });
  if (options.bundleOnly) return;
  const { code } = await new Deno.Command(compiler(options.runtime), {
    args: [
      "compile",
      "--quiet",
      "--no-check",
      "--no-config",
      "--allow-all",
      V8_FLAGS,
      ...[...workers, ...data].flatMap((file) => ["--include", file]),
      "--output",
      options.output,
      main,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`deno compile ended with ${code}`);
}

await compile(parse(Deno.args));
