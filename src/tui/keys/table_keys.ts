/** Marks, order and columns of a table. */
import type { Binding } from "../keymap.ts";

export const TABLE_KEYS = [
  { id: "mark", keys: ["space"], in: "list", help: "Mark or unmark the row", group: "Table" },
  {
    id: "mark.range",
    keys: ["ctrl-space"],
    in: "list",
    help: "Mark from the last mark to here",
    group: "Table",
  },
  { id: "mark.clear", keys: ["ctrl-\\"], in: "list", help: "Unmark all", group: "Table" },
  { id: "sort.name", keys: ["shift-n"], in: "list", help: "Sort by name; again: reverse", group: "Table" },
  { id: "sort.age", keys: ["shift-a"], in: "list", help: "Sort by age", group: "Table" },
  { id: "sort.namespace", keys: ["shift-p"], in: "list", help: "Sort by namespace", group: "Table" },
  { id: "sort.status", keys: ["shift-s"], in: "list", help: "Sort by status", group: "Table" },
  { id: "sort.ready", keys: ["shift-r"], in: "list", help: "Sort by readiness", group: "Table" },
  { id: "sort.restarts", keys: ["shift-t"], in: "list", help: "Sort by restarts", group: "Table" },
  { id: "sort.ip", keys: ["shift-i"], in: "list", help: "Sort by IP", group: "Table" },
  {
    id: "column.left",
    keys: ["shift-left"],
    in: "list",
    help: "Pick the column to the left",
    group: "Table",
  },
  {
    id: "column.right",
    keys: ["shift-right"],
    in: "list",
    help: "Pick the column to the right",
    group: "Table",
  },
  {
    id: "column.sort",
    keys: ["shift-o"],
    in: "list",
    help: "Sort by the picked column, or reverse",
    group: "Table",
  },
  { id: "wide", keys: ["ctrl-w"], in: "list", help: "All columns, or the usual ones", group: "Table" },
] as const satisfies readonly Binding[];
