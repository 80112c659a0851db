/**
 * A resources pane's hold on the engine: opens the view while the pane is shown, asks for the window around the
 * page with some rows to spare, and keeps what came.
 */
import type { Engine, Filter, Row, Sort, View, ViewSpec } from "../../engine/protocol.ts";
import { RowWindow } from "../row_window.ts";

/** What decides the window. */
export interface WindowNeed {
  readonly top: number;
  readonly page: number;
  readonly sort: Sort | null;
  readonly filter: Filter | null;
  /** Uids of what is marked. */
  readonly marked: readonly string[];
}

/** Pages held above and below the one shown, so that scrolling finds its rows there. */
const SPARE_PAGES = 2;
/** Before the first frame the page is not known; this fills any screen. */
const FIRST_PAGE = 100;

export interface ViewOptions {
  readonly nowMs: () => number;
  readonly onUpdate: () => void;
  /** Those of the marked objects that went. */
  readonly onGone: (uids: readonly string[]) => void;
}

export class ViewSubscription {
  readonly window = new RowWindow();
  #view: View | null = null;
  #asked = { from: 0, to: 0, sort: "", filter: "", marked: "" };
  /** The answer to this generation has the sort and filter asked for last. */
  #generation = 0;

  /** Whether the rows held answer the last sort and filter. */
  get isCurrent(): boolean {
    return this.window.generation >= this.#generation;
  }

  get isOpen(): boolean {
    return this.#view !== null;
  }

  open(
    engine: Engine,
    spec: ViewSpec,
    need: WindowNeed,
    options: ViewOptions,
  ): void {
    if (this.#view !== null) return;
    const range = rangeOf({ ...need, page: need.page > 1 ? need.page : FIRST_PAGE });
    this.#asked = { ...range, ...keysOf(need) };
    this.#generation = 0;
    this.window.generation = -1;
    this.window.note = "";
    const { sort, filter, marked } = need;
    this.#view = engine.openView(spec, { ...range, sort, filter, marked }, (update) => {
      if (this.#view === null) return;
      this.window.apply(update, options.nowMs());
      if (update.gone !== undefined) options.onGone(update.gone);
      options.onUpdate();
    });
  }

  /** Asks for other rows where those held don't cover the page with some to spare. */
  need(need: WindowNeed): void {
    if (this.#view === null) return;
    const keys = keysOf(need);
    const isSame = keys.sort === this.#asked.sort && keys.filter === this.#asked.filter;
    const { top, page } = need;
    const isCovered = top >= this.#asked.from && top + page <= this.#asked.to;
    const isNear = (top - this.#asked.from < page / 2 && this.#asked.from > 0) ||
      this.#asked.to - (top + page) < page / 2;
    const isSettled = isSame && keys.marked === this.#asked.marked;
    if (isSettled && isCovered && !isNear) return;
    const range = rangeOf(need);
    if (isSettled && range.from === this.#asked.from && range.to === this.#asked.to) return;
    this.#asked = { ...range, ...keys };
    const { sort, filter, marked } = need;
    const generation = this.#view.setWindow({ ...range, sort, filter, marked });
    if (!isSame) this.#generation = generation;
  }

  /** Every matching row, in order. */
  rows(): Promise<readonly Row[]> {
    return this.#view?.rows() ?? Promise.resolve([]);
  }

  refresh(): void {
    this.#view?.refresh();
  }

  close(): void {
    this.#view?.close();
    this.#view = null;
  }
}

function rangeOf(
  { top, page }: { readonly top: number; readonly page: number },
): { from: number; to: number } {
  return { from: Math.max(0, top - SPARE_PAGES * page), to: top + (SPARE_PAGES + 1) * page };
}

function keysOf({ sort, filter, marked }: WindowNeed) {
  return { sort: JSON.stringify(sort), filter: JSON.stringify(filter), marked: marked.join(",") };
}
