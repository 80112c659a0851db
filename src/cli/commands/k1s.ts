/** `orka k1s ACTION`: the embedded cluster as a server for other programs. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { jsonText, nearMiss, writeJson, writeYaml } from "../../kube/mod.ts";
import type { Client } from "../../client/mod.ts";
import { type CliIo, note } from "../io.ts";
import { defaultDirectory, StoreDirectory } from "../k1s/store_directory.ts";
import type { Call } from "../parse.ts";
import type { Command } from "../verbs.ts";

type Action = (io: CliIo, call: Call, directory: StoreDirectory) => Promise<number>;

interface ActionSpec {
  readonly run: Action;
  /** Flags that it takes besides `--store`. */
  readonly flags: readonly string[];
  /** It is about this file, which must be named. */
  readonly takesFile?: true;
}

const ACTIONS: Readonly<Record<string, ActionSpec>> = {
  up: { run: up, flags: ["port", "socket", "http", "demo", "detach"] },
  down: { run: down, flags: [] },
  status: { run: status, flags: ["output"] },
  kubeconfig: { run: kubeconfig, flags: ["merge"] },
  reset: { run: reset, flags: [] },
  export: { run: exportAll, flags: ["output"] },
  import: { run: importAll, flags: ["filename"] },
  snapshot: { run: snapshot, flags: [], takesFile: true },
  restore: { run: restoreFile, flags: ["force"], takesFile: true },
  compact: { run: compactHistory, flags: ["revision", "older-than"] },
};

const MAX_PORT = 65_535;

/** Throws `usage` for an action or a flag that there is not. */
export const command: Command = async (io, call) => {
  const [name, ...rest] = call.args;
  const action = Object.hasOwn(ACTIONS, name ?? "") ? ACTIONS[name!]! : undefined;
  if (!action) throw unknownAction(name);
  checkArguments(name!, action, rest);
  const all = new Set(Object.values(ACTIONS).flatMap(({ flags }) => flags));
  const stray = [...all].find((flag) => call.flags.given(flag) && !action.flags.includes(flag));
  if (stray !== undefined) throw new OrkaError("usage", `k1s ${name} takes no --${stray}`);
  return await action.run(io, call, await storeDirectory(io, call.flags.text("store") ?? ""));
};

/** Throws `usage` for a bare word that is no directory: a mistyped `memory` would make one. */
async function storeDirectory(io: CliIo, store: string): Promise<StoreDirectory> {
  if (store === "" || store === "memory") return new StoreDirectory(absolute(defaultDirectory(io.env)));
  const path = absolute(store);
  if (/[/\\.:]/.test(store) || await Deno.stat(path).then(() => true, () => false)) {
    return new StoreDirectory(path);
  }
  throw new OrkaError("usage", `--store takes memory or a directory, not "${store}"`, {
    hint: `For a new directory of that name: --store ./${store}`,
  });
}

function checkArguments(name: string, { takesFile }: ActionSpec, rest: readonly string[]): void {
  if (takesFile) {
    if (rest.length === 1 && rest[0] !== "") return;
    throw new OrkaError("usage", `k1s ${name} needs one FILE`, { hint: `orka k1s ${name} cluster.snapshot` });
  }
  if (rest.length > 0) throw new OrkaError("usage", `k1s ${name} takes no arguments: ${rest.join(" ")}`);
}

function unknownAction(name: string | undefined): OrkaError {
  const known = Object.keys(ACTIONS);
  if (name === undefined) return new OrkaError("usage", `k1s needs one of: ${known.join(", ")}`);
  const near = nearMiss(name, known);
  const hint = near === undefined ? `There are: ${known.join(", ")}` : `Did you mean "${near}"?`;
  return new OrkaError("usage", `unknown action "${name}" for "orka k1s"`, { hint });
}

function absolute(path: string): string {
  return path.startsWith("/") || /^[A-Za-z]:/.test(path)
    ? path
    : `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
}

async function up(io: CliIo, { flags }: Call, directory: StoreDirectory): Promise<number> {
  const port = flags.count("port");
  if (port !== undefined && port > MAX_PORT) throw new OrkaError("usage", `--port is at most ${MAX_PORT}`);
  const inMemory = flags.text("store") === "memory";
  if (flags.on("detach")) return await upDetached(io, { flags, args: [], verb: null }, directory);
  const { serve } = await import("../k1s/serve.ts");
  const { clock, signal } = io;
  const [http, demo] = [flags.on("http"), flags.on("demo")];
  const given = flags.text("socket");
  const socket = given === undefined ? undefined : absolute(given);
  await using server = await serve({ directory, inMemory, port, socket, http, demo, clock });
  await io.stdout.write(`${directory.kubeconfig}\n`);
  await io.stdout.flush();
  if (io.stdout.isTerminal) await note(io, `Serving at ${server.url}; Ctrl-C ends it.`);
  await aborted(signal);
  return EXIT.interrupted;
}

async function upDetached(io: CliIo, { flags }: Call, directory: StoreDirectory): Promise<number> {
  const { startDetached } = await import("../k1s/background.ts");
  const record = await directory.serving();
  // a script that makes sure of a cluster may do so twice; one that asks for another than is there is refused
  const asksMore = ["port", "socket", "http", "demo", "store"].some((flag) => flags.given(flag));
  if (record && !asksMore) {
    await io.stdout.write(`${directory.kubeconfig}\n`);
    await note(io, `The embedded cluster is up already, by process ${record.pid}.`);
    return EXIT.ok;
  }
  const store = flags.text("store") === "memory" ? "memory" : directory.path;
  const [port, socket] = [flags.text("port"), flags.text("socket")];
  const args = [
    "k1s",
    "up",
    `--store=${store}`,
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(socket === undefined ? [] : [`--socket=${absolute(socket)}`]),
    ...["http", "demo"].filter((name) => flags.on(name)).map((name) => `--${name}`),
  ];
  const kubeconfig = await startDetached(args, { directory, clock: io.clock });
  await io.stdout.write(`${kubeconfig}\n`);
  return EXIT.ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

async function down(io: CliIo, _call: Call, directory: StoreDirectory): Promise<number> {
  const record = await directory.serving();
  if (!record) {
    await note(io, "The embedded cluster is not up.");
    return EXIT.ok;
  }
  const { stopServer } = await import("../k1s/background.ts");
  await stopServer(record, { directory, clock: io.clock, signal: io.signal });
  return EXIT.ok;
}

/** Exit code 1 when it is not up. */
async function status(io: CliIo, { flags }: Call, directory: StoreDirectory): Promise<number> {
  const output = flags.text("output") ?? "";
  if (output !== "" && output !== "json") {
    throw new OrkaError("usage", `k1s status prints -o json, not ${output}`);
  }
  const record = await directory.serving();
  const facts = record
    ? {
      running: true,
      pid: record.pid,
      server: record.url,
      store: record.store,
      kubeconfig: directory.kubeconfig,
      started: new Date(record.startedMs).toISOString(),
    }
    : { running: false, directory: directory.path };
  const text = output === "json"
    ? `${writeJson(facts, { indent: 2 })}\n`
    : Object.entries(facts).map(([name, value]) => `${`${name}:`.padEnd(12)} ${value}\n`).join("");
  await io.stdout.write(text);
  return record ? EXIT.ok : EXIT.error;
}

async function kubeconfig(io: CliIo, { flags }: Call, directory: StoreDirectory): Promise<number> {
  const text = await directory.read("kubeconfig");
  if (text === null) {
    throw new OrkaError("io", `there is no kubeconfig in ${directory.path}`, {
      hint: "orka k1s up makes it.",
    });
  }
  if (!flags.on("merge")) {
    await io.stdout.write(text);
    return EXIT.ok;
  }
  const { mergeKubeconfig, personalKubeconfig } = await import("../k1s/merge_kubeconfig.ts");
  const file = personalKubeconfig(io.env);
  await mergeKubeconfig(text, file);
  await note(io, `The current context of ${file} is now k1s.`);
  return EXIT.ok;
}

async function reset(io: CliIo, _call: Call, directory: StoreDirectory): Promise<number> {
  const record = await directory.serving();
  if (record) {
    throw new OrkaError("already-exists", `the embedded cluster is up (process ${record.pid})`, {
      hint: "orka k1s down ends it.",
    });
  }
  const { path } = directory;
  const existed = await directory.exists();
  await directory.reset();
  await note(io, existed ? `The cluster in ${path} is gone.` : `There is no cluster in ${path}.`);
  return EXIT.ok;
}

/** The process that serves the directory, else the store itself. Import was asked to change it. */
async function connected(io: CliIo, { flags, args }: Call, directory: StoreDirectory): Promise<Client> {
  const { WriteGate } = await import("../../client/mod.ts");
  const writes = new WriteGate({ isOpen: args[0] === "import" });
  if (await directory.serving()) {
    return await (await io.backend.cluster()).connect({ kubeconfig: directory.kubeconfig }, { writes });
  }
  if (flags.text("store") === "memory") throw new OrkaError("unreachable", "no cluster in memory is up");
  return await (await io.backend.cluster({ directory: directory.path })).connect({}, { writes });
}

async function exportAll(io: CliIo, call: Call, directory: StoreDirectory): Promise<number> {
  const output = call.flags.text("output") || "yaml";
  if (output !== "yaml" && output !== "ndjson") {
    throw new OrkaError("usage", `k1s export prints -o yaml or -o ndjson, not ${output}`);
  }
  if (!await directory.exists()) {
    throw new OrkaError("io", `there is no cluster in ${directory.path}`, { hint: "orka k1s up makes it." });
  }
  const client = await connected(io, call, directory);
  const { exportObjects } = await import("../k1s/transfer.ts");
  try {
    await exportObjects(client, {
      signal: io.signal,
      onObject: (object) =>
        io.stdout.write(output === "yaml" ? `---\n${writeYaml(object)}` : `${jsonText(object)}\n`),
    });
  } finally {
    client.close();
  }
  return EXIT.ok;
}

async function importAll(io: CliIo, call: Call, directory: StoreDirectory): Promise<number> {
  const files = call.flags.list("filename");
  if (files.length === 0) throw new OrkaError("usage", "k1s import needs -f FILE; - reads stdin");
  const { importObjects, parseObjects } = await import("../k1s/transfer.ts");
  const texts = await Promise.all(files.map((file) => file === "-" ? io.readStdin() : io.readFile(file)));
  const objects = (await Promise.all(texts.map((text, at) => parseObjects(text, files[at]!)))).flat();
  const client = await connected(io, call, directory);
  try {
    const { created, kept, failures } = await importObjects(client, objects, { signal: io.signal });
    for (const failure of failures) await note(io, `error: ${failure}`);
    await io.stdout.write(`${created} created, ${kept} there already, ${failures.length} refused\n`);
    return failures.length === 0 ? EXIT.ok : EXIT.error;
  } finally {
    client.close();
  }
}

async function snapshot(io: CliIo, { args }: Call, directory: StoreDirectory): Promise<number> {
  const { takeSnapshot } = await import("../k1s/snapshots.ts");
  await io.stdout.write(await takeSnapshot(directory, args[1]!));
  return EXIT.ok;
}

async function restoreFile(io: CliIo, { args, flags }: Call, directory: StoreDirectory): Promise<number> {
  const { restore } = await import("../k1s/snapshots.ts");
  const options = { force: flags.on("force"), clock: io.clock };
  await io.stdout.write(await restore(directory, args[1]!, options));
  return EXIT.ok;
}

async function compactHistory(io: CliIo, { flags }: Call, directory: StoreDirectory): Promise<number> {
  const { compact } = await import("../k1s/snapshots.ts");
  const [revision, olderThan] = [flags.count("revision"), flags.text("older-than") ?? ""];
  await io.stdout.write(await compact(directory, { revision, olderThan, clock: io.clock }));
  return EXIT.ok;
}
