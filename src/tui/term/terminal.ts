/**
 * Owns the real terminal: raw mode, alternate screen, modes, size, hand-over to children, and giving the
 * terminal back on every way out.
 *
 * 1. Whatever ends the session (quit, crash, signal, hang-up), the terminal is restored before `ended` resolves.
 * 2. While a child has the terminal no byte of input is read and none is written.
 * 3. Output goes out in order; `write` resolves when the terminal has taken it.
 *
 * Keys come from node:process's stdin: a pending `Deno.stdin.read` can't be cancelled and would steal a child's
 * keys. It costs some 25 ms to load, so that happens after the first frame. Output goes through the async
 * `Deno.stdout.write`: the sync writers block the event loop on a slow terminal.
 */
import { type Clock, OrkaError, systemClock } from "../../base/mod.ts";
import { AFTER_REMOTE, ENTER, LEAVE } from "./modes.ts";
import { isOrphaned, type Keyboard, loadKeyboard } from "./tty.ts";

/** What a session needs of a terminal; tests pass an emulator. */
export interface TermIO {
  readonly cols: number;
  readonly rows: number;
  /** Resolves when the terminal has taken the text. */
  write(text: string): Promise<void>;
  onData: (bytes: Uint8Array) => void;
  onResize: () => void;
}

/** The terminal while a remote program has it: still raw, keys and screen as they are. */
export interface RawTerminal {
  readonly cols: number;
  readonly rows: number;
  /** What was typed. Set it before anything is awaited. */
  onData: (bytes: Uint8Array) => void;
  onResize: () => void;
  /** Resolves when the terminal has taken the bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Hands the terminal to `run` and takes it back, whatever came of it. */
export type PassThrough = <T>(run: (terminal: RawTerminal) => Promise<T>) => Promise<T>;

/** Why the terminal was given back without being asked to. */
export type TerminalEnd =
  | { readonly type: "signal"; readonly signal: "SIGTERM" | "SIGHUP" | "SIGINT" }
  | { readonly type: "hangup" }
  | { readonly type: "crash"; readonly error: unknown };

export interface TerminalOptions {
  readonly clock?: Clock;
  readonly env?: (name: string) => string | undefined;
}

const ENDING_SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
/** A terminal that takes nothing for this long is not waited for on the way out. */
const CLOSE_MS = 500;
/** A ctrl+c that ended a child reaches us at most this much later. */
const CHILD_SIGNAL_MS = 250;
const SMALLEST = { cols: 2, rows: 1 };
const isWindows = Deno.build.os === "windows";

export class Terminal implements TermIO {
  cols = 80;
  rows = 24;
  onData: (bytes: Uint8Array) => void = () => {};
  onResize: () => void = () => {};
  /** Called when the terminal is ours again after a child or a stop; repaint everything. */
  onResume: () => void = () => {};
  /** Resolves when something other than `close` ended the session; the terminal is restored by then. */
  readonly ended: Promise<TerminalEnd>;
  readonly #end: (end: TerminalEnd) => void;
  readonly #clock: Clock;
  readonly #env: (name: string) => string | undefined;
  readonly #encoder = new TextEncoder();
  #isOpen = false;
  #resumedMs = -Infinity;
  /** Settled when the terminal is ours again; undefined while it is. */
  #lent: PromiseWithResolvers<void> | undefined;
  #isActive = false;
  #tail: Promise<void> = Promise.resolve();
  #keyboard: Promise<Keyboard> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  /** The remote program's hold; null while there is none. */
  #raw: RawTerminal | null = null;

  constructor({ clock = systemClock, env = (name) => Deno.env.get(name) }: TerminalOptions = {}) {
    this.#clock = clock;
    this.#env = env;
    const { promise, resolve } = Promise.withResolvers<TerminalEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** True while the terminal is ours: opened, not closed, not lent to a child. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Takes the terminal. Throws OrkaError `terminal` where there is none that can show a session. */
  open(): void {
    this.#check();
    this.#readSize();
    this.#isOpen = true;
    this.#listen();
    this.#take();
  }

  /** Gives the terminal back for good. Never throws, never hangs on a terminal that is gone or stuck. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#unlisten();
    if (this.#raw !== null) this.#endRaw();
    await this.#release();
    this.#lent?.resolve();
    this.#lent = undefined;
    const keyboard = await this.#keyboard;
    keyboard?.close();
  }

  /** While a child has the terminal the text is dropped, and the promise waits for its return: no frame is drawn for nobody. */
  write(text: string): Promise<void> {
    if (!this.#isActive) return this.#lent?.promise ?? Promise.resolve();
    const bytes = this.#encoder.encode(text);
    return this.#tail = this.#tail.then(async () => {
      for (let at = 0; at < bytes.length && this.#isActive;) {
        at += await Deno.stdout.write(bytes.subarray(at));
      }
      this.#keyboard ??= this.#openKeyboard();
    }).catch((error) => this.#lost(error));
  }

  /** Lends the terminal to `run` (an editor, a shell), then takes it back, whatever came of it. */
  async suspend<T>(run: () => Promise<T>): Promise<T> {
    await this.#release();
    try {
      return await run();
    } finally {
      if (this.#isOpen) {
        this.#resumedMs = this.#clock.monotonic();
        this.#readSize();
        this.#take();
        this.onResume();
      }
    }
  }

  /** Hands keys and screen to a remote program: raw mode stays, everything else is as a shell expects it. */
  async passThrough<T>(run: (terminal: RawTerminal) => Promise<T>): Promise<T> {
    const keyboard = await (this.#keyboard ??= this.#openKeyboard());
    this.#isActive = false;
    this.#lent = Promise.withResolvers();
    const raw = this.#rawTerminal();
    this.#raw = raw;
    try {
      // not awaited: keys typed meanwhile are for the program, and what it writes goes out behind this
      raw.write(this.#encoder.encode(LEAVE)).catch((error) => this.#lost(error));
      keyboard.resume();
      return await run(raw);
    } finally {
      if (this.#raw === raw) {
        await raw.write(this.#encoder.encode(AFTER_REMOTE)).catch(() => {});
        this.#raw = null;
        this.#resumedMs = this.#clock.monotonic();
        this.#readSize();
        this.#take();
        this.onResume();
      }
    }
  }

  /** ctrl+z: stops the process as the shell expects. False where no shell could wake it again. */
  async stop(): Promise<boolean> {
    if (isWindows || await isOrphaned()) return false;
    await this.suspend(async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const onContinue = () => resolve();
      Deno.addSignalListener("SIGCONT", onContinue);
      // everyone in our process group (a launcher such as npx) must stop too, or the shell waits for it
      Deno.kill(0, "SIGSTOP");
      await promise;
      Deno.removeSignalListener("SIGCONT", onContinue);
    });
    return true;
  }

  /** Puts `text` on the clipboard through the terminal (OSC 52); works over ssh, where the terminal allows it. */
  copy(text: string): Promise<void> {
    const bytes = this.#encoder.encode(text);
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    const sequence = `\x1b]52;c;${btoa(binary)}\x07`;
    return this.write(
      this.#env("TMUX") ? `\x1bPtmux;${sequence.replaceAll("\x1b", "\x1b\x1b")}\x1b\\` : sequence,
    );
  }

  #check(): void {
    if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) {
      throw new OrkaError(
        "terminal",
        "Cannot open the session: standard input and output must be a terminal",
        {
          hint: "In scripts use the commands, for instance `orka get pods`.",
        },
      );
    }
    if (this.#env("TERM") === "dumb") {
      throw new OrkaError("terminal", "Cannot open the session: TERM=dumb can't place the cursor", {
        hint: "Set TERM to what your terminal is, for instance xterm-256color, or use the commands.",
      });
    }
  }

  #listen(): void {
    if (isWindows) this.#poll = setInterval(this.#onSize, 250);
    else {
      Deno.addSignalListener("SIGWINCH", this.#onSize);
      Deno.addSignalListener("SIGCONT", this.#onContinue);
      Deno.addSignalListener("SIGTSTP", this.#onStop);
      Deno.addSignalListener("SIGQUIT", ignore);
      for (const signal of ENDING_SIGNALS) Deno.addSignalListener(signal, this.#onSignal[signal]);
    }
    globalThis.addEventListener("error", this.#onError);
    globalThis.addEventListener("unhandledrejection", this.#onError);
    globalThis.addEventListener("unload", this.#restoreNow);
  }

  #unlisten(): void {
    if (isWindows) clearInterval(this.#poll);
    else {
      Deno.removeSignalListener("SIGWINCH", this.#onSize);
      Deno.removeSignalListener("SIGCONT", this.#onContinue);
      Deno.removeSignalListener("SIGTSTP", this.#onStop);
      Deno.removeSignalListener("SIGQUIT", ignore);
      for (const signal of ENDING_SIGNALS) Deno.removeSignalListener(signal, this.#onSignal[signal]);
    }
    globalThis.removeEventListener("error", this.#onError);
    globalThis.removeEventListener("unhandledrejection", this.#onError);
    globalThis.removeEventListener("unload", this.#restoreNow);
  }

  readonly #onSize = (): void => {
    if (!this.#readSize()) return;
    if (this.#raw !== null) this.#raw.onResize();
    else if (this.#isActive) this.onResize();
  };

  readonly #onStop = (): void => void this.stop();

  /** Stopped and continued from outside: the shell may have changed the terminal meanwhile. */
  readonly #onContinue = (): void => {
    if (!this.#isActive) return;
    this.#readSize();
    this.#take();
    this.onResume();
  };

  /** A child in the foreground shares our ctrl+c; it is meant for the child, and may be told to us only after its end. */
  readonly #onSignal = {
    SIGTERM: () => void this.#fail({ type: "signal", signal: "SIGTERM" }),
    SIGHUP: () => void this.#fail({ type: "signal", signal: "SIGHUP" }),
    SIGINT: () => {
      const isOurs = this.#isActive && this.#clock.monotonic() - this.#resumedMs > CHILD_SIGNAL_MS;
      if (isOurs) void this.#fail({ type: "signal", signal: "SIGINT" });
    },
  };

  readonly #onError = (event: Event): void => {
    event.preventDefault();
    const error = event instanceof PromiseRejectionEvent ? event.reason : (event as ErrorEvent).error;
    void this.#fail({ type: "crash", error });
  };

  readonly #restoreNow = (): void => {
    if (this.#raw !== null) return this.#endRaw();
    if (!this.#isActive) return;
    this.#isActive = false;
    try {
      writeNow(LEAVE);
    } catch {
      return; // the terminal is gone
    }
    cook();
  };

  async #fail(end: TerminalEnd): Promise<void> {
    await this.close();
    this.#end(end);
  }

  #rawTerminal(): RawTerminal {
    const size = this as { readonly cols: number; readonly rows: number };
    let tail = this.#tail;
    return {
      get cols() {
        return size.cols;
      },
      get rows() {
        return size.rows;
      },
      onData: () => {},
      onResize: () => {},
      write: (bytes) =>
        tail = tail.then(async () => {
          for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
        }),
    };
  }

  /** The way out while a remote program has the terminal. */
  #endRaw(): void {
    this.#raw = null;
    try {
      writeNow(AFTER_REMOTE);
    } catch {
      return; // the terminal is gone
    }
    cook();
  }

  #lost(error: unknown): void {
    if (this.#isOpen) void this.#fail(isHangUp(error) ? { type: "hangup" } : { type: "crash", error });
  }

  /** True when the size changed. */
  #readSize(): boolean {
    try {
      const { columns, rows } = Deno.consoleSize();
      const [cols, lines] = [Math.max(SMALLEST.cols, columns), Math.max(SMALLEST.rows, rows)];
      if (cols === this.cols && lines === this.rows) return false;
      this.cols = cols;
      this.rows = lines;
      return true;
    } catch {
      return false; // no terminal any more; the hang-up comes on its own
    }
  }

  #take(): void {
    Deno.stdin.setRaw(true);
    this.#isActive = true;
    writeNow(ENTER);
    this.#lent?.resolve();
    this.#lent = undefined;
    void this.#keyboard?.then((keyboard) => {
      if (this.#isActive) keyboard.resume();
    });
  }

  async #release(): Promise<void> {
    if (!this.#isActive) return;
    const keyboard = await this.#keyboard;
    keyboard?.pause();
    this.#isActive = false;
    this.#lent = Promise.withResolvers();
    const { promise: late, resolve } = Promise.withResolvers<"stuck">();
    using _timer = this.#clock.timer(CLOSE_MS, () => resolve("stuck"));
    const left = this.#tail.then(() => Deno.stdout.write(this.#encoder.encode(LEAVE)));
    // changing the mode waits until everything written is taken: on a stuck terminal it would never return
    if (await Promise.race([left.then(() => "taken", () => "gone"), late]) === "stuck") return;
    cook();
  }

  async #openKeyboard(): Promise<Keyboard> {
    const keyboard = await loadKeyboard({
      onData: (bytes) => {
        if (this.#raw !== null) this.#raw.onData(bytes);
        else if (this.#isActive) this.onData(bytes);
      },
      onEnd: () => void this.#fail({ type: "hangup" }),
    });
    if (this.#isActive) keyboard.resume();
    return keyboard;
  }
}

function ignore(): void {}

function cook(): void {
  try {
    Deno.stdin.setRaw(false);
  } catch {
    // the terminal is gone
  }
}

function writeNow(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** EIO and EPIPE: the other side of the terminal is gone. */
function isHangUp(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Deno.errors.BrokenPipe || code === "EIO" || code === "EPIPE";
}
