/** The real world for `CliIo`: files and streams of this process. */
import { OrkaError, systemClock } from "../base/mod.ts";
import { isBrokenPipe } from "./failure.ts";
import { type Backend, BufferedOutput, type CliIo } from "./io.ts";
import { unreadStdout } from "./unread_pipe.ts";

export interface SystemIoOptions extends Pick<CliIo, "lend"> {
  readonly backend: Backend;
  readonly signal: AbortSignal;
}

/** This process's io. `signal` is aborted when the process is asked to end. */
export function systemIo({ backend, signal, lend }: SystemIoOptions): CliIo {
  return {
    stdout: output(Deno.stdout, "stdout"),
    stderr: output(Deno.stderr, "stderr"),
    stdinIsTerminal: Deno.stdin.isTerminal(),
    ask: askPerson,
    lend,
    readStdin: () => new Response(Deno.stdin.readable).text(),
    readFile,
    listFiles,
    env: (name) => Deno.env.get(name),
    clock: systemClock,
    signal,
    program: "orka",
    backend,
  };
}

function output(stream: typeof Deno.stdout, name: "stdout" | "stderr"): BufferedOutput {
  const isTerminal = stream.isTerminal();
  const isUnread = name === "stdout" ? unreadStdout() : undefined;
  const columns = isTerminal ? columnsOf() : 80;
  return new BufferedOutput(isTerminal, columns, async (bytes) => {
    let rest = bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(await stream.write(rest));
    } catch (error) {
      throw writeError(error, name);
    }
  }, isUnread);
}

/** A full disk and the like, in the system's words. A reader that has gone is told by its own exit code. */
function writeError(error: unknown, name: string): unknown {
  if (isBrokenPipe(error) || !(error instanceof Error)) return error;
  const said = error.message.replace(/ \(os error \d+\)$/, "");
  const message = `write ${name}: ${said.slice(0, 1).toLowerCase()}${said.slice(1)}`;
  return new OrkaError("io", message, { cause: error });
}

/** The terminal gives whole lines; what comes behind the first one is left for who asks next. */
async function askPerson(question: string): Promise<string | null> {
  await Deno.stderr.write(new TextEncoder().encode(question));
  const buffer = new Uint8Array(4096);
  const length = await Deno.stdin.read(buffer);
  return length === null
    ? null
    : new TextDecoder().decode(buffer.subarray(0, length)).replace(/\r?\n[^]*$/, "");
}

function columnsOf(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // a terminal that does not tell
  }
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

async function listFiles(
  path: string,
  { recursive }: { readonly recursive: boolean },
): Promise<readonly string[] | null> {
  try {
    if (!(await Deno.stat(path)).isDirectory) return null;
    const files: string[] = [];
    for await (const entry of Deno.readDir(path)) {
      const inside = `${path.replace(/\/$/, "")}/${entry.name}`;
      if (entry.isFile || entry.isSymlink) files.push(inside);
      else if (recursive) files.push(...await listFiles(inside, { recursive }) ?? []);
    }
    return files.sort();
  } catch (error) {
    throw fileError(error, path);
  }
}

function fileError(error: unknown, path: string): unknown {
  if (error instanceof Deno.errors.NotFound) {
    return new OrkaError("io", `the path "${path}" does not exist`, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new OrkaError("io", `the path "${path}" may not be read`, { cause: error });
  }
  return error instanceof Error && !(error instanceof OrkaError)
    ? new OrkaError("io", `cannot read "${path}": ${error.message}`, { cause: error })
    : error;
}
