/**
 * A shell, or a container's own process, in a pane; on a wide screen beside the table that it was opened from.
 *
 * 1. Keys go to the program, but for `ctrl-]`, which ends it. When it has ended they are the session's again.
 * 2. Hidden, it goes on: history leads back to it. It ends with the session or the connection.
 */
import { AbortScope, isCancelled } from "../../base/mod.ts";
import {
  openRemote,
  type RemotePlace,
  type RemoteProgram,
  type RemoteTerminal,
} from "../actions/remote_terminal.ts";
import type { KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneSummary } from "../pane.ts";
import { type Canvas, chord, type KeyEvent, type MouseEvent } from "../term/mod.ts";
import { Emulator } from "./shell/emulator.ts";

type State =
  | { readonly type: "new" | "connecting" | "open" }
  | { readonly type: "ended"; readonly text: string; readonly isFine: boolean };

export interface ShellPaneOptions {
  readonly place: RemotePlace;
  readonly program: RemoteProgram;
  readonly command: string;
  /** Stays in sight where there is room. */
  readonly beside: Pane | null;
}

/** The table keeps two fifths of a screen that is at least so wide. */
const WIDE = 120;
const encoder = new TextEncoder();

export class ShellPane implements Pane {
  readonly #host: PaneHost;
  readonly #options: ShellPaneOptions;
  #state: State = { type: "new" };
  #emulator: Emulator | null = null;
  #remote: RemoteTerminal | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  /** Typed before there was a program. */
  #typed: string[] = [];
  readonly #abort = new AbortController();
  #place = { x: 0, y: 0, w: 0 };

  constructor(host: PaneHost, options: ShellPaneOptions) {
    this.#host = host;
    this.#options = options;
  }

  get scope(): KeyScope {
    const isOver = this.#state.type === "ended";
    return { contexts: isOver ? ["any"] : ["terminal"], kind: "" };
  }

  get namespace(): string {
    return this.#options.place.namespace;
  }

  summary(): PaneSummary {
    const { place, program } = this.#options;
    const state = this.#state;
    const detail = state.type === "ended" ? state.text : state.type === "open" ? "" : "connecting …";
    return { title: `${program.type} ${place.pod}/${place.container}`, detail };
  }

  command(): string {
    return this.#options.command;
  }

  show(): void {
    this.#options.beside?.show();
  }

  hide(): void {
    this.#options.beside?.hide();
    const { pod } = this.#options.place;
    if (this.#state.type === "open") {
      this.#host.notify(`The shell in ${pod} goes on: - leads back to it`, "info");
    }
  }

  draw(canvas: Canvas, frame: Frame): void {
    const { beside } = this.#options;
    const width = beside !== null && canvas.w >= WIDE ? Math.floor(canvas.w * 2 / 5) : 0;
    if (width > 0) {
      beside!.draw(canvas.sub(0, 0, width, canvas.h), { ...frame, focused: false });
      for (let y = 0; y < canvas.h; y++) canvas.text(width, y, "│", canvas.theme.border);
    }
    const from = width === 0 ? 0 : width + 1;
    const body = canvas.sub(from, 0, canvas.w - from, canvas.h);
    this.#place = { x: body.rect.x, y: body.rect.y, w: body.w };
    this.#fit(body);
    this.#emulator?.draw(body, { focused: frame.focused && this.#state.type === "open" });
    if (this.#state.type === "ended") {
      const { text, isFine } = this.#state;
      const line = body.sub(0, body.h - 1, body.w, 1);
      line.clear(line.theme.bar);
      line.text(1, 0, `${text}. esc leaves`, isFine ? line.theme.bar : line.theme.error);
    }
  }

  run(): boolean {
    return false;
  }

  key(event: KeyEvent): boolean {
    if (this.#state.type === "ended") return false;
    if (chord(event) === "ctrl+]") {
      this.#abort.abort();
      this.#end("Left", true);
      this.#host.leavePane(this);
    } else this.#emulator?.key(event);
    return true;
  }

  paste(text: string): void {
    if (this.#state.type !== "ended") this.#emulator?.paste(text);
  }

  mouse(event: MouseEvent): void {
    const { x, y, w } = this.#place;
    if (event.x < x || event.x >= x + w) return;
    this.#emulator?.mouse({ ...event, x: event.x - x, y: event.y - y });
    this.#host.invalidate();
  }

  /** The program's terminal is as large as the pane; the first size is what it begins with. */
  #fit({ w, h }: Canvas): void {
    if (this.#emulator === null) {
      const { program } = this.#options;
      const convertEol = program.type === "attach" && !program.tty;
      this.#emulator = new Emulator({
        cols: Math.max(2, w),
        rows: Math.max(1, h),
        convertEol,
        onInput: (text) => this.#send(text),
      });
    } else if (this.#emulator.cols !== w || this.#emulator.rows !== h) {
      this.#emulator.resize(w, h);
      this.#remote?.session.resize({ columns: w, rows: h });
    }
    if (this.#state.type === "new") this.#open();
  }

  #open(): void {
    const { engine } = this.#host;
    if (engine === null) return;
    this.#state = { type: "connecting" };
    const scope = new AbortScope([this.#abort.signal, this.#host.lifetime]);
    this.#host.spawn(async () => {
      try {
        const ops = await this.#host.ops();
        const { cols, rows } = this.#emulator!;
        const options = {
          client: engine.client,
          ops,
          size: { columns: cols, rows },
          signal: scope.signal,
        };
        this.#begun(await openRemote(this.#options.place, this.#options.program, options));
        await this.#read();
      } catch (error) {
        if (!isCancelled(error)) this.#end((error as Error).message, false);
      } finally {
        scope[Symbol.dispose]();
      }
    });
  }

  #begun(remote: RemoteTerminal): void {
    this.#remote = remote;
    this.#state = { type: "open" };
    const { cols, rows } = this.#emulator!;
    remote.session.resize({ columns: cols, rows });
    this.#writer = remote.session.stdin.getWriter();
    for (const text of this.#typed) this.#send(text);
    this.#typed = [];
  }

  async #read(): Promise<void> {
    const { reader, first, session } = this.#remote!;
    await this.#take(first);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      await this.#take(value);
    }
    const { code } = await session.exit;
    this.#end(code === 0 ? "It ended" : `It ended with code ${code}`, code === 0);
  }

  async #take(bytes: Uint8Array): Promise<void> {
    await this.#emulator?.write(bytes);
    this.#host.invalidate();
  }

  #send(text: string): void {
    if (this.#writer === null) this.#typed.push(text);
    else this.#writer.write(encoder.encode(text)).catch(() => {}); // its end tells
  }

  #end(text: string, isFine: boolean): void {
    if (this.#state.type === "ended") return;
    this.#state = { type: "ended", text, isFine };
    this.#remote?.session.close();
    this.#host.invalidate();
  }
}
