/** Texts: descriptions, YAML, comparisons; and histories. */
import type { Binding } from "../keymap.ts";

export const TEXT_KEYS = [
  {
    id: "managed",
    keys: ["m"],
    in: "yaml",
    help: "Show or hide managedFields",
    hint: "managed",
    group: "Text",
  },
  {
    id: "decode",
    keys: ["x"],
    in: "yaml",
    kinds: ["secrets"],
    help: "Show or mask the Secret's values",
    hint: "decode",
    group: "Text",
  },
  { id: "search.next", keys: ["n"], in: "text", help: "Next match", group: "Text" },
  { id: "search.previous", keys: ["shift-n"], in: "text", help: "Previous match", group: "Text" },
  { id: "wrap", keys: ["w"], in: "text", help: "Wrap long lines, or not", hint: "wrap", group: "Text" },
  { id: "copy.text", keys: ["c"], in: "text", help: "Copy the whole text", hint: "copy", group: "Text" },
  {
    id: "link.next",
    keys: ["tab"],
    in: "describe",
    help: "Mark the next object that can be jumped to",
    hint: "next link",
    group: "Text",
  },
  { id: "link.previous", keys: ["shift-tab"], in: "describe", help: "Mark the previous one", group: "Text" },
] as const satisfies readonly Binding[];

/** Comparisons, and the histories that lead to them. */
export const COMPARISON_KEYS = [
  { id: "diff.next", keys: ["n", "tab"], in: "diff", help: "Next change", hint: "next", group: "Changes" },
  {
    id: "diff.previous",
    keys: ["shift-n", "shift-tab"],
    in: "diff",
    help: "The change before",
    hint: "previous",
    group: "Changes",
  },
  {
    id: "diff.fold",
    keys: ["z"],
    in: "diff",
    help: "Fold what is equal, or show all of it",
    hint: "fold",
    group: "Changes",
  },
  {
    id: "diff.layout",
    keys: ["s"],
    in: "diff",
    help: "Side by side, or one under the other",
    hint: "layout",
    group: "Changes",
  },
  { id: "copy.text", keys: ["c"], in: "diff", help: "Copy it as a unified diff", group: "Changes" },
  { id: "page.down", keys: ["space"], in: "diff", help: "Page down", group: "Moving" },
  { id: "right", keys: ["l"], in: "diff", help: "Right", group: "Moving" },
  {
    id: "undo",
    keys: ["u"],
    in: "history",
    help: "Take the change back",
    hint: "undo",
    group: "Changes",
    mutates: true,
  },
  {
    id: "history",
    keys: ["shift-h"],
    in: "rows",
    help: "What changed, when, by whom",
    hint: "history",
    group: "Changes",
  },
  {
    id: "history",
    keys: ["shift-h"],
    in: "object",
    help: "What changed, when, by whom",
    hint: "history",
    group: "Changes",
  },
] as const satisfies readonly Binding[];
