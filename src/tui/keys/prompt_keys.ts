/** The open `:` or `/` line. */
import type { Binding } from "../keymap.ts";

export const PROMPT_KEYS = [
  {
    id: "prompt.accept",
    keys: ["enter"],
    in: "prompt",
    help: "Run it, keep the filter",
    hint: "done",
    group: "Prompt",
  },
  {
    id: "prompt.cancel",
    keys: ["esc"],
    in: "prompt",
    help: "Give up, clear the filter",
    hint: "cancel",
    group: "Prompt",
  },
  {
    id: "prompt.complete",
    keys: ["tab", "right"],
    in: "prompt",
    help: "Take the suggestion",
    hint: "complete",
    group: "Prompt",
  },
  {
    id: "prompt.next",
    keys: ["down", "ctrl-n"],
    in: "prompt",
    help: "Next suggestion or row",
    group: "Prompt",
  },
  {
    id: "prompt.previous",
    keys: ["up", "ctrl-p"],
    in: "prompt",
    help: "Suggestion or row before",
    group: "Prompt",
  },
  { id: "quit", keys: ["ctrl-c"], in: "prompt", help: "Quit", group: "Prompt" },
] as const satisfies readonly Binding[];
