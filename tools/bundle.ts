/**
 * Bundles the program for release: `main.ts` and every Worker become plain ES modules side by side in one
 * folder, with late imports in chunks of their own so that a command still loads only its own code.
 *
 * The rule that Workers keep to: a literal `new URL("./name.ts", import.meta.url)` inside `new Worker(…)`, so that
 * the file is found from source, here, and by `deno compile`. All outputs are flat in one folder, therefore the
 * rewritten URL `./module_name.js` is right from whichever chunk it is evaluated in.
 */
import { build, type BuildOptions, type Metafile, type Plugin, stop } from "esbuild";
import { builtinModules } from "node:module";

/**
 * How the program is launched: a Worker cannot set V8's flags for itself. With 20,000 pods it is 120 MB resident
 * with this one, 145-255 without, for about a tenth more CPU.
 */
export const V8_FLAGS = "--v8-flags=--optimize-for-size";

const WORKER = /new Worker\(\s*new URL\(\s*"\.\/([\w/]+)\.ts",\s*import\.meta\.url\s*\)/g;

export interface BundleOptions {
  /** Folder of the project, ending with a slash. */
  readonly root: URL;
  /** Folder that takes the outputs; emptied first. */
  readonly outDir: string;
  /**
   * The bundle will be run as it is, not compiled: `deno run` reads and links every module that it can see an
   * import of, late ones too, before the first line runs (11 ms of 30 for `version --client`), so these get a
   * form that it can't see. `deno compile` needs to see them to take them along.
   */
  readonly hideLateImports?: boolean;
}

export interface Bundle {
  readonly main: string;
  /** Files that no import leads to: pass them to `deno compile --include`. */
  readonly workers: readonly string[];
  /** Data that the program reads beside its modules: the same. */
  readonly data: readonly string[];
  readonly metafile: Metafile;
}

/** Bundles the tree under `root`. Needs the network once, for packages that are not in Deno's cache. */
export async function bundle({ root, outDir, hideLateImports = false }: BundleOptions): Promise<Bundle> {
  await Deno.remove(outDir, { recursive: true }).catch(ignoreNotFound);
  await Deno.mkdir(outDir, { recursive: true });
  const modules = await Deno.makeTempDir({ prefix: "orka-modules-" });
  try {
    await installPackages(root, modules);
    const workers = await findWorkers(root);
    const entryPoints: Record<string, string> = { main: pathOf(new URL("main.ts", root)) };
    for (const worker of workers.values()) entryPoints[worker.output] = worker.path;
    const data = new Set<string>();
    const { metafile } = await build({
      ...OPTIONS,
      entryPoints,
      outdir: outDir,
      nodePaths: [`${modules}/node_modules`] as string[],
      plugins: [nodeBuiltins, fileUrls(workers, { outDir, data })],
    });
    if (hideLateImports) await hideImports(outDir);
    return {
      main: `${outDir}/main.js`,
      workers: [...workers.values()].map((w) => `${outDir}/${w.output}.js`),
      data: [...data],
      metafile: metafile!,
    };
  } finally {
    await stop();
    await Deno.remove(modules, { recursive: true });
  }
}

/** A data file that a source file reads beside itself; it goes beside the bundle's modules. */
const DATA_FILE = /new URL\(\s*"(\.[\w./-]+\/([\w.-]+\.gz))",\s*import\.meta\.url\s*\)/g;

const LATE_IMPORT = /\bimport\("(\.\/[\w.-]+\.js)"\)/g;

async function hideImports(outDir: string): Promise<void> {
  for await (const { name } of Deno.readDir(outDir)) {
    const path = `${outDir}/${name}`;
    const source = await Deno.readTextFile(path);
    const hidden = source.replaceAll(LATE_IMPORT, 'import(new URL("$1",import.meta.url).href)');
    if (hidden !== source) await Deno.writeTextFile(path, hidden);
  }
}

const OPTIONS: BuildOptions = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2023",
  // neutral has no fields of its own; packages without "exports" need them.
  mainFields: ["module", "main"],
  conditions: ["deno", "import"],
  // Names stay whole: error stacks of a release must be readable.
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  // CommonJS packages call require("stream"); asking for it this way costs nothing until one does, where
  // importing createRequire costs every start 14 ms.
  banner: { js: "var require=(id)=>globalThis.process.getBuiltinModule(id);" },
};

/** esbuild resolves packages from a node_modules tree; Deno's own cache isn't one. */
async function installPackages(root: URL, into: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  await Deno.writeTextFile(`${into}/deno.json`, JSON.stringify({ imports, nodeModulesDir: "auto" }));
  await Deno.copyFile(new URL("deno.lock", root), `${into}/deno.lock`).catch(ignoreNotFound);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: into,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno install failed:\n${new TextDecoder().decode(stderr)}`);
}

interface WorkerEntry {
  readonly path: string;
  readonly output: string;
}

/** Every Worker that a source file starts, by its path. */
async function findWorkers(root: URL): Promise<Map<string, WorkerEntry>> {
  const found = new Map<string, WorkerEntry>();
  const walk = async (dir: URL) => {
    for await (const entry of Deno.readDir(dir)) {
      const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, dir);
      if (entry.isDirectory) await walk(url);
      else if (entry.name.endsWith(".ts") && !entry.name.endsWith("_test.ts")) {
        for (const [, name] of (await Deno.readTextFile(url)).matchAll(WORKER)) {
          const path = pathOf(new URL(`./${name}.ts`, url));
          const relative = path.slice(pathOf(new URL("src/", root)).length, -".ts".length);
          found.set(path, { path, output: relative.replaceAll("/", "_") });
        }
      }
    }
  };
  await walk(new URL("src/", root));
  return found;
}

function fileUrls(
  workers: ReadonlyMap<string, WorkerEntry>,
  { outDir, data }: { readonly outDir: string; readonly data: Set<string> },
): Plugin {
  return {
    name: "file-urls",
    setup(builder) {
      builder.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const source = await Deno.readTextFile(path);
        const dir = path.slice(0, path.lastIndexOf("/"));
        const contents = source.replaceAll(WORKER, (call, name) => {
          const worker = workers.get(`${dir}/${name}.ts`);
          if (!worker) throw new Error(`${path}: Worker ./${name}.ts is not an entry`);
          return call.replace(`"./${name}.ts"`, `"./${worker.output}.js"`);
        });
        for (const [, from, name] of source.matchAll(DATA_FILE)) {
          await Deno.copyFile(new URL(from!, `file://${path}`), `${outDir}/${name}`);
          data.add(`${outDir}/${name}`);
        }
        return {
          contents: contents.replaceAll(DATA_FILE, (_, __, name) => `new URL("./${name}",import.meta.url)`),
          loader: "ts",
        };
      });
    },
  };
}

/** Node's own modules stay imports, under the name that Deno knows them by. */
const nodeBuiltins: Plugin = {
  name: "node-builtins",
  setup(builder) {
    const names = new Set(builtinModules);
    builder.onResolve({ filter: /^[a-z][\w/:]*$/ }, ({ path }) => {
      if (path.startsWith("node:")) return { path, external: true };
      return names.has(path) ? { path: `node:${path}`, external: true } : undefined;
    });
  },
};

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
