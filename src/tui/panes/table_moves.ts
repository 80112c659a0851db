import type { CommandId } from "../keymap.ts";
import type { Table } from "../widgets/mod.ts";

/** Runs a moving command on a table; false when it is not one. */
export function moveTable(table: Table, command: CommandId): boolean {
  switch (command) {
    case "up":
      table.move(-1);
      return true;
    case "down":
      table.move(1);
      return true;
    case "page.up":
      table.move(-table.page);
      return true;
    case "page.down":
      table.move(table.page);
      return true;
    case "top":
      table.select(0);
      return true;
    case "bottom":
      table.move(Number.MAX_SAFE_INTEGER);
      return true;
    case "left":
      table.scrollColumns(-1);
      return true;
    case "right":
      table.scrollColumns(1);
      return true;
    default:
      return false;
  }
}
