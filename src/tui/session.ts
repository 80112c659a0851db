/**
 * A session on any terminal: `runSession` gives it the real one, tests an emulator.
 *
 * 1. The first frame is drawn before anything is connected.
 * 2. After `done` resolves nothing is drawn, no timer runs and no engine is open.
 */
import { systemClock } from "../base/mod.ts";
import { App } from "./app.ts";
import type { SessionHost, SessionOptions } from "./session_options.ts";
import {
  type ColorMode,
  FrameLoop,
  type InputEvent,
  InputParser,
  Screen,
  type TermIO,
  ThemeChoice,
  type ThemeName,
} from "./term/mod.ts";

export interface TerminalParts {
  readonly io: TermIO;
  readonly host: SessionHost;
  readonly mode?: ColorMode;
  /** What hints at a light terminal that does not answer. */
  readonly env?: (name: string) => string | undefined;
  /** 0 draws every change at once, for tests. */
  readonly minFrameMs?: number;
}

export class Session {
  readonly app: App;
  readonly loop: FrameLoop;
  /** Resolves when the session is over; rejects with what broke its drawing. */
  readonly done: Promise<void>;
  readonly #screen: Screen;
  readonly #parser: InputParser;
  readonly #end: () => void;
  readonly #io: TermIO;
  #themes: ThemeChoice;
  #isOver = false;

  constructor(options: SessionOptions, parts: TerminalParts) {
    const { io, host, mode = "truecolor", env, minFrameMs } = parts;
    this.#io = io;
    this.#themes = new ThemeChoice({ mode, choice: options.theme ?? "auto", ...(env ? { env } : {}) });
    const clock = options.clock ?? systemClock;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#end = resolve;
    this.#screen = new Screen(io.cols, io.rows, { mode, theme: this.#themes.theme });
    this.loop = new FrameLoop({
      screen: this.#screen,
      draw: (canvas) => this.app.draw(canvas),
      write: (text) => io.write(text),
      onError: reject,
      clock,
      ...(minFrameMs === undefined ? {} : { minFrameMs }),
    });
    this.app = new App({
      session: options,
      host,
      clock,
      invalidate: () => this.loop.invalidate(),
      repaint: () => this.loop.repaint(),
      setTheme: (name) => this.#setTheme(name, mode),
      quit: () => void this.close(),
    });
    this.#parser = new InputParser((event) => this.#event(event), { clock });
    io.onData = (bytes) => this.#parser.feed(bytes);
    io.onResize = () => {
      this.#screen.resize(io.cols, io.rows);
      this.loop.invalidate();
    };
  }

  /** Draws, then connects. */
  start(): void {
    this.loop.frame();
    this.#askTheme();
    this.app.start().catch((error) => this.app.navigator.fail(error));
  }

  /** The terminal was lent to someone else: everything is painted again. */
  resumed({ cols, rows }: { readonly cols: number; readonly rows: number }): void {
    this.#screen.resize(cols, rows);
    this.loop.repaint();
    this.#askTheme();
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parser.reset();
    this.loop.stop();
    await this.app.close();
    this.#end();
  }

  /** Nothing waits for the answer, and a terminal that gives none keeps what it has. */
  #askTheme(): void {
    const { query } = this.#themes;
    if (query !== null) void this.#io.write(query);
  }

  #event(event: InputEvent): void {
    if (event.type === "reply" && this.#themes.onReply(event.sequence)) this.#showTheme();
    this.app.event(event);
  }

  /** What was chosen by hand stays, whatever the terminal says. */
  #setTheme(choice: ThemeName, mode: ColorMode): void {
    this.#themes = new ThemeChoice({ mode, choice });
    this.#showTheme();
  }

  #showTheme(): void {
    this.#screen.theme = this.#themes.theme;
    this.loop.repaint();
  }
}
