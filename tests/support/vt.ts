/**
 * A virtual terminal for tests: xterm's own engine without a window. Feed it what the program writes, then read
 * rows, cells and colours; press keys on it and the program gets the bytes a real terminal would send.
 *
 * The `.mjs` entry has named exports and loads three times faster than the package's main one.
 */
// @ts-types="npm:@xterm/headless@6.0.0"
import { type IBufferCell, Terminal } from "@xterm/headless/lib-headless/xterm-headless.mjs";
import { paletteRgb, type TermIO, toHex } from "../../src/tui/term/mod.ts";
import { type FrameCell, type FramePicture, renderSvg, type SvgOptions } from "../../tools/frame_svg.ts";

/** What xterm shows for the 16 colours that a terminal's own theme defines. */
const BASE = [
  "#1c2430",
  "#e0555b",
  "#58b368",
  "#d9a441",
  "#4f8fdd",
  "#b07cd8",
  "#4fb3bf",
  "#c9d1d9",
  "#5c6773",
  "#ff7b72",
  "#7ddc8b",
  "#f2c14e",
  "#79c0ff",
  "#d2a8ff",
  "#76e3ea",
  "#f0f6fc",
] as const;

const SEQUENCES: Readonly<Record<string, string>> = {
  enter: "\r",
  escape: "\x1b",
  tab: "\t",
  "shift+tab": "\x1b[Z",
  space: " ",
  backspace: "\x7f",
  delete: "\x1b[3~",
  insert: "\x1b[2~",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  home: "\x1b[H",
  end: "\x1b[F",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  f1: "\x1bOP",
  f2: "\x1bOQ",
  f3: "\x1bOR",
  f4: "\x1bOS",
  f5: "\x1b[15~",
};

const MODIFIER_BITS: Readonly<Record<string, number>> = { shift: 1, alt: 2, ctrl: 4 };

/** The bytes that a terminal sends for a chord as keymaps spell it: `j`, `G`, `ctrl+d`, `alt+x`, `shift+left`. */
export function keyBytes(chord: string): string {
  const plain = SEQUENCES[chord];
  if (plain !== undefined) return plain;
  const parts = chord.length > 1 ? chord.split("+") : [chord];
  const key = parts.pop() || "+";
  if (parts.length === 0) return key;
  const bits = parts.reduce((sum, name) => sum + MODIFIER_BITS[name]!, 0);
  if (bits === 4 && /^[a-z@[\\\]^_]$/.test(key)) {
    return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 31);
  }
  if (bits === 2 && key.length === 1) return `\x1b${key}`;
  const sequence = SEQUENCES[key];
  if (sequence === undefined) return `\x1b[27;${bits + 1};${key.codePointAt(0)}~`;
  const csi = /^[[O](\d*)([A-Z~])$/.exec(sequence.slice(1));
  if (!csi) return `\x1b[27;${bits + 1};${sequence.codePointAt(0)}~`;
  return `\x1b[${csi[1] || 1};${bits + 1}${csi[2]}`;
}

export class VirtualTerminal implements TermIO, Disposable {
  onData: (bytes: Uint8Array) => void = () => {};
  onResize: () => void = () => {};
  /** Writes taken and characters in them. */
  frames = 0;
  characters = 0;
  /** The last write, as it came. */
  last = "";
  readonly #terminal: Terminal;
  readonly #encoder = new TextEncoder();
  #gate: Promise<void> | undefined;
  #open: () => void = () => {};

  constructor(cols: number, rows: number) {
    this.#terminal = new Terminal({ cols, rows, allowProposedApi: true, scrollback: 0, logLevel: "off" });
  }

  get cols(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** Bytes that the engine answers to queries. */
  onReply(reply: (text: string) => void): void {
    this.#terminal.onData(reply);
  }

  /** Takes text at once. The engine's public `write` waits for a timer, which tests with their own clock can't. */
  feed(text: string): void {
    (this.#terminal as unknown as { _core: { writeSync(text: string): void } })._core.writeSync(text);
  }

  async write(text: string): Promise<void> {
    this.frames++;
    this.characters += text.length;
    this.last = text;
    const gate = this.#gate;
    if (gate) await gate;
    this.feed(text);
  }

  /** From now on nothing is taken, as on a stuck link, until `release`. */
  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.#open = resolve;
  }

  release(): void {
    this.#gate = undefined;
    this.#open();
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
    this.onResize();
  }

  /** Presses keys, as keymaps spell them. */
  press(...chords: readonly string[]): void {
    for (const chord of chords) this.type(keyBytes(chord));
  }

  /** Sends text as it is. */
  type(text: string): void {
    this.onData(this.#encoder.encode(text));
  }

  paste(text: string): void {
    this.type(`\x1b[200~${text}\x1b[201~`);
  }

  /** A press and release of the left button; columns and rows from 0. */
  click(x: number, y: number): void {
    this.type(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`);
  }

  drag(from: { x: number; y: number }, to: { x: number; y: number }): void {
    this.type(
      `\x1b[<0;${from.x + 1};${from.y + 1}M\x1b[<32;${to.x + 1};${to.y + 1}M\x1b[<0;${to.x + 1};${to.y + 1}m`,
    );
  }

  wheel(x: number, y: number, lines: number): void {
    this.type(`\x1b[<${lines < 0 ? 64 : 65};${x + 1};${y + 1}M`.repeat(Math.abs(lines)));
  }

  /** The rows without trailing blanks. */
  lines(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.rows },
      (_, y) => active.getLine(y)?.translateToString(true).trimEnd() ?? "",
    );
  }

  text(): string {
    return this.lines().join("\n");
  }

  /** Where `needle` is first shown, for cells and clicks; null when it isn't. ASCII before it on its row. */
  find(needle: string): { x: number; y: number } | null {
    const lines = this.lines();
    const y = lines.findIndex((line) => line.includes(needle));
    return y < 0 ? null : { x: lines[y]!.indexOf(needle), y };
  }

  cell(x: number, y: number): FrameCell {
    const cell = this.#terminal.buffer.active.getLine(y)?.getCell(x);
    if (!cell) throw new RangeError(`no cell ${x},${y} on ${this.cols}x${this.rows}`);
    return {
      text: cell.getWidth() > 0 ? cell.getChars() || " " : "",
      width: cell.getWidth(),
      fg: colorOf(cell, "fg"),
      bg: colorOf(cell, "bg"),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      italic: cell.isItalic() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
      strike: cell.isStrikethrough() !== 0,
    };
  }

  cursor(): { x: number; y: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  /** Every cell, for comparing frames and for pictures. */
  picture(): FramePicture {
    const cells = Array.from(
      { length: this.rows },
      (_, y) => Array.from({ length: this.cols }, (_, x) => this.cell(x, y)),
    );
    return { cols: this.cols, rows: this.rows, cells };
  }

  svg(options?: SvgOptions): string {
    return renderSvg(this.picture(), options);
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}

function colorOf(cell: IBufferCell, which: "fg" | "bg"): string | undefined {
  const isRgb = which === "fg" ? cell.isFgRGB() : cell.isBgRGB();
  const isPalette = which === "fg" ? cell.isFgPalette() : cell.isBgPalette();
  const value = which === "fg" ? cell.getFgColor() : cell.getBgColor();
  if (isRgb) return `#${value.toString(16).padStart(6, "0")}`;
  if (!isPalette) return undefined;
  return value < 16 ? BASE[value] : toHex(paletteRgb(value));
}
