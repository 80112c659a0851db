/** A terminal inside a pane: xterm's own engine, its cells drawn on a canvas. */
// @ts-types="npm:@xterm/headless@6.0.0"
import { type IBufferCell, Terminal } from "@xterm/headless/lib-headless/xterm-headless.mjs";
import {
  type Canvas,
  type Color,
  type KeyEvent,
  type MouseEvent,
  paletteRgb,
  type Style,
  style,
  toHex,
} from "../../term/mod.ts";
import { bytesOfKey } from "../../terminal_keys.ts";

export interface EmulatorOptions {
  readonly cols: number;
  readonly rows: number;
  /** What the program is sent: keys, pastes, answers to its questions. */
  readonly onInput: (text: string) => void;
  /** True for a program without a terminal of its own: a line feed returns too. */
  readonly convertEol: boolean;
}

const SCROLLBACK = 5_000;
const WHEEL_ROWS = 3;

export class Emulator implements Disposable {
  readonly #terminal: Terminal;
  readonly #options: EmulatorOptions;
  readonly #styles = new Map<string, Style>();

  constructor(options: EmulatorOptions) {
    const { cols, rows, convertEol } = options;
    this.#options = options;
    this.#terminal = new Terminal({
      cols,
      rows,
      convertEol,
      scrollback: SCROLLBACK,
      allowProposedApi: true,
      logLevel: "off",
    });
    this.#terminal.onData(options.onInput);
  }

  get cols(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Resolves when the bytes are taken. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(Math.max(2, cols), Math.max(1, rows));
  }

  key(event: KeyEvent): void {
    const text = bytesOfKey(event, { applicationCursor: this.#terminal.modes.applicationCursorKeysMode });
    if (text === "") return;
    this.#terminal.scrollToBottom();
    this.#options.onInput(text);
  }

  paste(text: string): void {
    const typed = text.replaceAll("\n", "\r");
    this.#options.onInput(this.#terminal.modes.bracketedPasteMode ? `\x1b[200~${typed}\x1b[201~` : typed);
  }

  /** Told to a program that asks for the mouse; else the wheel scrolls back. Columns and rows count from the pane's corner. */
  mouse({ action, button, x, y }: MouseEvent): void {
    const isWheel = action === "wheelup" || action === "wheeldown";
    if (this.#terminal.modes.mouseTrackingMode === "none") {
      if (isWheel) this.#terminal.scrollLines(action === "wheelup" ? -WHEEL_ROWS : WHEEL_ROWS);
      return;
    }
    const code = isWheel ? (action === "wheelup" ? 64 : 65) : action === "drag" ? button + 32 : button;
    if (!isWheel && action !== "down" && action !== "up" && action !== "drag") return;
    this.#options.onInput(`\x1b[<${code};${x + 1};${y + 1}${action === "up" ? "m" : "M"}`);
  }

  draw(canvas: Canvas, { focused }: { readonly focused: boolean }): void {
    const { active } = this.#terminal.buffer;
    for (let y = 0; y < canvas.h; y++) {
      const line = active.getLine(active.viewportY + y);
      if (line === undefined) continue;
      let cell: IBufferCell | undefined;
      for (let x = 0; x < canvas.w && x < line.length; x++) {
        cell = line.getCell(x, cell);
        if (cell === undefined || cell.getWidth() === 0) continue;
        canvas.text(x, y, cell.getChars() || " ", this.#styleOf(cell));
      }
    }
    const isAtEnd = active.viewportY === active.baseY;
    if (focused && isAtEnd) canvas.cursor(active.cursorX, active.cursorY);
  }

  /** The visible rows as text. */
  text(): string {
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: this.rows }, (_, y) => {
      return active.getLine(active.viewportY + y)?.translateToString(true) ?? "";
    });
    return rows.join("\n").trimEnd();
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }

  #styleOf(cell: IBufferCell): Style {
    if (cell.isAttributeDefault()) return 0;
    const fg = colorOf(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor());
    const bg = colorOf(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor());
    const flags = [
      cell.isBold(),
      cell.isDim(),
      cell.isItalic(),
      cell.isUnderline(),
      cell.isInverse(),
      cell.isStrikethrough(),
    ];
    const key = `${fg}|${bg}|${flags.map((flag) => flag === 0 ? 0 : 1).join("")}`;
    const known = this.#styles.get(key);
    if (known !== undefined) return known;
    const [bold, dim, italic, underline, inverse, strike] = flags.map((flag) => flag !== 0 || undefined);
    const made = style({ fg, bg, bold, dim, italic, underline, inverse, strike });
    this.#styles.set(key, made);
    return made;
  }
}

/** More shades than a person tells apart would use up the screen's styles: 24-bit colours are kept to 5 bits a channel. */
function colorOf(isRgb: boolean, isPalette: boolean, value: number): Color | undefined {
  if (isPalette) return value < 16 ? value : toHex(paletteRgb(value));
  if (!isRgb) return undefined;
  return toHex([(value >> 16) & 0xf8, (value >> 8) & 0xf8, value & 0xf8]);
}
