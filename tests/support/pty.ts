/** A real program in a real pseudo terminal, its screen read by an emulator. Waiting is by output, never by time. */
import pty from "@lydell/node-pty";
import { keyBytes, VirtualTerminal } from "./vt.ts";

export interface PtyOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A wait that takes this long has failed. */
const DEADLINE_MS = 20_000;

export class PtyProgram implements AsyncDisposable {
  readonly screen: VirtualTerminal;
  /** Everything the program wrote. */
  raw = "";
  /** Set once it has ended; a signal's number counts as 128 more, as shells have it. */
  exitCode: number | null = null;
  readonly exited: Promise<number>;
  readonly #pty: pty.IPty;
  readonly #watchers = new Set<() => void>();

  constructor(command: string, args: readonly string[], { cols = 80, rows = 24, env = {} }: PtyOptions = {}) {
    this.screen = new VirtualTerminal(cols, rows);
    this.#pty = pty.spawn(command, [...args], {
      cols,
      rows,
      env: { ...Deno.env.toObject(), TERM: "xterm-256color", ...env },
    });
    this.screen.onReply((text) => this.#pty.write(text));
    const { promise, resolve } = Promise.withResolvers<number>();
    this.exited = promise;
    this.#pty.onData((data) => {
      this.raw += data;
      this.screen.feed(data);
      for (const watch of this.#watchers) watch();
    });
    this.#pty.onExit(({ exitCode, signal }) => {
      this.exitCode = signal ? 128 + signal : exitCode;
      resolve(this.exitCode);
      for (const watch of this.#watchers) watch();
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  write(text: string): void {
    this.#pty.write(text);
  }

  press(...chords: readonly string[]): void {
    for (const chord of chords) this.write(keyBytes(chord));
  }

  resize(cols: number, rows: number): void {
    this.screen.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** Sends a signal to the program alone, not to its group. */
  signal(name: Deno.Signal): void {
    Deno.kill(this.pid, name);
  }

  /** Closes the terminal under the program, as a lost ssh connection does. */
  hangUp(): void {
    (this.#pty as unknown as { destroy(): void }).destroy();
  }

  /** Stops reading the program's output, as a stuck terminal does. */
  pause(): void {
    this.#pty.pause();
  }

  resume(): void {
    this.#pty.resume();
  }

  /** Resolves when `isDone` holds after some output; fails with the screen in the message. */
  until(isDone: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watch = () => {
      if (isDone()) finish(resolve);
    };
    const late = setTimeout(
      () =>
        finish(() =>
          reject(new Error(`${what} did not come (exit code ${this.exitCode}):\n${this.screen.text()}`))
        ),
      DEADLINE_MS,
    );
    const finish = (settle: () => void) => {
      clearTimeout(late);
      this.#watchers.delete(watch);
      settle();
    };
    this.#watchers.add(watch);
    watch();
    return promise;
  }

  untilText(text: string): Promise<void> {
    return this.until(() => this.screen.text().includes(text), `"${text}"`);
  }

  /** The exit code, or a failure when the program doesn't end. */
  async end(): Promise<number> {
    await this.until(() => this.exitCode !== null, "the program's end");
    return this.exitCode!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.exitCode === null) {
      this.#pty.kill("SIGKILL");
      await this.exited;
    }
    this.screen[Symbol.dispose]();
  }
}
