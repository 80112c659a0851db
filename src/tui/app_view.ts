/** Draws the session: header, breadcrumbs, the current pane or why there is none, footer, the open prompt. */
import type { Clock } from "../base/mod.ts";
import { drawCrumbs, drawFooter, drawHeader, type HeaderFacts, screenRows } from "./chrome.ts";
import type { CommandPrompt } from "./command_prompt.ts";
import type { KeyScope } from "./keymap.ts";
import type { Navigator } from "./navigator.ts";
import type { Frame } from "./pane.ts";
import { agoText } from "./panes/feed_notice.ts";
import { drawMessage } from "./panes/message.ts";
import { ResourcesPane } from "./panes/resources.ts";
import { type Canvas, contains, type MouseEvent, type Rect } from "./term/mod.ts";
import type { CrumbPlaces, Notice } from "./widgets/mod.ts";

export interface AppViewOptions {
  readonly navigator: Navigator;
  readonly notice: Notice;
  readonly clock: Clock;
  readonly invalidate: () => void;
}

/** What is under the mouse; a crumb is named by the length of the trail that it ends. */
export type Place =
  | { readonly type: "crumb"; readonly length: number }
  | { readonly type: "body" }
  | { readonly type: "elsewhere" };

const PROMPT_SCOPE: KeyScope = { contexts: ["prompt"], kind: "" };
const NOWHERE: KeyScope = { contexts: ["any"], kind: "" };

/** The open prompt needs its line even there. */
function wholeScreen(height: number, hasPrompt: boolean): ReturnType<typeof screenRows> {
  const crumbs = hasPrompt ? 1 : 0;
  return { header: 0, crumbs, body: Math.max(0, height - crumbs), footer: 0 };
}

export class AppView {
  readonly #options: AppViewOptions;
  #wake: { readonly atMs: number; readonly timer: Disposable } | null = null;
  #crumbs: { readonly y: number; readonly places: CrumbPlaces } = { y: -1, places: [] };
  #body: Rect = { x: 0, y: 0, w: 0, h: 0 };

  constructor(options: AppViewOptions) {
    this.#options = options;
  }

  draw(canvas: Canvas, { prompt, header }: { prompt: CommandPrompt | null; header: boolean }): void {
    const { clock } = this.#options;
    let wakeMs = Infinity;
    const frame: Frame = {
      nowMs: clock.now(),
      wakeAt: (atMs) => wakeMs = Math.min(wakeMs, atMs),
      focused: (prompt === null || !prompt.isPalette) && this.#options.navigator.overlay === null,
    };
    const isFull = this.#options.navigator.current?.isFullScreen === true;
    const sizes = isFull ? wholeScreen(canvas.h, prompt !== null) : screenRows(canvas.h, { header });
    const line = (y: number, h: number) => canvas.sub(0, y, canvas.w, h);
    if (sizes.header > 0) drawHeader(line(0, 1), this.#facts(frame));
    const body = line(sizes.header + sizes.crumbs, sizes.body);
    this.#body = body.rect;
    this.#drawBody(body, frame);
    // drawn after the body: what a pane says about itself is what it has just drawn
    const crumbs = line(sizes.header, sizes.crumbs);
    if (sizes.crumbs > 0) this.#drawCrumbs(crumbs);
    if (sizes.footer > 0) this.#drawFooter(line(canvas.h - 1, 1), prompt);
    if (sizes.footer > 0 || isFull) this.#drawNotice(canvas);
    if (prompt !== null) {
      prompt.drawLine(sizes.crumbs > 0 ? crumbs : line(0, 1));
      prompt.drawPopup(body);
    }
    this.#options.navigator.overlay?.draw(canvas, frame);
    this.#wakeAt(wakeMs);
  }

  placeOf({ x, y }: MouseEvent): Place {
    const at = y === this.#crumbs.y
      ? this.#crumbs.places.findIndex(({ from, to }) => x >= from && x < to)
      : -1;
    if (at >= 0) return { type: "crumb", length: at + 1 };
    return contains(this.#body, x, y) ? { type: "body" } : { type: "elsewhere" };
  }

  [Symbol.dispose](): void {
    this.#wake?.timer[Symbol.dispose]();
    this.#wake = null;
  }

  #drawBody(canvas: Canvas, frame: Frame): void {
    const { navigator } = this.#options;
    const { current } = navigator;
    if (current !== undefined) return current.draw(canvas, frame);
    const { state } = navigator.connection;
    if (state.type === "open") {
      return drawMessage(canvas, { tone: "info", lines: [`Asking what ${navigator.targetName} serves …`] });
    }
    drawMessage(canvas, { tone: "info", lines: [`Connecting to ${navigator.targetName} …`] });
  }

  #drawCrumbs(canvas: Canvas): void {
    const { history, commands: { pendingKind } } = this.#options.navigator;
    const summaries = history.trail.map((pane) => pane.summary());
    const shown = summaries.length > 0 ? summaries : [{ title: pendingKind || "…", detail: "" }];
    this.#crumbs = { y: canvas.rect.y, places: drawCrumbs(canvas, shown) };
  }

  #drawFooter(canvas: Canvas, prompt: CommandPrompt | null): void {
    const { navigator } = this.#options;
    drawFooter(canvas, prompt !== null ? PROMPT_SCOPE : navigator.current?.scope ?? NOWHERE, navigator);
  }

  /** Over the footer, and over what stands above it when it is long. */
  #drawNotice(canvas: Canvas): void {
    const { notice } = this.#options;
    const rows = notice.rows(canvas);
    notice.draw(canvas.sub(0, canvas.h - rows, canvas.w, rows));
  }

  #facts(frame: Frame): HeaderFacts {
    const { navigator } = this.#options;
    const { current, connection, engine } = navigator;
    const namespace = current?.namespace !== undefined ? current.namespace : navigator.scope.name;
    const isClusterWide = current instanceof ResourcesPane && current.namespace === undefined;
    const context = connection.context ?? engine?.target.context ?? engine?.target.server ?? "";
    return {
      place: [
        context,
        isClusterWide ? "" : namespace === undefined ? "" : namespace ?? "all namespaces",
        current?.scope.kind ?? navigator.commands.pendingKind,
      ],
      version: connection.server?.version ?? "",
      connection: this.#connectionFact(frame),
      readOnly: navigator.readOnly,
      isProtected: navigator.isProtected,
    };
  }

  #connectionFact(frame: Frame): HeaderFacts["connection"] {
    const { connection, current } = this.#options.navigator;
    const { state, server } = connection;
    if (state.type === "failed") {
      return { text: `✗ no connection ${agoText(state.sinceMs, frame)}`, token: "error" };
    }
    if (state.type !== "open" || server === null) return { text: "○ connecting", token: "pending" };
    const feed = current?.feed ?? null;
    if (server.error?.code === "unauthorized" || feed?.phase === "unauthorized") {
      return { text: "✗ credentials refused", token: "error" };
    }
    if (server.error?.code === "tls") return { text: "✗ certificate refused", token: "error" };
    if (!server.reachable) {
      const age = server.answeredMs === 0 ? "" : ` ${agoText(server.answeredMs, frame)}`;
      return { text: `✗ no answer${age}`, token: "error" };
    }
    if (feed?.phase === "stale") return { text: `◐ stale ${agoText(feed.freshMs, frame)}`, token: "warn" };
    if (feed?.phase === "listing" || feed?.phase === "connecting") {
      return { text: "◌ loading", token: "info" };
    }
    return { text: "● live", token: "ok" };
  }

  /** One timer at most, for the earliest thing on the screen that changes by itself. */
  #wakeAt(atMs: number): void {
    const { clock, invalidate } = this.#options;
    if (this.#wake?.atMs === atMs) return;
    this.#wake?.timer[Symbol.dispose]();
    this.#wake = null;
    if (atMs === Infinity) return;
    const timer = clock.timer(Math.max(0, atMs - clock.now()), () => {
      this.#wake = null;
      invalidate();
    });
    this.#wake = { atMs, timer };
  }
}
