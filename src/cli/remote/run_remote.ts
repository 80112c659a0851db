/** Joins a process in a container with the person's terminal, or with the pipes that stand in its place. */
import { EXIT } from "../../base/mod.ts";
import type { ExecOptions, ExecSession, PodContainer } from "../../ops/mod.ts";
import { type CliIo, note, type Output } from "../io.ts";
import { rawTerminal, systemTerminal, type TerminalAccess } from "./terminal.ts";

export interface RemoteOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Said before anything else once it runs. */
  readonly greeting?: string | undefined;
}

/** kubectl's word where a terminal was asked for and there is none; whether there is one. */
export async function checkedTty(io: CliIo, { stdin, tty }: RemoteOptions): Promise<boolean> {
  if (!tty || (stdin && io.stdinIsTerminal)) return tty;
  if (!stdin) return tty;
  await note(io, "Unable to use a TTY - input is not a terminal or the right kind of file");
  return false;
}

/**
 * Opens it and carries its streams until it ends; the exit code, which is the remote one. The terminal is as it was
 * before when this returns or throws. Errors: those of `open` and of `ExecSession.exit`.
 */
export async function runRemote(
  io: CliIo,
  options: RemoteOptions,
  open: (options: ExecOptions) => Promise<ExecSession>,
): Promise<number> {
  const terminal = io.terminal ?? systemTerminal;
  const isRaw = options.tty && options.stdin && io.stdinIsTerminal;
  const size = options.tty && io.stdinIsTerminal ? terminal.size() ?? undefined : undefined;
  const session = await open({ stdin: options.stdin, tty: options.tty, size, signal: io.signal });
  using cleanup = new DisposableStack();
  cleanup.defer(() => session.close());
  if (options.greeting !== undefined) await note(io, options.greeting);
  if (isRaw) cleanup.use(rawTerminal(terminal));
  if (size !== undefined) cleanup.use(followSize(terminal, session));
  const input = options.stdin ? terminal.input().getReader() : null;
  if (input !== null) void carryInput(input, session);
  try {
    await Promise.all([drain(session.stdout, io.stdout), drain(session.stderr, io.stderr)]);
    const { code } = await session.exit;
    cleanup.dispose(); // before anything is said: a raw terminal breaks lines otherwise
    if (code !== EXIT.ok) await note(io, `command terminated with exit code ${code}`);
    return code;
  } finally {
    // What is still waited for is nobody's: the process reads it no more.
    void input?.cancel().catch(() => {});
  }
}

function followSize(terminal: TerminalAccess, session: ExecSession): Disposable {
  return terminal.onResize(() => {
    const size = terminal.size();
    if (size !== null) session.resize(size);
  });
}

/** Until either end has enough; the process tells by its exit what it made of it. */
async function carryInput(
  input: ReadableStreamDefaultReader<Uint8Array>,
  session: ExecSession,
): Promise<void> {
  const writer = session.stdin.getWriter();
  try {
    for (;;) {
      const { value, done } = await input.read();
      if (done) break;
      await writer.write(value);
    }
    await writer.close();
  } catch {
    // the session's end
  }
}

async function drain(stream: ReadableStream<Uint8Array>, output: Output): Promise<void> {
  for await (const bytes of stream) {
    await output.write(bytes);
  }
}

/** A container has a terminal or has none: what was asked for gives way, as with kubectl. */
export async function attachTty(
  io: CliIo,
  container: PodContainer,
  { stdin, tty }: RemoteOptions,
): Promise<boolean> {
  if (tty && container.tty !== true) {
    await note(io, `error: Unable to use a TTY - container ${container.name} did not allocate one`);
    return false;
  }
  if (container.tty !== true) return false;
  return tty ? await checkedTty(io, { stdin, tty }) : true;
}
