/** What there is to know about an object, and where it leads. */
import type { Binding } from "../keymap.ts";

export const OBJECT_KEYS = [
  {
    id: "events",
    keys: ["shift-e"],
    in: "rows",
    help: "Events about the object",
    hint: "events",
    group: "Objects",
  },
  {
    id: "events",
    keys: ["shift-e"],
    in: "object",
    help: "Events about the object",
    hint: "events",
    group: "Objects",
  },
  {
    id: "node",
    keys: ["o"],
    in: "rows",
    kinds: ["pods"],
    help: "The pod's node",
    hint: "node",
    group: "Objects",
  },
  { id: "owner", keys: ["shift-j"], in: "rows", help: "Jump to the owner", hint: "owner", group: "Objects" },
  {
    id: "owner",
    keys: ["shift-j"],
    in: "object",
    help: "Jump to the owner",
    hint: "owner",
    group: "Objects",
  },
  { id: "view", keys: ["v"], in: "rows", help: "YAML in $EDITOR, read-only", group: "Objects" },
  { id: "view", keys: ["v"], in: "text", help: "The text in $EDITOR, read-only", group: "Text" },
  { id: "warp", keys: ["w"], in: "rows", help: "Go to the row's namespace", group: "Objects" },
  {
    id: "copy.name",
    keys: ["c", "shift-y"],
    in: "list",
    help: "Copy the name, or the marked names",
    group: "Objects",
  },
  { id: "copy.namespace", keys: ["n"], in: "rows", help: "Copy the namespace", group: "Objects" },
  {
    id: "command",
    keys: ["$"],
    in: "any",
    help: "Show it as a command line; again: copy",
    group: "General",
  },
] as const satisfies readonly Binding[];
