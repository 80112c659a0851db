/**
 * The import direction, checked against `deno info --json` and not by review: a module imports only modules of
 * the rows above its own, and only through their doors. Type imports count: they tie modules just as well.
 */
import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);

/** Lower rows may import higher ones; modules of one row don't know each other. */
const ROWS: readonly (readonly string[])[] = [
  ["base"],
  ["kube"],
  ["schema", "client", "store"],
  ["search", "describe", "apply", "persist"],
  ["change"],
  ["ops"],
  ["engine", "k1s"],
  ["rpc"],
  ["tui"],
  ["cli"],
  ["main"],
];

/** Files other than `mod.ts` that other modules may import, by module. */
const EXTRA_DOORS: Readonly<Record<string, readonly string[]>> = {
  engine: ["protocol.ts", "host.ts"],
  k1s: ["http/listener.ts"],
};

/** Pairs that the rows allow and the design doesn't: importer, then imported and the reason. */
const FORBIDDEN: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  { from: "k1s", to: "client", why: "they meet at a fetch-shaped function" },
  { from: "tui", to: "client", why: "the session sees servers through the engine's host only" },
  { from: "tui", to: "store", why: "rows reach the session as window updates" },
  {
    from: "tui",
    to: "engine/mod.ts",
    why: "importing the engine itself would load it on the drawing thread",
  },
];

/** Packages of the tests and the tools; the program must not need them. */
const DEV_PACKAGES = ["esbuild", "@lydell/node-pty"];

interface Edge {
  readonly from: string;
  readonly to: string;
}

interface InfoModule {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** The module of a path relative to the root: `src/kube/object.ts` is of `kube`, `main.ts` of `main`. */
function moduleOf(path: string): string | null {
  if (path === "main.ts") return "main";
  const match = /^src\/([^/]+)\//.exec(path);
  return match ? match[1]! : null;
}

/** What is wrong with an edge between two project files, or null. */
function complaint({ from, to }: Edge): string | null {
  const importer = moduleOf(from);
  const imported = moduleOf(to);
  if (importer === null) return null;
  if (imported === null) return `${from} imports ${to}, which is not part of the program`;
  if (importer === imported) return null;
  const rowOf = (name: string) => ROWS.findIndex((row) => row.includes(name));
  if (rowOf(importer) < 0) return `${from}: module "${importer}" has no row in this test's table`;
  if (rowOf(imported) < 0) return `${to}: module "${imported}" has no row in this test's table`;
  if (rowOf(imported) >= rowOf(importer)) {
    return `${from} imports ${to}: "${imported}" is not above "${importer}"`;
  }
  const inside = to.slice(`src/${imported}/`.length);
  if (inside !== "mod.ts" && !EXTRA_DOORS[imported]?.includes(inside)) {
    return `${from} imports ${to}, which is not a door of "${imported}"`;
  }
  const rule = FORBIDDEN.find((r) =>
    r.from === importer && (r.to === imported || r.to === `${imported}/${inside}`)
  );
  return rule ? `${from} imports ${to}: ${rule.why}` : null;
}

function sourceFiles(): string[] {
  const found: string[] = [];
  const walk = (dir: string) => {
    for (const entry of Deno.readDirSync(new URL(dir, root))) {
      if (entry.isDirectory) walk(`${dir}${entry.name}/`);
      else if (entry.name.endsWith(".ts") && !entry.name.endsWith("_test.ts")) found.push(dir + entry.name);
    }
  };
  walk("src/");
  if (exists("main.ts")) found.push("main.ts");
  return found.sort();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, root)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

/** One `deno info` over a module that imports every source file: 60 ms for the tree, not 60 ms a file. */
async function graph(files: readonly string[]): Promise<readonly InfoModule[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((f) => `import ${JSON.stringify(new URL(f, root).href)};\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", new URL("deno.json", root).pathname, entry],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout)).modules;
  } finally {
    await Deno.remove(entry);
  }
}

Deno.test("modules import only doors of the rows above them", async () => {
  const files = sourceFiles();
  const modules = await graph(files);
  const relative = (specifier: string) => specifier.slice(root.href.length);
  const ours = modules.filter((m) => m.specifier.startsWith(root.href));
  assert.deepEqual(
    ours.filter((m) => m.error !== undefined).map((m) => `${relative(m.specifier)}: ${m.error}`),
    [],
    "modules that do not load",
  );
  assert.ok(ours.length >= files.length, `the graph has ${ours.length} modules of ${files.length} files`);

  const edges: Edge[] = [];
  const packages: string[] = [];
  for (const module of ours) {
    for (const dependency of module.dependencies ?? []) {
      const from = relative(module.specifier);
      for (const to of new Set([dependency.code?.specifier, dependency.type?.specifier])) {
        if (to === undefined) continue;
        if (to.startsWith(root.href)) edges.push({ from, to: relative(to) });
      }
      if (DEV_PACKAGES.some((p) => dependency.specifier === p || dependency.specifier.startsWith(`${p}/`))) {
        packages.push(`${from} imports ${dependency.specifier}`);
      }
    }
  }
  assert.ok(edges.length > 0, "no edges were read: the test sees nothing");
  assert.deepEqual(edges.map(complaint).filter((c) => c !== null), []);
  assert.deepEqual(packages, [], "packages of the tests and tools in the program");
});

Deno.test("the direction check refuses what it should", () => {
  const bad: readonly Edge[] = [
    { from: "src/base/clock.ts", to: "src/kube/mod.ts" },
    { from: "src/client/list.ts", to: "src/store/mod.ts" },
    { from: "src/client/list.ts", to: "src/kube/object.ts" },
    { from: "src/tui/app.ts", to: "src/engine/worker.ts" },
    { from: "src/tui/app.ts", to: "src/engine/mod.ts" },
    { from: "src/tui/app.ts", to: "src/client/mod.ts" },
    { from: "src/engine/worker.ts", to: "tests/support/fake.ts" },
    { from: "src/nowhere/a.ts", to: "src/base/mod.ts" },
    { from: "src/tui/app.ts", to: "main.ts" },
  ];
  for (const edge of bad) assert.notEqual(complaint(edge), null, `${edge.from} -> ${edge.to}`);
  const good: readonly Edge[] = [
    { from: "src/tui/app.ts", to: "src/engine/host.ts" },
    { from: "src/tui/app.ts", to: "src/tui/term/screen.ts" },
    { from: "src/client/list.ts", to: "src/base/mod.ts" },
    { from: "main.ts", to: "src/cli/mod.ts" },
  ];
  for (const edge of good) assert.equal(complaint(edge), null, `${edge.from} -> ${edge.to}`);
});

Deno.test("every module has a door that says what it is", () => {
  const modules = [...Deno.readDirSync(new URL("src/", root))].filter((e) => e.isDirectory).map((e) =>
    e.name
  );
  for (const name of modules.filter((m) => sourceFiles().some((f) => f.startsWith(`src/${m}/`)))) {
    assert.ok(exists(`src/${name}/mod.ts`), `src/${name} has no mod.ts`);
    assert.match(
      read(`src/${name}/mod.ts`),
      /^\/\*\*/,
      `src/${name}/mod.ts does not open with a doc comment`,
    );
  }
});

Deno.test("only main.ts ends the process, and nothing prints past the injected writers", () => {
  const offences: string[] = [];
  for (const file of sourceFiles()) {
    read(file).split("\n").forEach((line, index) => {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*$/, "");
      if (/\bconsole\.\w+\(/.test(code)) offences.push(`${file}:${index + 1} uses console`);
      if (/\bDeno\.exit\(/.test(code) && file !== "main.ts") {
        offences.push(`${file}:${index + 1} calls Deno.exit`);
      }
    });
  }
  assert.deepEqual(offences, []);
});
