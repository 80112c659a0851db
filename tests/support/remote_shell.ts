/** A shell's terminal in which the program joins a process somewhere else; the shell tells how it left the terminal. */
import assert from "node:assert/strict";
import { PtyProgram } from "./pty_program.ts";

const MAIN = decodeURIComponent(new URL("../../main.ts", import.meta.url).pathname);

/** Lines before and after are those of `stty -g`; the shell itself shrugs off ctrl+c. */
const SCRIPT = `trap : INT
stty -g
sh -c 'echo "pid=$$"; exec "$@"' sh "$@"
echo "code=$?"
stty -g
echo over`;
const SETTINGS = /^[0-9a-f]+(?::[0-9a-f]+){5,}\r?$/gm;

export class RemoteShell implements AsyncDisposable {
  readonly program: PtyProgram;

  /** `args`: the command line behind `orka`. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const words = ["-c", SCRIPT, "sh", Deno.execPath(), "run", "-A", MAIN, ...args];
    this.program = new PtyProgram("sh", words, { cols: 97, rows: 31, env });
  }

  /** Types a line, and waits for what answers it: behind everything that was there before. */
  async type(line: string, answer: RegExp): Promise<void> {
    const from = this.program.raw.length;
    this.program.write(line);
    await this.program.until(
      () => answer.test(this.program.raw.slice(from)),
      `${answer} after ${JSON.stringify(line)}`,
    );
  }

  async prompt(): Promise<void> {
    // Behind it busybox asks where the cursor is, and the answer may be echoed.
    await this.program.until(() => /# [^\n]*$/.test(this.program.raw), "a prompt");
  }

  /** Asks until it is so: the signal and its message are under way while the question is asked. */
  async tellsSize(expected: string): Promise<void> {
    const deadlineMs = performance.now() + 5_000;
    for (;;) {
      const from = this.program.raw.length;
      await this.type("stty size\r", /\n\d+ \d+\r\n/);
      const said = /\n(\d+ \d+)\r\n/.exec(this.program.raw.slice(from))![1];
      if (said === expected) return;
      assert.ok(performance.now() < deadlineMs, `the size is still ${said}`);
    }
  }

  /** To the program itself, not to its shell. */
  signal(name: Deno.Signal): void {
    Deno.kill(Number(/pid=(\d+)/.exec(this.program.raw)![1]), name);
  }

  /** The program's exit code, and whether the terminal is as it was before. */
  async end(): Promise<{ readonly code: number; readonly isRestored: boolean }> {
    await this.program.until(() => this.program.raw.includes("over"), "the shell's last word");
    await this.program.ends();
    const [before, after] = this.program.raw.match(SETTINGS) ?? [];
    const code = Number(/code=(\d+)/.exec(this.program.raw)?.[1]);
    return { code, isRestored: before !== undefined && before.trim() === after?.trim() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.program[Symbol.asyncDispose]();
  }
}
