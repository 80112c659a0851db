/** Local files into a container. */
import { OrkaError, systemClock } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { openExec } from "../exec/mod.ts";
import type { CopyOptions, CopyPlace, CopyResult } from "./copy_spec.ts";
import { asIo, localArchive } from "./local_archive.ts";
import { asCopyError, remoteEnd, tarFailure } from "./remote_command.ts";
import { stallWatch } from "./stall_watch.ts";

export interface CopyToSpec extends CopyPlace {
  /** A local file or directory; one that ends in `/.` stands for what is in it. */
  readonly from: string;
  /** In the container; a directory that is there takes it under its own name. */
  readonly to: string;
  /** Permissions and owners as here, where the container's user may. Default true. */
  readonly preserve?: boolean | undefined;
}

/** Throws OrkaError `io` (no such file, tar's own words), `not-found` (no tar), and as `openExec`. */
export async function copyToPod(
  client: Client,
  spec: CopyToSpec,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const { signal } = options;
  await asIo(spec.from, () => Deno.lstat(spec.from));
  const counts = { files: 0, bytes: 0 };
  try {
    const { directory, name } = await placeFor(client, spec, { signal });
    const session = await openExec(client, { ...spec, command: unpack(spec, directory) }, {
      stdin: true,
      signal,
    });
    using _session = { [Symbol.dispose]: () => session.close() };
    let said = "";
    const ended = remoteEnd(session, { onSaid: (text) => said = text });
    ended.catch(() => {});
    const archive = ReadableStream.from(localArchive(spec.from, { ...options, name, counts }));
    // A tar that gives up early breaks the pipe: its own words tell more than that.
    const sending = archive.pipeTo(session.stdin).then(() => null, (error) => ({ error }));
    using watched = stallWatch(options.clock ?? systemClock, { counts, said: () => said });
    const sent = await Promise.race([sending, watched.stalled]);
    if (sent !== null && isLocal(sent.error)) throw sent.error;
    const end = await ended;
    if (end.code !== 0) throw tarFailure(end);
    if (sent !== null) throw sent.error;
    return counts;
  } catch (error) {
    throw asCopyError(error);
  }
}

function isLocal(error: unknown): boolean {
  return (error as { code?: unknown }).code === "io";
}

function unpack({ preserve = true }: CopyToSpec, directory: string): readonly string[] {
  const kept = preserve ? [] : ["--no-same-permissions", "--no-same-owner"];
  return ["tar", ...kept, "-xmf", "-", ...directory === "" ? [] : ["-C", directory]];
}

/** Where it is unpacked, and under which name. */
async function placeFor(
  client: Client,
  spec: CopyToSpec,
  { signal }: Pick<CopyOptions, "signal">,
): Promise<{ readonly directory: string; readonly name: string }> {
  const own = baseName(spec.from);
  if (await isRemoteDirectory(client, spec, { signal })) return { directory: spec.to, name: own };
  const to = spec.to.replace(/(?<=.)\/+$/, "");
  const name = baseName(to);
  const directory = to.slice(0, to.length - name.length).replace(/(?<=.)\/+$/, "");
  if (
    directory !== "" &&
    !await isRemoteDirectory(client, { ...spec, to: directory }, { signal, orUnknown: true })
  ) {
    throw new OrkaError("io", `the container has no directory ${directory}`);
  }
  return { directory, name };
}

async function isRemoteDirectory(
  client: Client,
  spec: CopyToSpec,
  { signal, orUnknown = false }: Pick<CopyOptions, "signal"> & {
    /** What is answered where the container has no `test`. */
    readonly orUnknown?: boolean;
  },
): Promise<boolean> {
  try {
    const session = await openExec(client, { ...spec, command: ["test", "-d", spec.to] }, { signal });
    return (await remoteEnd(session)).code === 0;
  } catch (error) {
    if (asCopyError(error) !== error) return orUnknown;
    throw error;
  }
}

/** The last part; `.` for what stands for a directory's content. */
export function baseName(path: string): string {
  const last = path.replace(/\/+$/, "").split("/").at(-1)!;
  return last === "" || last === ".." ? "." : last;
}
