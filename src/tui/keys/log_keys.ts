/** The logs pane. */
import type { Binding } from "../keymap.ts";

export const LOG_KEYS = [
  {
    id: "filter",
    keys: ["&"],
    in: "logs",
    help: "Filter: regex, !regex, level>=warn, field=value",
    hint: "filter",
    group: "Logs",
  },
  {
    id: "logs.follow",
    keys: ["s"],
    in: "logs",
    help: "Follow the end, or stay here",
    hint: "follow",
    group: "Logs",
  },
  { id: "logs.times", keys: ["t"], in: "logs", help: "Show or hide times", hint: "times", group: "Logs" },
  {
    id: "logs.columns",
    keys: ["shift-j"],
    in: "logs",
    help: "Structured lines in columns, or as they are",
    hint: "columns",
    group: "Logs",
  },
  { id: "logs.fields", keys: ["shift-k"], in: "logs", help: "Which fields the columns show", group: "Logs" },
  {
    id: "logs.all",
    keys: ["a"],
    in: "logs",
    help: "All containers, or the default one",
    hint: "all",
    group: "Logs",
  },
  {
    id: "logs.previous",
    keys: ["p"],
    in: "logs",
    help: "The run before the last restart, or the present one",
    group: "Logs",
  },
  { id: "logs.full", keys: ["f"], in: "logs", help: "The whole screen, or not", hint: "full", group: "Logs" },
  { id: "logs.mark", keys: ["m"], in: "logs", help: "Put a mark here, with the time", group: "Logs" },
  { id: "logs.clear", keys: ["shift-c"], in: "logs", help: "Clear what has come so far", group: "Logs" },
  {
    id: "logs.start",
    keys: ["0", "1", "2", "3", "4", "5", "6"],
    in: "logs",
    help: "Read from: tail, head, 1m, 5m, 15m, 30m, 1h ago",
    group: "Logs",
  },
  { id: "save", keys: ["ctrl-s"], in: "logs", help: "Save the lines to a file here", group: "Logs" },
] as const satisfies readonly Binding[];
