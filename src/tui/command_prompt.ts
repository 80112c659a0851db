/**
 * The open `:` or `/` line. `/` edits the pane's own line as it is typed; `:` offers suggestions and runs on enter.
 */
import { keyName, resolveKey } from "./keymap.ts";
import type { PaneLine } from "./pane.ts";
import { type PaletteWorld, suggest, type Suggestion } from "./suggestions.ts";
import { type Canvas, chord, type KeyEvent, type MouseEvent } from "./term/mod.ts";
import { ListPopup, Prompt } from "./widgets/mod.ts";

/** What became of a key. `run`: the palette's line was entered. `move`: a filter's rows should move. */
export type PromptOutcome =
  | { readonly type: "open" }
  | { readonly type: "closed" }
  | { readonly type: "quit" }
  | { readonly type: "move"; readonly by: "up" | "down" }
  | { readonly type: "run"; readonly line: string; readonly guess: string };

interface SuggestionItem extends Suggestion {
  readonly text: string;
}

const OPEN: PromptOutcome = { type: "open" };
const CLOSED: PromptOutcome = { type: "closed" };
const MAX_SUGGESTIONS = 12;

export class CommandPrompt {
  readonly #prompt = new Prompt();
  readonly #popup = new ListPopup<SuggestionItem>();
  /** Null for the palette. */
  readonly #line: PaneLine | null;
  readonly #world: () => PaletteWorld;

  constructor(line: PaneLine | null, world: () => PaletteWorld, text = "") {
    this.#line = line;
    this.#world = world;
    this.#prompt.set(text === "" ? line?.text ?? "" : text);
    // what is typed replaces what was there before; a cursor key keeps it
    if (line !== null) this.#prompt.selectAll();
    this.#suggest();
  }

  get isPalette(): boolean {
    return this.#line === null;
  }

  get text(): string {
    return this.#prompt.value;
  }

  key(event: KeyEvent): PromptOutcome {
    const binding = resolveKey(keyName(chord(event)), { contexts: ["prompt"], kind: "" });
    switch (binding?.id) {
      case "quit":
        return { type: "quit" };
      case "prompt.accept":
        return this.#accept();
      case "prompt.cancel":
        if (this.#line?.cancel) this.#line.cancel();
        else this.#line?.edit("");
        return CLOSED;
      case "prompt.next":
      case "prompt.previous":
        return this.#move(binding.id === "prompt.next" ? 1 : -1);
      case "prompt.complete":
        if (this.#complete()) return OPEN;
    }
    if (event.key === "backspace" && this.#prompt.value === "") return CLOSED;
    if (this.#prompt.handleKey(event) === "changed") this.#changed();
    return OPEN;
  }

  paste(text: string): void {
    this.#prompt.insert(text);
    this.#changed();
  }

  /** A click on a suggestion runs it. */
  mouse(event: MouseEvent): PromptOutcome {
    const clicked = this.#popup.handleMouse(event);
    return clicked === null ? OPEN : { type: "run", line: clicked.line, guess: clicked.line };
  }

  /** Namespaces or kinds came meanwhile. */
  refresh(): void {
    if (this.#line === null && this.#popup.selectedIndex < 0) this.#suggest();
  }

  drawLine(canvas: Canvas): void {
    const note = this.#line?.note ?? "";
    const isOff = this.#line?.isOff ?? false;
    const label = ` ${this.#line?.label ?? ":"} `;
    this.#prompt.draw(canvas, { label, note, isOff, ghost: this.#ghost() });
  }

  drawPopup(canvas: Canvas): void {
    const count = this.#popup.items.length;
    if (this.#line !== null || count === 0 || canvas.h < 2) return;
    const width = Math.min(canvas.w, Math.max(40, this.#popup.width));
    this.#popup.draw(canvas.sub(canvas.w > width + 2 ? 2 : 0, 0, width, Math.min(count, canvas.h)));
  }

  #accept(): PromptOutcome {
    if (this.#line !== null) {
      this.#line.keep();
      return CLOSED;
    }
    const line = this.#popup.selected?.line ?? this.#prompt.value;
    const ghost = this.#popup.selected === null ? this.#ghost() : "";
    return { type: "run", line, guess: line + ghost };
  }

  #move(by: 1 | -1): PromptOutcome {
    if (this.#line !== null) return { type: "move", by: by > 0 ? "down" : "up" };
    this.#popup.move(by);
    const { selected } = this.#popup;
    if (selected !== null) this.#prompt.set(selected.line);
    return OPEN;
  }

  #complete(): boolean {
    if (this.#line !== null || !this.#prompt.isAtEnd) return false;
    const taken = this.#popup.selected ?? this.#popup.items[0];
    if (taken === undefined) return true;
    this.#prompt.set(`${taken.line} `);
    this.#suggest();
    return true;
  }

  #changed(): void {
    this.#line?.edit(this.#prompt.value);
    this.#suggest();
  }

  #suggest(): void {
    if (this.#line !== null) return;
    const items = suggest(this.#prompt.value, this.#world(), MAX_SUGGESTIONS);
    this.#popup.show(items.map((item) => ({ ...item, text: item.label })));
  }

  /** What the first suggestion would add. */
  #ghost(): string {
    const typed = this.#prompt.value;
    const first = this.#popup.items[0]?.line ?? "";
    if (this.#line !== null || typed.trim() === "" || this.#popup.selectedIndex >= 0) return "";
    return first.startsWith(typed) ? first.slice(typed.length) : "";
  }
}
