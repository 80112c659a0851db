/** Two versions of an object compared, Secrets masked. */
import { maskSecrets, unifiedDiff, withoutNoise } from "../../apply/mod.ts";
import { type KubeObject, writeYaml } from "../../kube/mod.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { DiffView } from "./diff_view.ts";
import { drawMessage } from "./message.ts";

export interface Comparison {
  /** The breadcrumb: `web diff`. */
  readonly title: string;
  /** The versions, older first; null: it was not there. */
  readonly before: { readonly label: string; readonly object: KubeObject | null };
  readonly after: { readonly label: string; readonly object: KubeObject | null };
  /** What shows the same on a command line. */
  readonly command: string;
}

const WHEEL_ROWS = 3;
const COLUMN_STEP = 8;

export class DiffPane implements Pane {
  readonly #host: PaneHost;
  readonly #comparison: Comparison;
  readonly #view: DiffView;

  constructor(host: PaneHost, comparison: Comparison) {
    this.#host = host;
    this.#comparison = comparison;
    const { before, after } = comparison;
    const [old, now] = maskSecrets<KubeObject | null>(before.object, after.object);
    this.#view = new DiffView(
      { label: before.label, text: yamlOf(old) },
      { label: after.label, text: yamlOf(now) },
    );
  }

  get scope(): KeyScope {
    return { contexts: ["diff", "any"], kind: "" };
  }

  summary(): PaneSummary {
    const { changes, current } = this.#view;
    const place = current > 0 ? `${current} of ` : "";
    return {
      title: this.#comparison.title,
      detail: `${place}${changes} ${changes === 1 ? "change" : "changes"}`,
    };
  }

  command(): string {
    return this.#comparison.command;
  }

  show(): void {}

  hide(): void {}

  draw(canvas: Canvas, _frame: Frame): void {
    if (this.#view.changes === 0) {
      return drawMessage(canvas, { tone: "info", lines: ["No difference, what the server adds aside"] });
    }
    this.#view.draw(canvas);
  }

  run(command: CommandId): boolean {
    const view = this.#view;
    switch (command) {
      case "diff.next":
      case "diff.previous":
        view.next(command === "diff.next" ? 1 : -1);
        return true;
      case "diff.fold":
        view.isFolded = !view.isFolded;
        return true;
      case "diff.layout":
        view.turn();
        return true;
      case "copy.text":
        this.#host.copy(unifiedDiff(view.before, view.after), "the difference");
        return true;
      case "left":
      case "right":
        view.scrollColumns(command === "left" ? -COLUMN_STEP : COLUMN_STEP);
        return true;
      default: {
        const by = rowsOf(command, view.page);
        if (by !== null) view.scroll(by);
        return by !== null;
      }
    }
  }

  mouse({ action }: MouseEvent): void {
    if (action === "wheelup") this.#view.scroll(-WHEEL_ROWS);
    if (action === "wheeldown") this.#view.scroll(WHEEL_ROWS);
  }
}

function rowsOf(command: CommandId, page: number): number | null {
  const steps: Partial<Record<CommandId, number>> = {
    up: -1,
    down: 1,
    "page.up": -page,
    "page.down": page,
    top: -Infinity,
    bottom: Infinity,
  };
  return steps[command] ?? null;
}

function yamlOf(object: KubeObject | null): string {
  return object === null ? "" : writeYaml(withoutNoise(object));
}
