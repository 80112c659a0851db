/** Files of a container to this machine. */
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { openExec } from "../exec/mod.ts";
import type { CopyOptions, CopyPlace, CopyResult } from "./copy_spec.ts";
import { baseName } from "./copy_to_pod.ts";
import { Extractor } from "./extract.ts";
import { asCopyError, type RemoteEnd, remoteEnd, tarFailure } from "./remote_command.ts";
import { readTar } from "./tar_reader.ts";

export interface CopyFromSpec extends CopyPlace {
  /** In the container. */
  readonly from: string;
  /** A local path; a directory that is there takes it under its own name. */
  readonly to: string;
  /** Permissions as there. Default true. */
  readonly preserve?: boolean | undefined;
  /** How often a copy that broke off is resumed where it stopped; negative: for ever. Default 0. */
  readonly retries?: number | undefined;
}

/** Throws OrkaError `io` (tar's own words), `not-found` (no tar), `protocol`, and as `openExec`. */
export async function copyFromPod(
  client: Client,
  spec: CopyFromSpec,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const from = cleanPath(spec.from);
  const archive = new RemoteArchive(client, { ...spec, from }, options);
  const extractor = new Extractor(await localTarget(spec), {
    ...options,
    // What leads out of the working directory, every tar leaves out of its names.
    prefix: from.replace(/^(\.\.(\/|$))+/, ""),
    keepsModes: spec.preserve ?? true,
  });
  try {
    for await (const entry of readTar(archive.chunks())) await extractor.take(entry);
    await archive.drain();
  } catch (error) {
    throw asCopyError(error);
  } finally {
    archive.close();
    await extractor.finish();
  }
  const end = archive.end;
  if (end !== null && end.code !== 0) throw tarFailure(end);
  return { files: extractor.files, bytes: extractor.bytes };
}

async function localTarget({ from, to }: CopyFromSpec): Promise<string> {
  const target = to.replace(/(?<=.)\/+$/, "");
  try {
    const { isDirectory } = await Deno.stat(target);
    const own = baseName(from);
    return isDirectory && own !== "." ? `${target}/${own}` : target;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (to.endsWith("/")) return `${target}/${baseName(from)}`;
    return target;
  }
}

/** Without `.` and `..` in the middle, as kubectl asks for it: tars name differently what has them. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  const clean = parts.join("/");
  if (isAbsolute) return `/${clean}`;
  // No option of tar's.
  return clean.startsWith("-") ? `./${clean}` : clean || ".";
}

/** The archive's bytes, from as many commands as it takes. */
class RemoteArchive {
  readonly #client: Client;
  readonly #spec: CopyFromSpec;
  readonly #options: CopyOptions;
  readonly #over = new AbortController();
  #chunks: AsyncGenerator<Uint8Array<ArrayBuffer>> | null = null;
  end: RemoteEnd | null = null;

  constructor(client: Client, spec: CopyFromSpec, options: CopyOptions) {
    this.#client = client;
    this.#spec = spec;
    this.#options = options;
  }

  chunks(): AsyncIterable<Uint8Array<ArrayBuffer>> {
    const chunks = this.#chunks ??= this.#read();
    // Whoever reads it stops at the archive's end: the rest is drained by its owner.
    return { [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) };
  }

  /** What tar pads its archive with, and how it ended. */
  async drain(): Promise<void> {
    while (this.#chunks !== null && !(await this.#chunks.next()).done) { /* zeros */ }
  }

  close(): void {
    this.#over.abort();
  }

  async *#read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { signal: asked } = this.#options;
    const signal = asked === undefined ? this.#over.signal : AbortSignal.any([asked, this.#over.signal]);
    let [offset, tries] = [0, 0];
    for (;;) {
      try {
        const command = packFrom(this.#spec.from, offset);
        const session = await openExec(this.#client, { ...this.#spec, command }, { signal });
        const ended = remoteEnd(session, { hasStdout: true });
        ended.catch(() => {});
        for await (const bytes of session.stdout) {
          offset += bytes.length;
          yield bytes;
        }
        this.end = await ended;
        return;
      } catch (error) {
        const { retries = 0 } = this.#spec;
        const isLost = error instanceof OrkaError && error.code === "unreachable";
        if (!isLost || (retries >= 0 && tries >= retries)) throw error;
        tries++;
        this.#options.onWarning?.(`resuming copy at ${offset} bytes, retry ${tries}: ${error.message}`);
      }
    }
  }
}

/** Resumed, the same archive is made again and its first bytes are left out, as kubectl does. */
function packFrom(path: string, offset: number): readonly string[] {
  if (offset === 0) return ["tar", "cf", "-", path];
  return ["sh", "-c", 'tar cf - "$1" | tail -c +"$2"', "sh", path, String(offset + 1)];
}
