/**
 * Kubeconfig files as kubectl reads and merges them: the first file that has a name wins, and paths are relative to
 * the file that has them.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { OrkaError } from "../base/mod.ts";
import { type Fields, listField, mapField, parseConfigFile, textField } from "./config_file.ts";
import { type Env, homeDir } from "./connect_options.ts";

/** A cluster, user or context with the directory that its paths start from. */
export interface Entry {
  readonly fields: Fields;
  readonly dir: string;
  readonly file: string;
}

export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  /** Files that were there and were read. */
  readonly files: readonly string[];
  /** Files that were looked for. */
  readonly tried: readonly string[];
}

/** Reads what KUBECONFIG, the default file or `explicit` alone say. Throws `kubeconfig`. */
export async function loadKubeconfig(env: Env, explicit?: string | undefined): Promise<Kubeconfig> {
  const tried = explicit ? [explicit] : configFiles(env);
  const texts = await Promise.all(
    tried.map((file) => readConfig(file, explicit !== undefined && explicit !== "")),
  );
  const merged = new Merge(tried);
  for (const [i, text] of texts.entries()) {
    if (text !== null) merged.add(await parseConfigFile(text, tried[i]!), tried[i]!);
  }
  return merged;
}

function configFiles(env: Env): string[] {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const listed = (env("KUBECONFIG") ?? "").split(separator).filter((file) => file !== "");
  if (listed.length > 0) return [...new Set(listed)];
  const home = homeDir(env);
  return home === "" ? [] : [`${home}/.kube/config`];
}

/** null where the file is not there and need not be. */
async function readConfig(file: string, required: boolean): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    if (missing && !required) return null;
    const why = missing
      ? "no such file or directory"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new OrkaError("kubeconfig", `error loading config file "${file}": ${why}`, { cause });
  }
}

class Merge implements Kubeconfig {
  currentContext = "";
  readonly contexts = new Map<string, Entry>();
  readonly clusters = new Map<string, Entry>();
  readonly users = new Map<string, Entry>();
  readonly files: string[] = [];

  constructor(readonly tried: readonly string[]) {}

  add(config: Fields, file: string): void {
    this.files.push(file);
    this.currentContext ||= textField(config, "current-context");
    this.#named(config, { list: "contexts", field: "context", into: this.contexts, file });
    this.#named(config, { list: "clusters", field: "cluster", into: this.clusters, file });
    this.#named(config, { list: "users", field: "user", into: this.users, file });
  }

  #named(config: Fields, to: { list: string; field: string; into: Map<string, Entry>; file: string }): void {
    const { list, field, into, file } = to;
    for (const item of listField(config, list)) {
      if (typeof item !== "object" || item === null) {
        throw new OrkaError(
          "kubeconfig",
          `error loading config file "${file}": an entry of ${list} is no mapping`,
        );
      }
      const name = textField(item as Fields, "name");
      if (into.has(name)) continue;
      into.set(name, { fields: mapField(item as Fields, field) ?? {}, dir: dirOf(file), file });
    }
  }
}

function dirOf(file: string): string {
  const slash = Math.max(file.lastIndexOf("/"), Deno.build.os === "windows" ? file.lastIndexOf("\\") : -1);
  return slash < 0 ? "" : file.slice(0, slash + 1);
}

/** A path in a kubeconfig, seen from where its file lies. */
export function resolvePath(path: string, dir: string): string {
  const absolute = path.startsWith("/") || /^[A-Za-z]:[\\/]|^\\\\/.test(path);
  return absolute ? path : dir + path;
}
