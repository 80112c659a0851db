/**
 * Writes what comes out of an archive below one path, and nowhere else: the archive is made by a container, which may
 * be anybody's.
 *
 * 1. A name that leads outside, by `..` or by a link that stands there already, is left out and told.
 * 2. Links are never made (kubectl makes none either): what follows could be written through them.
 */
import { asIo } from "./local_archive.ts";
import type { CopyOptions } from "./copy_spec.ts";
import type { TarEntry } from "./tar_format.ts";
import type { ReadEntry } from "./tar_reader.ts";

export interface ExtractOptions extends CopyOptions {
  /** What archive names begin with; it becomes the target itself. */
  readonly prefix: string;
  /** Permissions as in the archive, setuid and its like excepted; else the system's default. */
  readonly keepsModes: boolean;
}

export class Extractor {
  readonly #target: string;
  readonly #options: ExtractOptions;
  /** Directories below the target that are known to be none but directories. */
  readonly #safe = new Set<string>();
  /** Set when all is there: a directory may forbid what comes into it. */
  readonly #modes: [string, number][] = [];
  files = 0;
  bytes = 0;

  constructor(target: string, options: ExtractOptions) {
    this.#target = target;
    this.#options = options;
  }

  async take({ entry, content }: ReadEntry): Promise<void> {
    const parts = this.#parts(entry.name);
    if (parts === null) return this.#warn(`"${entry.name}" is outside of the target, and is left out`);
    const path = [this.#target, ...parts].join("/");
    if (entry.type === "symlink") {
      return this.#warn(`skipping symlink: "${path}" -> "${entry.link}"`);
    }
    if (entry.type === "other") {
      return this.#warn(`"${entry.name}" is neither a file nor a directory, and is left out`);
    }
    if (!await this.#hasSafeParents(parts)) {
      return this.#warn(`"${entry.name}" would go through a link, and is left out`);
    }
    if (entry.type === "directory") return await this.#directory(path, entry);
    if (await isLink(path)) return this.#warn(`"${path}" is a link, and is left as it is`);
    if (entry.type === "hardlink") return await this.#hardlink(path, entry);
    await this.#file(path, { entry, content });
  }

  /** Sets what had to wait. */
  async finish(): Promise<void> {
    for (const [path, mode] of this.#modes.reverse()) await Deno.chmod(path, mode).catch(() => {});
  }

  /** Below the target; empty: the target itself. null: outside. */
  #parts(name: string): readonly string[] | null {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    const prefix = this.#options.prefix.split("/").filter((part) => part !== "" && part !== ".");
    const inside = prefix.every((part, at) => parts[at] === part) ? parts.slice(prefix.length) : null;
    return inside === null || inside.includes("..") ? null : inside;
  }

  async #hasSafeParents(parts: readonly string[]): Promise<boolean> {
    let path = this.#target;
    for (const part of parts.slice(0, -1)) {
      path = `${path}/${part}`;
      if (this.#safe.has(path)) continue;
      if (await isLink(path)) return false;
      await asIo(path, () => Deno.mkdir(path, { recursive: true }));
      this.#safe.add(path);
    }
    return true;
  }

  async #directory(path: string, { mode }: TarEntry): Promise<void> {
    if (path !== this.#target && await isLink(path)) {
      return this.#warn(`"${path}" is a link, and is left as it is`);
    }
    await asIo(path, () => Deno.mkdir(path, { recursive: true }));
    this.#safe.add(path);
    if (this.#options.keepsModes) this.#modes.push([path, mode & 0o777]);
  }

  async #file(path: string, { entry, content }: ReadEntry): Promise<void> {
    using file = await asIo(path, () => Deno.open(path, { write: true, create: true, truncate: true }));
    for await (const bytes of content) {
      for (let at = 0; at < bytes.length;) at += await asIo(path, () => file.write(bytes.subarray(at)));
      this.bytes += bytes.length;
      this.#options.onProgress?.(this.bytes, null);
    }
    this.files++;
    if (this.#options.keepsModes) await asIo(path, () => Deno.chmod(path, entry.mode & 0o777));
  }

  /** The same file under another name: a copy of what came before. */
  async #hardlink(path: string, { link, name }: TarEntry): Promise<void> {
    const parts = this.#parts(link);
    const from = parts === null ? "" : [this.#target, ...parts].join("/");
    if (parts === null || !await this.#hasSafeParents(parts) || !await isFile(from)) {
      return this.#warn(`"${name}" is the same file as "${link}", which is not there; it is left out`);
    }
    await asIo(path, () => Deno.copyFile(from, path));
    this.files++;
  }

  #warn(message: string): void {
    this.#options.onWarning?.(message);
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path))?.isSymlink ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path))?.isFile ?? false;
}

async function lstat(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
