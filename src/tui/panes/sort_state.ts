/** How a table is sorted, and which of its columns is picked to be sorted by. */
import type { Column, Sort } from "../../engine/protocol.ts";
import type { CommandId } from "../keymap.ts";
import type { ShownColumn } from "./shown_columns.ts";

/** The columns that a sort key may mean, the first that the view has wins. */
const SORT_KEYS: Readonly<Partial<Record<CommandId, readonly string[]>>> = {
  "sort.name": ["Name", "Object"],
  "sort.age": ["Age", "Last Seen", "Created At"],
  "sort.status": ["Status", "Phase", "Type", "State"],
  "sort.ready": ["Ready"],
  "sort.restarts": ["Restarts", "Count"],
  "sort.ip": ["IP", "Cluster-IP", "Internal-IP"],
};

/** What came of a sort command; `none` says in words why nothing did. */
export type SortOutcome = "sorted" | "picked" | { readonly none: string };

export class SortState {
  /** null: by namespace, then name. */
  sort: Sort | null;
  /** Index in the shown columns that shift-left and shift-right picked; -1 none. */
  picked = -1;

  constructor(sort: Sort | null) {
    this.sort = sort;
  }

  /** Runs a sort command; null when it is not one. */
  run(command: CommandId, columns: readonly Column[], shown: readonly ShownColumn[]): SortOutcome | null {
    const names = SORT_KEYS[command];
    if (names !== undefined) return this.#byFirst(names, columns);
    switch (command) {
      case "sort.namespace":
        this.sort = null;
        return "sorted";
      case "column.left":
      case "column.right":
        this.#pick(command === "column.left" ? -1 : 1, shown.length);
        return "picked";
      case "column.sort":
        return this.byShown(shown[this.picked]);
      default:
        return null;
    }
  }

  /** By a column of the screen; the namespace's stands for the order by namespace and name. */
  byShown(column: ShownColumn | undefined): SortOutcome {
    if (column === undefined) return { none: "Pick a column with shift-left and shift-right first" };
    if (column.name === "") this.sort = null;
    else this.#by(column.name);
    return "sorted";
  }

  #byFirst(names: readonly string[], columns: readonly Column[]): SortOutcome {
    const name = names.find((wanted) => columns.some((column) => column.name === wanted));
    if (name === undefined) return { none: `No column ${names[0]} to sort by here` };
    this.#by(name);
    return "sorted";
  }

  /** The same column again turns the order round. */
  #by(column: string): void {
    const isAgain = this.sort?.column === column;
    this.sort = { column, descending: isAgain && !this.sort!.descending };
  }

  #pick(by: number, count: number): void {
    if (count === 0) return;
    this.picked = this.picked < 0 ? (by > 0 ? 0 : count - 1) : (this.picked + by + count) % count;
  }
}
