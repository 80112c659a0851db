/** What every pane of text shares: scrolling, searching, wrapping, copying, the mouse. */
import type { CommandId } from "../keymap.ts";
import type { PaneHost, PaneLine } from "../pane.ts";
import type { MouseEvent } from "../term/mod.ts";
import { countText, TextView } from "../widgets/mod.ts";

const COLUMN_STEP = 8;

export class TextBody {
  readonly view: TextView;
  readonly #host: PaneHost;
  /** The text as `c` copies it. */
  text = "";

  constructor(host: PaneHost, options: { readonly wrap?: boolean; readonly follow?: boolean } = {}) {
    this.#host = host;
    this.view = new TextView(options);
  }

  /** What `/` edits: the search, found as it is typed. */
  readonly line: PaneLine = ((body: TextBody): PaneLine => ({
    label: "/",
    get text() {
      return body.view.search?.query ?? "";
    },
    get note() {
      return body.view.search?.label ?? "";
    },
    get isOff() {
      return body.view.search?.hits.length === 0;
    },
    edit: (text) => void body.view.find(text),
    keep: () => {
      const { search } = body.view;
      if (search?.hits.length === 0) body.#host.notify(`No match for ${search.query}`, "warn");
    },
  }))(this);

  /** Beside the breadcrumb: the search, or how far down this is. */
  get detail(): string {
    const { search, percent, source } = this.view;
    const place = `${countText(source.length)} lines  ${percent}%`;
    return search === null ? place : `/${search.query}  ${search.label}  ${place}`;
  }

  run(command: CommandId): boolean {
    switch (command) {
      case "wrap":
        this.view.toggleWrap();
        return true;
      case "search.next":
      case "search.previous":
        this.#step(command === "search.next" ? 1 : -1);
        return true;
      case "copy.text":
        this.#host.copy(this.text, `${this.view.source.length} lines`);
        return true;
      case "back":
        if (this.view.search === null) return false;
        this.view.find("");
        return true;
      default:
        return this.#move(command);
    }
  }

  mouse(event: MouseEvent): void {
    if (this.view.handleMouse(event) !== "selected") return;
    const text = this.view.selectedText();
    if (text !== null && text !== "") this.#host.copy(text, "the selection");
  }

  #step(by: 1 | -1): void {
    if (this.view.search === null) this.#host.notify("Search first: /text", "info");
    else if (this.view.findNext(by) === null) {
      this.#host.notify(`No match for ${this.view.search.query}`, "warn");
    }
  }

  #move(command: CommandId): boolean {
    const chord = MOVES[command];
    if (chord === "left" || chord === "right") {
      this.view.scrollColumns(chord === "left" ? -COLUMN_STEP : COLUMN_STEP);
      return true;
    }
    return chord !== undefined && this.view.handleKey(chord);
  }
}

/** The moving commands as the text view's own keys. */
const MOVES: Readonly<Partial<Record<CommandId, string>>> = {
  up: "up",
  down: "down",
  left: "left",
  right: "right",
  "page.up": "pageup",
  "page.down": "pagedown",
  top: "home",
  bottom: "end",
};
