/** The session on the process's own terminal. */
import { editInEditor, viewInEditor } from "./editor.ts";
import { saveHere } from "./save_file.ts";
import { Session } from "./session.ts";
import type { SessionHost, SessionOptions } from "./session_options.ts";
import { detectColorMode, Terminal, type TerminalEnd } from "./term/mod.ts";

export interface RunOptions extends SessionOptions {
  readonly env?: (name: string) => string | undefined;
}

/**
 * A typed letter is drawn at once, the rows that it filters when the engine has answered, some 3 to 8 ms later: they
 * should not wait for a display's 16 ms to pass. A frame costs a quarter of a millisecond; floods are bounded by the
 * engine, which sends at most one update every 16 ms.
 */
const MIN_FRAME_MS = 4;

/** 128 and the signal's number, as shells count. */
const SIGNAL_CODES = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

/**
 * Opens the session; resolves with the process's exit code when the person leaves or a signal ends it. Throws
 * OrkaError `terminal` where there is none, and what broke it when it breaks; the terminal is restored before.
 */
export async function runSession(options: RunOptions): Promise<number> {
  const env = options.env ?? ((name) => Deno.env.get(name));
  const terminal = new Terminal({ env, ...(options.clock ? { clock: options.clock } : {}) });
  const editor = { env, lend: (run: () => Promise<void>) => terminal.suspend(run) };
  const host: SessionHost = {
    copy: (text) => void terminal.copy(text),
    edit: (text, fileName) => viewInEditor(text, fileName, editor),
    editFile: (path) => editInEditor(path, editor),
    stop: () => terminal.stop(),
    save: saveHere,
    lend: (run) => terminal.suspend(run),
    passThrough: (run) => terminal.passThrough(run),
  };
  const theme = options.theme ?? themeOf(env);
  terminal.open();
  const parts = { io: terminal, host, mode: detectColorMode(env), env, minFrameMs: MIN_FRAME_MS };
  const session = new Session({ ...options, theme }, parts);
  terminal.onResume = () => session.resumed(terminal);
  try {
    session.start();
    const end = await Promise.race([session.done, terminal.ended]);
    return end === undefined ? 0 : codeOf(end);
  } finally {
    await terminal.close();
    const { unsent } = session.app.navigator;
    const kept = [...unsent];
    await session.close();
    for (const path of kept) tellKept(path);
  }
}

/** Typed text outlives a session that ended over it; where it is has to be seen on the terminal left behind. */
function tellKept(path: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`Your text is kept in ${path}\n`));
}

function codeOf(end: TerminalEnd): number {
  if (end.type === "signal") return SIGNAL_CODES[end.signal];
  if (end.type === "hangup") return SIGNAL_CODES.SIGHUP;
  throw end.error;
}

function themeOf(env: (name: string) => string | undefined): "dark" | "light" | undefined {
  const named = env("ORKA_THEME");
  return named === "dark" || named === "light" ? named : undefined;
}
