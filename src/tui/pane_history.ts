/**
 * The panes behind and before the person, and which of them is shown.
 *
 * 1. Exactly the current pane is shown (`Pane.show`); all others in history are hidden.
 * 2. `onMove` comes after every move, whether another pane is shown or not; `onShown` before it, when one is.
 */
import type { Pane } from "./pane.ts";
import { History } from "./trail.ts";

export interface PaneHistoryOptions {
  /** Another pane is shown. */
  readonly onShown: (pane: Pane | undefined) => void;
  readonly onMove: () => void;
}

export class PaneHistory {
  readonly #options: PaneHistoryOptions;
  #history = new History<Pane>();
  #shown: Pane | undefined;

  constructor(options: PaneHistoryOptions) {
    this.#options = options;
  }

  get current(): Pane | undefined {
    return this.#history.current;
  }

  /** From the root to the one shown: the breadcrumbs. */
  get trail(): readonly Pane[] {
    return this.#history.trail;
  }

  /** Starts a new trail, as a command does. */
  root(pane: Pane): void {
    this.#history.root(pane);
    this.#settle();
  }

  /** Goes deeper, as enter does. */
  push(pane: Pane): void {
    this.#history.push(pane);
    this.#settle();
  }

  /** Shows it in place of the current one. */
  replace(pane: Pane): void {
    this.#history.replace(pane);
    this.#settle();
  }

  /** Up one breadcrumb; like all moves below false where there is nowhere to go. */
  up(): boolean {
    return this.#went(this.#history.pop());
  }

  /** Up to the breadcrumb that leaves `length` of them. */
  cut(length: number): boolean {
    return this.#went(this.#history.cut(length));
  }

  back(): boolean {
    return this.#went(this.#history.back());
  }

  forward(): boolean {
    return this.#went(this.#history.forward());
  }

  /** The trail shown before this one, and back again. */
  last(): boolean {
    return this.#went(this.#history.last());
  }

  /** Panes of one cluster are never shown over another: a new history begins. */
  forget(): void {
    this.#history = new History();
    this.#settle();
  }

  /** A pane that outlived its engine (which crashed) holds on to the new one. */
  renew(): void {
    this.#shown?.hide();
    this.#shown?.show();
  }

  /** Hides what is shown, for good. */
  close(): void {
    this.#shown?.hide();
    this.#shown = undefined;
  }

  #went(isDone: boolean): boolean {
    if (isDone) this.#settle();
    return isDone;
  }

  #settle(): void {
    const { current } = this;
    if (current !== this.#shown) {
      this.#shown?.hide();
      this.#shown = current;
      current?.show();
      this.#options.onShown(current);
    }
    this.#options.onMove();
  }
}
