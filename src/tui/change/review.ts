/** A change before it is sent: both versions over the whole screen, what there is to know, and the answers below. */
import { maskSecrets, withoutNoise } from "../../apply/mod.ts";
import type { Outcome } from "../../change/mod.ts";
import { type KubeObject, writeYaml } from "../../kube/mod.ts";
import type { Overlay } from "../overlay.ts";
import type { PaneHost } from "../pane.ts";
import { DiffView } from "../panes/diff_view.ts";
import { type Canvas, chord, type KeyEvent, layer } from "../term/mod.ts";
import { drawKeyHints, type StyledLine, wrapLine } from "../widgets/mod.ts";

export interface Review {
  /** `Apply the edit of deployments.apps/web?` */
  readonly title: string;
  /** The server's dry run of it. */
  readonly outcome: Outcome;
  /** Warnings, whose fields go. */
  readonly notes: readonly StyledLine[];
  readonly answers: readonly ReviewAnswer[];
}

export interface ReviewAnswer {
  readonly id: string;
  readonly key: string;
  readonly label: string;
}

/** Rows. */
const MOST_NOTES = 6;

/** The answer's id; null for escape, or when something else closed it. */
export function reviewChange(host: PaneHost, review: Review): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const { before, after } = review.outcome;
  const [old, now] = maskSecrets<KubeObject | null>(before, after);
  const view = new DiffView({ label: "now", text: yamlOf(old) }, { label: "then", text: yamlOf(now) });
  const overlay: Overlay = {
    draw: (canvas) => drawReview(canvas, { review, view }),
    key: (event) => {
      const answer = answerOf(event, review);
      if (answer === undefined) return moveReview(view, chord(event));
      host.closeOverlay(overlay);
      resolve(answer);
    },
    mouse: ({ action }) => {
      if (action === "wheelup" || action === "wheeldown") view.scroll(action === "wheelup" ? -3 : 3);
    },
    dismiss: () => resolve(null),
  };
  host.openOverlay(overlay);
  return promise;
}

/** undefined: none of the answers. */
function answerOf(event: KeyEvent, { answers }: Review): string | null | undefined {
  const key = chord(event);
  if (key === "escape" || key === "ctrl+c" || key === "q") return null;
  return answers.find((answer) => answer.key === key)?.id;
}

function moveReview(view: DiffView, key: string): void {
  const steps: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -view.page,
    pagedown: view.page,
    space: view.page,
    home: -Infinity,
    g: -Infinity,
    end: Infinity,
    G: Infinity,
  };
  if (key === "n" || key === "tab") view.next(1);
  else if (key === "N" || key === "shift+tab") view.next(-1);
  else if (key === "z") view.isFolded = !view.isFolded;
  else if (key === "s") view.turn();
  else if (key === "left" || key === "right") view.scrollColumns(key === "left" ? -8 : 8);
  else if (steps[key] !== undefined) view.scroll(steps[key]);
}

function drawReview(canvas: Canvas, { review, view }: { review: Review; view: DiffView }): void {
  const { theme } = canvas;
  canvas.clear();
  const count = `${view.changes} ${view.changes === 1 ? "change" : "changes"}`;
  const head = canvas.sub(0, 0, canvas.w, 1);
  head.clear(theme.bar);
  const x = head.text(1, 0, review.title, layer(theme.bar, theme.accent));
  head.text(x + 3, 0, `${count}, by the server's dry run`, layer(theme.bar, theme.dim));
  const room = Math.min(MOST_NOTES, Math.floor(canvas.h / 3));
  const notes = review.notes.flatMap((note) => wrapLine(note, canvas.w - 2)).slice(0, room);
  for (const [y, line] of notes.entries()) {
    let at = 1;
    for (const { text, token } of line) at += canvas.text(at, 1 + y, text, token ? theme[token] : theme.text);
  }
  const top = 1 + notes.length;
  view.draw(canvas.sub(0, top, canvas.w, Math.max(0, canvas.h - top - 1)));
  const moves = [{ key: "n", label: "next change" }, { key: "z", label: "fold" }, {
    key: "s",
    label: "layout",
  }];
  drawKeyHints(canvas.sub(0, canvas.h - 1, canvas.w, 1), [
    ...review.answers.map(({ key, label }) => ({ key, label })),
    { key: "esc", label: "nothing" },
    ...moves,
  ]);
}

function yamlOf(object: KubeObject | null): string {
  return object === null ? "" : writeYaml(withoutNoise(object));
}
