/** Local files as a tar archive, made while it is sent. */
import { OrkaError } from "../../base/mod.ts";
import type { CopyOptions } from "./copy_spec.ts";
import { encodeEnd, encodeHead, paddingOf, type TarEntry } from "./tar_format.ts";

const READ_BYTES = 64 * 1024;

interface LocalFile {
  readonly path: string;
  readonly entry: TarEntry;
}

/** Counts while the archive is read. */
export interface ArchiveCounts {
  files: number;
  bytes: number;
}

/**
 * Everything below `path`, which becomes `name` in it. Links stay links; sockets and devices are left out. A file that
 * grows or shrinks meanwhile has the size that it had at first. Throws OrkaError `io`.
 */
export async function* localArchive(
  path: string,
  { name, counts, onProgress, onWarning }: CopyOptions & {
    readonly name: string;
    readonly counts: ArchiveCounts;
  },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const { path: file, entry } of walk(path, { name, onWarning })) {
    yield* encodeHead(entry);
    if (entry.type !== "file") continue;
    counts.files++;
    for await (const bytes of contentOf(file, entry.size, onWarning)) {
      counts.bytes += bytes.length;
      onProgress?.(counts.bytes, null);
      yield bytes;
    }
    yield new Uint8Array(paddingOf(entry.size));
  }
  yield encodeEnd();
}

async function* walk(
  path: string,
  { name, onWarning }: { readonly name: string; readonly onWarning: CopyOptions["onWarning"] },
): AsyncGenerator<LocalFile> {
  const facts = await asIo(path, () => Deno.lstat(path));
  const entry = {
    name,
    mode: facts.mode ?? 0o644,
    size: 0,
    mtimeSeconds: (facts.mtime?.getTime() ?? 0) / 1000,
    link: "",
  };
  if (facts.isSymlink) {
    const link = await asIo(path, () => Deno.readLink(path));
    yield { path, entry: { ...entry, type: "symlink", link } };
  } else if (facts.isFile) yield { path, entry: { ...entry, type: "file", size: facts.size } };
  else if (facts.isDirectory) {
    if (name !== ".") yield { path, entry: { ...entry, type: "directory" } };
    const names: string[] = [];
    await asIo(path, async () => {
      for await (const inside of Deno.readDir(path)) names.push(inside.name);
    });
    for (const inside of names.sort()) {
      yield* walk(`${path}/${inside}`, { name: name === "." ? inside : `${name}/${inside}`, onWarning });
    }
  } else onWarning?.(`${path} is neither a file nor a directory, and is left out`);
}

async function* contentOf(
  path: string,
  size: number,
  onWarning: CopyOptions["onWarning"],
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await asIo(path, () => Deno.open(path));
  let left = size;
  while (left > 0) {
    const buffer = new Uint8Array(Math.min(READ_BYTES, left));
    const length = await asIo(path, () => file.read(buffer));
    if (length === null) {
      onWarning?.(`${path} became shorter while it was read: zeros are in the place of its end`);
      while (left > 0) {
        yield new Uint8Array(Math.min(READ_BYTES, left));
        left -= Math.min(READ_BYTES, left);
      }
      return;
    }
    left -= length;
    yield buffer.subarray(0, length);
  }
}

/** File errors in words. */
export async function asIo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OrkaError || !(error instanceof Error)) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new OrkaError("io", `${path} doesn't exist in local filesystem`, { cause: error });
    }
    const why = error.message.replace(/ \(os error \d+\).*$/, "");
    throw new OrkaError("io", `${path}: ${why.slice(0, 1).toLowerCase()}${why.slice(1)}`, { cause: error });
  }
}
