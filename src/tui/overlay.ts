/**
 * What lies over the panes and has the keys until it is closed: a dialog, a small form. One at a time.
 *
 * 1. Whoever opens it closes it, through `PaneHost.closeOverlay`; a change of the connection closes it too (`dismiss`).
 * 2. `dismiss` is called once, when it goes without having closed itself.
 */
import type { Frame } from "./pane.ts";
import type { Canvas, KeyEvent, MouseEvent } from "./term/mod.ts";

export interface Overlay {
  draw(canvas: Canvas, frame: Frame): void;
  key(event: KeyEvent): void;
  mouse(event: MouseEvent): void;
  paste?(text: string): void;
  /** It was closed by something else: whoever waits for its answer gets "no". */
  dismiss?(): void;
}

/** The place of the one overlay. */
export class OverlaySlot {
  #overlay: Overlay | null = null;

  get current(): Overlay | null {
    return this.#overlay;
  }

  /** One that was there is dismissed. */
  open(overlay: Overlay): void {
    const before = this.#overlay;
    this.#overlay = overlay;
    if (before !== overlay) before?.dismiss?.();
  }

  /** Nothing when another one took its place. */
  close(overlay: Overlay): void {
    if (this.#overlay === overlay) this.#overlay = null;
  }

  dismiss(): void {
    const overlay = this.#overlay;
    this.#overlay = null;
    overlay?.dismiss?.();
  }
}
