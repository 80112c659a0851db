/** A remote program on a terminal: a shell that the container has, or the process that runs there already. */
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../engine/protocol.ts";
import type { ExecSession, TerminalSize } from "../../ops/mod.ts";
import type { OpsDoor } from "./ops_door.ts";

/** Where a program is, or is to be. */
export interface RemotePlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** shell: one is begun. attach: the container's own process, with the terminal that it has or has not. */
export type RemoteProgram =
  | { readonly type: "shell" }
  | { readonly type: "attach"; readonly stdin: boolean; readonly tty: boolean };

export interface RemoteOptions {
  readonly client: Client;
  readonly ops: Pick<OpsDoor, "openExec" | "isMissingProgram">;
  readonly size: TerminalSize;
  readonly signal: AbortSignal;
}

/** A program that has begun: its session, and the reader of its output with what came first. */
export interface RemoteTerminal {
  readonly session: ExecSession;
  readonly reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly first: Uint8Array;
  /** Whether it has a terminal of its own: without one, lines end without a carriage return. */
  readonly tty: boolean;
}

/** One that shows what is typed before and deletes what is deleted, if there is such; else whatever is there. */
const BEST_SHELL =
  'TERM=xterm-256color; export TERM; if command -v bash >/dev/null 2>&1; then exec bash; fi; exec "$0"';
const SHELLS: readonly (readonly string[])[] = [
  ["sh", "-c", BEST_SHELL, "sh"],
  ["/bin/sh"],
  ["bash"],
  ["ash"],
  ["busybox", "sh"],
  ["powershell"],
  ["cmd"],
];

/** Resolves with the program's first output. Throws OrkaError `not-found` where there is no shell, else the server's refusal. */
export async function openRemote(
  place: RemotePlace,
  program: RemoteProgram,
  options: RemoteOptions,
): Promise<RemoteTerminal> {
  if (program.type === "attach") return await begin(place, { command: null, ...program }, options, false);
  for (const command of SHELLS) {
    try {
      return await begin(place, { command, stdin: true, tty: true }, options, true);
    } catch (error) {
      if (!options.ops.isMissingProgram(error)) throw error;
    }
  }
  throw new OrkaError("not-found", `container "${place.container}" of pod "${place.pod}" has no shell`, {
    hint:
      `A container with tools: orka debug -it ${place.pod} -n ${place.namespace} --image=busybox --target=${place.container}`,
  });
}

interface Begun {
  readonly command: readonly string[] | null;
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** A program that is not there says so by its end, before any output. */
async function begin(
  place: RemotePlace,
  { command, stdin, tty }: Begun,
  { client, ops, size, signal }: RemoteOptions,
  waits: boolean,
): Promise<RemoteTerminal> {
  const session = await ops.openExec(client, { ...place, command }, { stdin, tty, size, signal });
  void session.stderr.pipeTo(new WritableStream()).catch(() => {});
  const reader = session.stdout.getReader();
  if (!waits) return { session, reader, first: new Uint8Array(), tty };
  const { value, done } = await reader.read();
  if (!done) return { session, reader, first: value, tty };
  await session.exit;
  return { session, reader, first: new Uint8Array(), tty };
}
