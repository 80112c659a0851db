/** The directory of an embedded cluster: database, certificates, kubeconfig, and what tells of the process that serves it. */
import { OrkaError } from "../../base/mod.ts";

/** What a serving process leaves for the others, in `server.json`. */
export interface ServerRecord {
  readonly pid: number;
  /** When that pid began, in the kernel's count; null where that can't be told. Pids are used again. */
  readonly pidStart: string | null;
  readonly url: string;
  /** `memory`, or the directory. */
  readonly store: string;
  readonly startedMs: number;
}

/** Held while a process takes its place as the one that serves. */
const CLAIM_LOCK = "claim.lock";

/** Files that `reset` removes; what else lies in the directory is not ours. */
const FILES = [
  "k1s.db",
  "k1s.db-wal",
  "k1s.db-shm",
  "lock",
  "kubeconfig",
  "token",
  "log",
  "port",
  "server.json",
  CLAIM_LOCK,
];

export class StoreDirectory {
  constructor(readonly path: string) {}

  get kubeconfig(): string {
    return `${this.path}/kubeconfig`;
  }

  get certificates(): string {
    return `${this.path}/certificates`;
  }

  get log(): string {
    return `${this.path}/log`;
  }

  get #record(): string {
    return `${this.path}/server.json`;
  }

  /** Makes it, for its owner alone. Throws `io`. */
  async create(): Promise<void> {
    try {
      await Deno.mkdir(this.path, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new OrkaError("io", `cannot make the store's directory ${this.path}: ${why}`, { cause });
    }
  }

  /** Whether a cluster is kept in it, or served by it from memory. */
  async exists(): Promise<boolean> {
    if (await this.serving()) return true;
    return await Deno.stat(`${this.path}/k1s.db`).then(() => true, () => false);
  }

  /** The process that serves it; null when none does. What a dead one left stays until the next claim. */
  async serving(): Promise<ServerRecord | null> {
    const text = await this.read("server.json");
    if (text === null) return null;
    const record = parseRecord(text);
    return record && await isRunning(record) ? record : null;
  }

  /** Throws `already-exists` where a process serves it. */
  async refuseServed(): Promise<void> {
    const other = await this.serving();
    if (other) throw alreadyServed(other);
  }

  /** Claims the directory for this process. Throws `already-exists` where another serves it. */
  async claim(record: Omit<ServerRecord, "pid" | "pidStart">): Promise<void> {
    // One at a time, and freed by the kernel whatever becomes of the process: two that come up together see each other.
    using lock = await Deno.open(`${this.path}/${CLAIM_LOCK}`, { write: true, create: true, mode: 0o600 });
    await lock.lock(true);
    await this.refuseServed();
    const pid = Deno.pid;
    await this.write("server.json", JSON.stringify({ ...record, pid, pidStart: await pidStart(pid) }));
  }

  /** Takes the claim back. */
  async forget(): Promise<void> {
    await removeIfThere(this.#record);
  }

  /** A small file's text; null when it is not there. */
  async read(name: string): Promise<string | null> {
    try {
      return await Deno.readTextFile(`${this.path}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Replaces a file at once, readable by its owner alone. */
  async write(name: string, text: string): Promise<void> {
    await replaceFile(`${this.path}/${name}`, text);
  }

  /** What a process that was killed had written beside a file. */
  async #leftOvers(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.path)).catch(() => []);
    return entries.map(({ name }) => name).filter((name) => /\.\d+\.new(-wal|-shm|-journal)?$/.test(name));
  }

  /** Removes everything that is ours, and the directory when nothing else lies there. */
  async reset(): Promise<void> {
    for (const name of [...FILES, ...await this.#leftOvers()]) await removeIfThere(`${this.path}/${name}`);
    for (const directory of [`${this.path}/bells`, this.certificates]) {
      await Deno.remove(directory, { recursive: true }).catch(ignoreNotFound);
    }
    await Deno.remove(this.path).catch(() => {}); // someone else's files are in it
  }
}

function alreadyServed(other: ServerRecord | null): OrkaError {
  const who = other ? ` by process ${other.pid} at ${other.url}` : "";
  return new OrkaError("already-exists", `the embedded cluster is up already${who}`, {
    hint: "orka k1s status tells of it; orka k1s down ends it.",
  });
}

/** $XDG_STATE_HOME/orka/k1s, else ~/.local/state/orka/k1s. Throws `usage` without a home. */
export function defaultDirectory(env: (name: string) => string | undefined): string {
  const state = env("XDG_STATE_HOME");
  if (state) return `${state}/orka/k1s`;
  const home = env("HOME") || env("USERPROFILE");
  if (home) return `${home}/.local/state/orka/k1s`;
  throw new OrkaError("usage", "no home directory to keep the cluster in", { hint: "Name one: --store DIR" });
}

function parseRecord(text: string): ServerRecord | null {
  try {
    const record = JSON.parse(text) as ServerRecord;
    return Number.isInteger(record.pid) && record.pid > 1 ? record : null;
  } catch {
    return null; // half written by a process that was killed
  }
}

/** Whether the very process of the record runs. */
export async function isRunning(
  { pid, pidStart: start }: Pick<ServerRecord, "pid" | "pidStart">,
): Promise<boolean> {
  const { kill } = await import("node:process");
  try {
    kill(pid, 0);
  } catch (error) {
    // it is there, and another user's
    if ((error as { code?: string }).code !== "EPERM") return false;
  }
  const now = await pidStart(pid);
  return start === null || now === null ? true : start === now;
}

/** The kernel's time of a process's start; null where /proc does not tell. A zombie runs no more. */
async function pidStart(pid: number): Promise<string | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : fields[19] ?? null;
  } catch {
    return null;
  }
}

/** Written beside and renamed: a reader sees the whole of it or what was before. Throws OrkaError `io`. */
export async function replaceFile(path: string, text: string): Promise<void> {
  // what is so already needs no room on a full disk
  if (await Deno.readTextFile(path).catch(() => null) === text) return;
  const beside = `${path}.${Deno.pid}.new`;
  try {
    await Deno.writeTextFile(beside, text, { mode: 0o600 });
    await Deno.rename(beside, path);
  } catch (cause) {
    await Deno.remove(beside).catch(() => {});
    throw new OrkaError("io", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch(ignoreNotFound);
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
