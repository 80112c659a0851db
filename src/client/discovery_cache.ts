/** Discovery on disk, one file a server, beside kubectl's own caches. It holds no credentials and no objects. */
import type { Resource } from "../kube/mod.ts";
import { homeDir, processEnv } from "./connect_options.ts";
import type { BrokenGroup } from "./discovery.ts";

/** What `/api` or `/apis` said. */
export interface CachedPart {
  /** Empty when the server named none: the part is asked for whole. */
  readonly etag: string;
  readonly resources: readonly Resource[];
  readonly broken: readonly BrokenGroup[];
}

export interface DiscoveryCache {
  /** Epoch ms. */
  readonly savedMs: number;
  readonly core: CachedPart;
  readonly groups: CachedPart;
}

/** Counted up when what is kept changes its shape; other files count as unreadable. */
const FORMAT = 1;

/** `127.0.0.1_6443`, with the path where several servers share a host. */
function fileOf(server: string, cacheDir: string | null | undefined): string | null {
  if (cacheDir === null) return null;
  const home = homeDir(processEnv);
  const root = cacheDir || (home === "" ? "" : `${home}/.kube/cache`);
  if (root === "" || server === "http://in-process") return null;
  const name = server.replace(/^https?:\/\//, "").replace(/[^A-Za-z0-9.-]+/g, "_");
  return `${root}/orka/${name}/discovery.json`;
}

/** null where there is none that can be read. */
export async function readCache(
  server: string,
  cacheDir: string | null | undefined,
): Promise<DiscoveryCache | null> {
  const file = fileOf(server, cacheDir);
  if (file === null) return null;
  try {
    const kept = JSON.parse(await Deno.readTextFile(file));
    const whole = kept?.format === FORMAT && kept.server === server && typeof kept.savedMs === "number" &&
      isPart(kept.core) && isPart(kept.groups);
    return whole ? kept : null;
  } catch {
    return null;
  }
}

function isPart(value: unknown): value is CachedPart {
  const part = value as Partial<CachedPart> | null;
  return typeof part?.etag === "string" && Array.isArray(part.resources) && Array.isArray(part.broken);
}

/** Whole or not at all; a directory that can't be written costs only the cache. */
export async function writeCache(
  server: string,
  cache: DiscoveryCache,
  cacheDir: string | null | undefined,
): Promise<void> {
  const file = fileOf(server, cacheDir);
  if (file === null) return;
  const next = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true, mode: 0o750 });
    await Deno.writeTextFile(next, JSON.stringify({ format: FORMAT, server, ...cache }), { mode: 0o640 });
    await Deno.rename(next, file);
  } catch {
    await Deno.remove(next).catch(() => {});
  }
}
