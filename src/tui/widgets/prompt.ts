/** One line of typing with the readline keys that fingers know, and a history. The caller draws no cursor of its own. */
import { graphemes, textWidth } from "../../base/mod.ts";
import { type Canvas, chord, type KeyEvent, layer } from "../term/mod.ts";

export interface PromptOptions {
  /** Oldest first; shared by whoever keeps it. */
  readonly history?: readonly string[];
}

/** `changed`: the text is another. `moved`: only the cursor. `ignored`: not a key of the prompt. */
export type PromptResult = "changed" | "moved" | "ignored";

/** What the prompt looks like beside its text. */
export interface PromptLook {
  readonly label: string;
  readonly note?: string;
  /** The note is a warning. */
  readonly isOff?: boolean;
  readonly ghost?: string;
  readonly isFocused?: boolean;
}

/** Chords that delete; on a selection they delete all of it. */
const REMOVING =
  /^(shift\+backspace|backspace|delete|ctrl\+[dwuk]|(ctrl|alt)\+backspace|alt\+d|ctrl\+delete)$/;
const WORD_LEFT = /[^\s/.,:=-]+[\s/.,:=-]*$/;
const WORD_RIGHT = /^[\s/.,:=-]*[^\s/.,:=-]+/;

export class Prompt {
  #value = "";
  #cursor = 0;
  #history: readonly string[];
  /** Index in the history; its length: the line being typed. */
  #at: number;
  #draft = "";
  #killed = "";
  /** The whole text is selected: what is typed or deleted next replaces it. */
  #isSelected = false;

  constructor({ history = [] }: PromptOptions = {}) {
    this.#history = history;
    this.#at = history.length;
  }

  get value(): string {
    return this.#value;
  }

  /** UTF-16 offset; always between clusters. */
  get cursor(): number {
    return this.#cursor;
  }

  get isAtEnd(): boolean {
    return this.#cursor === this.#value.length;
  }

  set(value: string): void {
    this.#isSelected = false;
    this.#value = oneLine(value);
    this.#cursor = this.#value.length;
  }

  selectAll(): void {
    this.#cursor = this.#value.length;
    this.#isSelected = this.#value !== "";
  }

  setHistory(history: readonly string[]): void {
    this.#history = history;
    this.#at = history.length;
  }

  /** Typed or pasted text; line ends become spaces. */
  insert(text: string): void {
    if (this.#isSelected) this.set("");
    const clean = oneLine(text);
    this.#value = this.#value.slice(0, this.#cursor) + clean + this.#value.slice(this.#cursor);
    this.#cursor += clean.length;
  }

  handleKey(event: KeyEvent): PromptResult {
    const before = this.#value;
    const isSelected = this.#isSelected;
    if (isSelected && REMOVING.test(chord(event))) this.set("");
    const isKnown = this.#edit(chord(event)) || this.#type(event);
    if (isKnown) this.#isSelected = false;
    if (!isKnown) return "ignored";
    return this.#value === before ? "moved" : "changed";
  }

  /** Label, text, cursor; `note` stands at the right, e.g. what a filter made of the text, `ghost` after the text. */
  draw(canvas: Canvas, options: PromptLook): void {
    const { label, note = "", isOff = false, ghost = "", isFocused = true } = options;
    const { theme } = canvas;
    canvas.clear(theme.bar);
    const start = canvas.text(0, 0, label, theme.barAccent) + 1;
    const room = canvas.w - start - 1;
    const column = textWidth(this.#value.slice(0, this.#cursor));
    const skip = Math.max(0, column - room + 1);
    const field = canvas.sub(start, 0, canvas.w - start, 1);
    const used = field.text(-skip, 0, this.#value, theme.bar) - skip;
    if (this.#isSelected) field.tint(0, 0, used, 1, theme.selection);
    if (ghost && this.isAtEnd) field.text(used, 0, ghost, theme.dim);
    const noteWidth = textWidth(note);
    if (note && start + used + noteWidth + 3 < canvas.w) {
      canvas.text(canvas.w - noteWidth - 1, 0, note, isOff ? layer(theme.bar, theme.warn) : theme.dim);
    }
    if (isFocused) field.cursor(column - skip, 0);
  }

  #type({ text, key }: KeyEvent): boolean {
    if (text === undefined && key !== "space") return false;
    this.insert(text ?? " ");
    return true;
  }

  #edit(name: string): boolean {
    const left = this.#value.slice(0, this.#cursor);
    const right = this.#value.slice(this.#cursor);
    switch (name) {
      case "left":
      case "ctrl+b":
        return this.#goto(left.length - lastCluster(left).length);
      case "right":
      case "ctrl+f":
        return this.#goto(left.length + firstCluster(right).length);
      case "home":
      case "ctrl+a":
        return this.#goto(0);
      case "end":
      case "ctrl+e":
        return this.#goto(this.#value.length);
      case "ctrl+left":
      case "alt+left":
      case "alt+b":
        return this.#goto(left.length - (WORD_LEFT.exec(left)?.[0].length ?? left.length));
      case "ctrl+right":
      case "alt+right":
      case "alt+f":
        return this.#goto(left.length + (WORD_RIGHT.exec(right)?.[0].length ?? right.length));
      case "up":
      case "ctrl+p":
        return this.#recall(-1);
      case "down":
      case "ctrl+n":
        return this.#recall(1);
      default:
        return this.#remove(name, left, right);
    }
  }

  #remove(name: string, left: string, right: string): boolean {
    switch (name) {
      case "backspace":
      case "shift+backspace":
        return this.#cut(left.length - lastCluster(left).length, left.length);
      case "delete":
      case "ctrl+d":
        return this.#cut(left.length, left.length + firstCluster(right).length);
      case "ctrl+w":
        return this.#kill(left.length - (/\S+\s*$/.exec(left)?.[0].length ?? left.length), left.length);
      case "ctrl+backspace":
      case "alt+backspace":
        return this.#kill(left.length - (WORD_LEFT.exec(left)?.[0].length ?? left.length), left.length);
      case "alt+d":
      case "ctrl+delete":
        return this.#kill(left.length, left.length + (WORD_RIGHT.exec(right)?.[0].length ?? right.length));
      case "ctrl+u":
        return this.#kill(0, left.length);
      case "ctrl+k":
        return this.#kill(left.length, this.#value.length);
      case "ctrl+y":
        this.insert(this.#killed);
        return true;
      default:
        return false;
    }
  }

  #goto(at: number): true {
    this.#cursor = Math.max(0, Math.min(this.#value.length, at));
    return true;
  }

  #cut(from: number, to: number): true {
    this.#value = this.#value.slice(0, from) + this.#value.slice(to);
    return this.#goto(from);
  }

  #kill(from: number, to: number): true {
    if (to > from) this.#killed = this.#value.slice(from, to);
    return this.#cut(from, to);
  }

  #recall(by: number): boolean {
    const at = this.#at + by;
    if (at < 0 || at > this.#history.length) return this.#history.length > 0;
    if (this.#at === this.#history.length) this.#draft = this.#value;
    this.#at = at;
    this.set(this.#history[at] ?? this.#draft);
    return true;
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ");
}

function firstCluster(text: string): string {
  for (const cluster of graphemes(text)) return cluster;
  return "";
}

function lastCluster(text: string): string {
  let last = "";
  for (const cluster of graphemes(text)) last = cluster;
  return last;
}
