/** Every context of the kubeconfig; enter switches. Needs no connection, so that it is there when one fails. */
import type { ContextEntry } from "../../engine/host.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { drawBar, drawMessage, messageHeight } from "./message.ts";
import { LocalList, type LocalRow } from "./local_list.ts";

/** What the contexts pane needs beside the common. */
export interface ContextsSource {
  /** Read anew each time the pane is shown. */
  contexts(): Promise<readonly ContextEntry[]>;
  /** The one in use. */
  readonly current: () => string;
  /** Why it can't be used and when it is tried again, while it can't. */
  readonly failure: (frame: Frame) => readonly string[];
}

const COLUMNS = [
  { title: "NAME", isFrozen: true, min: 12 },
  { title: "CLUSTER" },
  { title: "USER" },
  { title: "NAMESPACE" },
];

export class ContextsPane implements Pane {
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #source: ContextsSource;
  readonly #list: LocalList;
  #entries: readonly ContextEntry[] | null = null;
  #problem = "";

  constructor(host: PaneHost, source: ContextsSource) {
    this.#host = host;
    this.#source = source;
    this.#list = new LocalList(host, COLUMNS, (row) => host.switchContext(row.name));
    this.line = this.#list.line;
  }

  get scope(): KeyScope {
    return { contexts: ["contexts", "list", "any"], kind: "" };
  }

  summary(): PaneSummary {
    return { title: "contexts", detail: this.#list.detail };
  }

  command(): string {
    return "kubectl config get-contexts";
  }

  show(): void {
    this.#host.spawn(async () => {
      try {
        const isFirst = this.#entries === null;
        this.#entries = await this.#source.contexts();
        if (isFirst) this.#host.repaint();
        this.#problem = "";
        this.#list.set(this.#entries.map((entry) => this.#row(entry)));
        if (isFirst) this.#list.select(this.#source.current());
      } catch (error) {
        this.#problem = (error as Error).message;
      }
      this.#host.invalidate();
    });
  }

  hide(): void {}

  draw(canvas: Canvas, frame: Frame): void {
    const lines = this.#problem === "" ? this.#source.failure(frame) : [this.#problem];
    const top = Math.min(messageHeight(lines, canvas.w), Math.max(0, canvas.h - 3));
    if (top > 0) drawBar(canvas.sub(0, 0, canvas.w, top), { tone: "error", lines });
    const body = canvas.sub(0, top, canvas.w, canvas.h - top);
    this.#list.draw(body, frame);
    if (this.#entries?.length === 0) {
      drawMessage(body.sub(0, 1, body.w, body.h - 1), {
        tone: "info",
        lines: ["The kubeconfig has no contexts"],
      });
    }
  }

  run(command: CommandId): boolean {
    return this.#list.run(command);
  }

  mouse(event: MouseEvent): void {
    this.#list.mouse(event);
  }

  #row({ name, cluster, user, namespace }: ContextEntry): LocalRow {
    const isCurrent = name === this.#source.current();
    return {
      name,
      cells: [isCurrent ? `${name} ✓` : name, cluster, user, namespace || "default"],
      token: isCurrent ? "accent" : undefined,
    };
  }
}
