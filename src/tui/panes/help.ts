/** Every key that works where help was asked for, made from the key table. */
import { activeKeys, type CommandId, isGreyed, type Key, type KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { HelpGrid, type HelpGroup } from "../widgets/mod.ts";

const WHEEL_ROWS = 3;
const PROMPT: KeyScope = { contexts: ["prompt"], kind: "" };

export class HelpPane implements Pane {
  readonly #host: PaneHost;
  readonly #groups: readonly HelpGroup[];
  readonly #grid = new HelpGrid();

  /** `about` is the scope of the pane that help was asked in. */
  constructor(host: PaneHost, about: KeyScope) {
    this.#host = host;
    this.#groups = groupsOf([...activeKeys(about), ...activeKeys(PROMPT)], host);
  }

  get scope(): KeyScope {
    return { contexts: ["any"], kind: "" };
  }

  summary(): PaneSummary {
    return { title: "help", detail: this.#host.readOnly ? "grey: not available in this session" : "" };
  }

  command(): string {
    return "orka help";
  }

  show(): void {}

  hide(): void {}

  draw(canvas: Canvas, _frame: Frame): void {
    this.#grid.draw(canvas.sub(1, 0, canvas.w - 1, canvas.h), this.#groups);
  }

  run(command: CommandId): boolean {
    const chord = MOVES[command];
    return chord !== undefined && this.#grid.handleKey(chord);
  }

  mouse({ action }: MouseEvent): void {
    if (action === "wheelup") this.#grid.scroll(-WHEEL_ROWS);
    if (action === "wheeldown") this.#grid.scroll(WHEEL_ROWS);
  }
}

const MOVES: Readonly<Partial<Record<CommandId, string>>> = {
  up: "up",
  down: "down",
  "page.up": "pageup",
  "page.down": "pagedown",
  top: "home",
  bottom: "end",
};

/** Groups in the table's order; a command bound twice here is one line. */
function groupsOf(keys: readonly Key[], host: PaneHost): readonly HelpGroup[] {
  const titles = [...new Set(keys.map(({ group }) => group))];
  return titles.map((title) => {
    const lines = new Map<string, { keys: string[]; help: string; isDisabled: boolean }>();
    for (const key of keys.filter(({ group }) => group === title)) {
      const line = lines.get(key.id + key.help);
      if (line) line.keys.push(...key.keys);
      else {lines.set(key.id + key.help, {
          keys: [...key.keys],
          help: key.help,
          isDisabled: isGreyed(key, host),
        });}
    }
    return { title, entries: [...lines.values()].map((line) => ({ ...line, keys: keyText(line.keys) })) };
  });
}

function keyText(keys: readonly string[]): string {
  return keys.length > 4 ? `${keys[0]}…${keys.at(-1)}` : keys.join(" ");
}
