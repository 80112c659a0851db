/** A table of rows that the session has at hand (contexts, kinds), with the same filter, sort and moves as any other. */
import type { CommandId } from "../keymap.ts";
import type { Frame, PaneHost, PaneLine } from "../pane.ts";
import { filterHighlight, parseFilter } from "../row_filter.ts";
import type { Canvas, MouseEvent, TokenName } from "../term/mod.ts";
import { countText, regexMatches, Table, type TableColumn } from "../widgets/mod.ts";
import { DoubleClick } from "./double_click.ts";
import { moveTable } from "./table_moves.ts";

export interface LocalRow {
  /** What is copied, and what the pane acts on. */
  readonly name: string;
  readonly cells: readonly string[];
  readonly token?: TokenName | undefined;
}

export class LocalList {
  readonly table = new Table();
  readonly #host: PaneHost;
  readonly #columns: readonly TableColumn[];
  readonly #open: (row: LocalRow) => void;
  #rows: readonly LocalRow[] = [];
  #shown: readonly LocalRow[] = [];
  #filterText = "";
  #sort: { readonly column: number; readonly descending: boolean } | null = null;
  readonly #double: DoubleClick;

  constructor(host: PaneHost, columns: readonly TableColumn[], open: (row: LocalRow) => void) {
    this.#host = host;
    this.#columns = columns;
    this.#open = open;
    this.#double = new DoubleClick(host.clock);
  }

  get selected(): LocalRow | undefined {
    return this.#shown[this.table.selected];
  }

  /** `3 of 12  /text`. */
  get detail(): string {
    const all = countText(this.#rows.length);
    return this.#filterText === "" ? all : `/${this.#filterText}  ${countText(this.#shown.length)} of ${all}`;
  }

  readonly line: PaneLine = ((list: LocalList): PaneLine => ({
    label: "/",
    get text() {
      return list.#filterText;
    },
    get note() {
      return `${countText(list.#shown.length)} of ${countText(list.#rows.length)}`;
    },
    get isOff() {
      return list.#filterText !== "" && list.#shown.length === 0;
    },
    edit: (text) => list.#setFilter(text),
    keep: () => {},
  }))(this);

  /** Shows other rows; the cursor stays on the row of the same name. */
  set(rows: readonly LocalRow[]): void {
    const name = this.selected?.name;
    this.#rows = rows;
    this.#arrange();
    const at = this.#shown.findIndex((row) => row.name === name);
    if (at >= 0) this.table.select(at);
  }

  select(name: string): void {
    const at = this.#shown.findIndex((row) => row.name === name);
    if (at >= 0) this.table.select(at);
  }

  draw(canvas: Canvas, frame: Frame): void {
    const { theme } = canvas;
    const { filter } = parseFilter(this.#filterText);
    const highlight = filterHighlight(filter);
    this.table.draw(canvas, {
      columns: this.#columns,
      total: this.#shown.length,
      sort: this.#sort,
      isFocused: frame.focused,
      row: (index) => {
        const row = this.#shown[index];
        if (row === undefined) return undefined;
        const matches = highlight === null
          ? undefined
          : row.cells.map((cell) => regexMatches(cell, highlight));
        return { cells: row.cells, style: row.token && theme[row.token], matches };
      },
    });
  }

  run(command: CommandId): boolean {
    if (moveTable(this.table, command)) return true;
    switch (command) {
      case "open":
      case "context.use":
        if (this.selected) this.#open(this.selected);
        return true;
      case "copy.name":
        if (this.selected) this.#host.copy(this.selected.name, `name ${this.selected.name}`);
        return true;
      case "back":
        return this.#filterText !== "" && this.#setFilter("");
      case "sort.name":
        return this.#sortBy(0);
      default:
        return false;
    }
  }

  mouse(event: MouseEvent): void {
    const hit = this.table.handleMouse(event);
    if (event.action !== "down" || event.button !== 0 || hit === null) return;
    if (hit.type === "header") return void this.#sortBy(hit.column);
    const row = this.selected;
    if (row && this.#double.click(row.name)) this.#open(row);
  }

  #setFilter(text: string): true {
    this.#filterText = text;
    this.#arrange();
    this.table.select(0);
    return true;
  }

  #sortBy(column: number): true {
    this.#sort = { column, descending: this.#sort?.column === column && !this.#sort.descending };
    this.#arrange();
    return true;
  }

  #arrange(): void {
    const { filter } = parseFilter(this.#filterText);
    const passes = filter === null || filter.type === "labels" || filter.type === "query"
      ? () => true
      : matcher(filter);
    const kept = this.#rows.filter((row) => passes(row.cells.join(" ")));
    const sort = this.#sort;
    this.#shown = sort === null ? kept : kept.toSorted((a, b) => {
      const by = (a.cells[sort.column] ?? "").localeCompare(b.cells[sort.column] ?? "", "en", {
        numeric: true,
      });
      return sort.descending ? -by : by;
    });
  }
}

function matcher(
  filter: { type: "regex"; pattern: string; inverse: boolean } | { type: "fuzzy"; pattern: string },
): (text: string) => boolean {
  if (filter.type === "regex") {
    const pattern = new RegExp(filter.pattern, "i");
    return (text) => pattern.test(text) !== filter.inverse;
  }
  const letters = [...filter.pattern.toLowerCase()];
  return (text) => {
    let at = -1;
    const lower = text.toLowerCase();
    return letters.every((letter) => (at = lower.indexOf(letter, at + 1)) >= 0);
  };
}
