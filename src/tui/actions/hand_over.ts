/** Lends the whole terminal to a remote program: keys and screen as they are, until it ends or `ctrl-]`. */
import { isCancelled } from "../../base/mod.ts";
import type { RemoteExit } from "../../ops/mod.ts";
import type { PaneHost } from "../pane.ts";
import type { PassThrough, RawTerminal } from "../term/mod.ts";
import { openRemote, type RemotePlace, type RemoteProgram, type RemoteTerminal } from "./remote_terminal.ts";

/** ctrl-]: no shell's key, and telnet's for the same. */
const LEAVE_BYTE = 0x1d;
const encoder = new TextEncoder();

export async function handOver(
  host: PaneHost,
  passThrough: PassThrough,
  what: { readonly place: RemotePlace; readonly program: RemoteProgram },
): Promise<void> {
  const { engine } = host;
  if (engine === null) return host.notify("No connection", "warn");
  const ops = await host.ops();
  const abort = new AbortController();
  const outcome = await passThrough(async (terminal) => {
    try {
      const input = new Typed(terminal, () => abort.abort());
      await terminal.write(encoder.encode(greeting(what)));
      const options = { client: engine.client, ops, size: sizeOf(terminal), signal: abort.signal };
      const remote = await openRemote(what.place, what.program, options);
      terminal.onResize = () => remote.session.resize(sizeOf(terminal));
      input.flowTo(remote);
      return await show(terminal, remote);
    } catch (error) {
      if (abort.signal.aborted || isCancelled(error)) return null;
      throw error;
    }
  });
  if (outcome !== null && outcome.code !== 0) {
    host.notify(`The program in ${what.place.pod} ended with code ${outcome.code}`, "warn");
  }
}

function greeting({ place, program }: { place: RemotePlace; program: RemoteProgram }): string {
  const verb = program.type === "shell" ? "Shell in" : "Attached to";
  return `\x1b[2m${verb} ${place.pod}/${place.container}; ctrl-] leaves\x1b[0m\r\n`;
}

function sizeOf({ cols, rows }: RawTerminal): { columns: number; rows: number } {
  return { columns: cols, rows };
}

/** What is typed, kept until there is a program to take it. */
class Typed {
  #waiting: Uint8Array[] = [];
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;

  constructor(terminal: RawTerminal, leave: () => void) {
    terminal.onData = (bytes) => {
      if (bytes.includes(LEAVE_BYTE)) return leave();
      if (this.#writer === null) this.#waiting.push(bytes);
      else this.#writer.write(bytes).catch(() => {}); // its end tells
    };
  }

  flowTo({ session }: RemoteTerminal): void {
    this.#writer = session.stdin.getWriter();
    for (const bytes of this.#waiting) this.#writer.write(bytes).catch(() => {});
    this.#waiting = [];
  }
}

async function show(
  terminal: RawTerminal,
  { session, reader, first, tty }: RemoteTerminal,
): Promise<RemoteExit> {
  const out = (bytes: Uint8Array) => terminal.write(tty ? bytes : withReturns(bytes));
  await out(first);
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    await out(value);
  }
  return await session.exit;
}

/** A line feed alone would go down a staircase. */
function withReturns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte === 10) out.push(13);
    out.push(byte);
  }
  return Uint8Array.from(out);
}
