/** Which of several containers: a list over the panes. */
import { textWidth } from "../../base/mod.ts";
import type { Overlay } from "../overlay.ts";
import type { PaneHost } from "../pane.ts";
import { chord, layer } from "../term/mod.ts";
import { centered, ListPopup } from "../widgets/mod.ts";

export interface ContainerChoice {
  readonly title: string;
  readonly names: readonly string[];
  /** The one under the bar. */
  readonly first: string;
}

const MOST_ROWS = 12;

/** null: the person gave up. */
export function pickContainer(
  host: PaneHost,
  { title, names, first }: ContainerChoice,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const list = new ListPopup();
  list.show(names.map((text) => ({ text })), { select: Math.max(0, names.indexOf(first)) });
  const answer = (name: string | null) => {
    host.closeOverlay(overlay);
    resolve(name);
  };
  const overlay: Overlay = {
    draw(canvas) {
      const width = Math.min(canvas.w, Math.max(list.width, textWidth(title) + 4) + 4);
      const frame = centered(canvas, width, Math.min(names.length, MOST_ROWS) + 2);
      const { theme } = canvas;
      frame.clear(theme.surface);
      frame.box(title, layer(theme.surface, theme.accent), layer(theme.surface, theme.title));
      list.draw(frame.inset());
    },
    key(event) {
      const key = chord(event);
      if (key === "escape" || key === "q" || key === "ctrl+c") answer(null);
      else if (key === "enter") answer(list.selected?.text ?? null);
      else list.handleKey(key === "j" ? "down" : key === "k" ? "up" : key);
    },
    mouse(event) {
      const clicked = list.handleMouse(event);
      if (clicked !== null) answer(clicked.text);
    },
    dismiss: () => resolve(null),
  };
  host.openOverlay(overlay);
  return promise;
}
