/** The person's terminal, lent to a process somewhere else. */
import type { TerminalSize } from "../../ops/mod.ts";

/** What a remote shell needs of the terminal; tests give their own. */
export interface TerminalAccess {
  /** stdin's bytes as they come. Cancelling it ends the reading. */
  input(): ReadableStream<Uint8Array>;
  /** Raw: every key comes at once, ctrl+c too, and nothing is echoed. */
  setRaw(isRaw: boolean): void;
  /** null: it does not tell. */
  size(): TerminalSize | null;
  onResize(listener: () => void): Disposable;
}

/** This process's own. */
export const systemTerminal: TerminalAccess = {
  input: () => Deno.stdin.readable,
  setRaw(isRaw) {
    Deno.stdin.setRaw(isRaw); // back to all that it was, what `stty` changed too
    if (isRaw) keepLineFeeds();
  },
  size() {
    try {
      return Deno.consoleSize();
    } catch {
      return null;
    }
  },
  onResize(listener) {
    Deno.addSignalListener("SIGWINCH", listener);
    return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGWINCH", listener) };
  },
};

/**
 * Deno's raw mode goes on making `\r\n` of each `\n`, while programs with a terminal of their own mean one line down by
 * it. Waited for: a late `stty` would undo what is restored at the end. Without one, lines come out as before.
 */
function keepLineFeeds(): void {
  try {
    new Deno.Command("stty", { args: ["-opost"], stdin: "inherit", stdout: "null", stderr: "null" })
      .outputSync();
  } catch {
    // there is none
  }
}

/** Raw until it is disposed, whatever happens meanwhile. */
export function rawTerminal(terminal: TerminalAccess): Disposable {
  terminal.setRaw(true);
  return { [Symbol.dispose]: () => terminal.setRaw(false) };
}
