/**
 * A program in a real pseudo-terminal, its screen read by xterm's engine: for tests and benchmarks of the real
 * binary. Waiting is by what the program wrote, never by sleeping.
 */
import pty from "@lydell/node-pty";
import { DENO_DIR } from "./deno_dir.ts";
import { VirtualTerminal } from "./vt.ts";

export interface PtyOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly cwd?: string;
  /** Replaces the environment; PATH, HOME and DENO_DIR are kept where it doesn't say otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ended. */
export interface PtyExit {
  readonly code: number;
  /** 0 when it was not ended by a signal. */
  readonly signal: number;
}

const KEPT = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"];

export class PtyProgram implements AsyncDisposable {
  readonly screen: VirtualTerminal;
  readonly pid: number;
  /** Resolves when the program has ended. */
  readonly exit: Promise<PtyExit>;
  /** Everything that the program wrote, raw. */
  raw = "";
  /** Bytes and writes taken from the program. */
  bytes = 0;
  /** Monotonic ms of the start, and of the last bytes taken. */
  readonly startedMs = performance.now();
  lastWriteMs = 0;
  /** Whether `raw` is kept; benchmarks that run for long turn it off. */
  keepRaw = true;
  readonly #process: pty.IPty;
  readonly #watchers = new Set<() => void>();
  #ended: PtyExit | null = null;

  constructor(command: string, args: readonly string[], options: PtyOptions = {}) {
    const { cols = 200, rows = 50 } = options;
    this.screen = new VirtualTerminal(cols, rows);
    const kept = KEPT.flatMap((name): [string, string][] => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#process = pty.spawn(command, [...args], {
      cols,
      rows,
      name: options.env?.TERM ?? "xterm-256color",
      cwd: options.cwd ?? Deno.cwd(),
      env: {
        ...Object.fromEntries(kept),
        DENO_DIR,
        TERM: "xterm-256color",
        COLORTERM: "truecolor",
        ...options.env,
      },
    });
    this.pid = this.#process.pid;
    this.exit = new Promise((resolve) => {
      this.#process.onExit(({ exitCode, signal }) => {
        this.#ended = { code: exitCode, signal: signal ?? 0 };
        resolve(this.#ended);
        this.#notify();
      });
    });
    this.#process.onData((data) => {
      if (this.keepRaw) this.raw += data;
      this.bytes += data.length;
      this.lastWriteMs = performance.now();
      this.screen.feed(data);
      this.#notify();
    });
    // The program asks the terminal what it can do; a terminal that doesn't answer would not be one.
    this.screen.onReply((reply) => this.write(reply));
  }

  get ended(): PtyExit | null {
    return this.#ended;
  }

  write(text: string): void {
    if (this.#ended === null) this.#process.write(text);
  }

  /** Presses keys, as keymaps spell them. */
  press(...chords: readonly string[]): void {
    const { onData } = this.screen;
    this.screen.onData = (bytes) => this.write(new TextDecoder().decode(bytes));
    this.screen.press(...chords);
    this.screen.onData = onData;
  }

  resize(cols: number, rows: number): void {
    this.screen.resize(cols, rows);
    this.#process.resize(cols, rows);
  }

  kill(signal: Deno.Signal): void {
    if (this.#ended === null) Deno.kill(this.pid, signal);
  }

  /** Closes the terminal under the program, as a lost ssh connection does. */
  hangUp(): void {
    (this.#process as unknown as { destroy(): void }).destroy();
  }

  /** Stops reading the program's output, as a stuck terminal does. */
  pause(): void {
    this.#process.pause();
  }

  /** Resolves with `check`'s first truthy answer; looks after every write. Fails with the screen as it stands. */
  until<T>(
    check: () => T | null | undefined | false,
    what: string,
    { timeoutMs = 20_000 }: { timeoutMs?: number } = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = check();
        if (found) {
          stop();
          resolve(found);
        } else if (this.#ended) {
          stop();
          reject(new Error(`ended with ${this.#ended.code} before ${what}:\n${this.#tail()}`));
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`no ${what} within ${timeoutMs} ms; the screen:\n${this.screen.text()}`));
      }, timeoutMs);
      const stop = () => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Until the screen shows `text`. */
  shows(text: string | RegExp, options?: { timeoutMs?: number }): Promise<true> {
    const test = () =>
      typeof text === "string" ? this.screen.text().includes(text) : text.test(this.screen.text());
    return this.until(() => test() || null, `"${text}" on the screen`, options) as Promise<true>;
  }

  /** The exit, or a failure when the program goes on. */
  ends({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<PtyExit> {
    if (this.#ended) return Promise.resolve(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`still running after ${timeoutMs} ms; the screen:\n${this.screen.text()}`)),
        timeoutMs,
      );
      this.exit.then((exit) => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.exit;
    this.screen[Symbol.dispose]();
  }

  #tail(): string {
    return this.screen.text().trim() || this.raw.slice(-2000);
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The command line that runs the program from source, for `new PtyProgram(...)` and `Deno.Command`. */
export function fromSource(args: readonly string[]): { command: string; args: string[] } {
  const main = decodeURIComponent(new URL("../../main.ts", import.meta.url).pathname);
  return { command: Deno.execPath(), args: ["run", "-A", main, ...args] };
}
