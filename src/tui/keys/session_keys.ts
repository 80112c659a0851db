/** Moving about, and the session itself. */
import type { Binding } from "../keymap.ts";

/** After what can be done here: where else to go. */
export const LEAVING_KEYS = [
  {
    id: "back",
    keys: ["esc", "q"],
    in: "any",
    help: "Back: clear the filter, leave the view",
    hint: "back",
    group: "General",
  },
  {
    id: "find",
    keys: ["ctrl-p"],
    in: "any",
    help: "Search objects of every kind",
    hint: "search",
    group: "General",
  },
] as const satisfies readonly Binding[];

export const MOVING_KEYS = [
  { id: "up", keys: ["k", "up"], in: "any", help: "Up", group: "Moving" },
  { id: "down", keys: ["j", "down"], in: "any", help: "Down", group: "Moving" },
  { id: "left", keys: ["h", "left"], in: "any", help: "Left", group: "Moving" },
  { id: "right", keys: ["right"], in: "any", help: "Right", group: "Moving" },
  { id: "page.up", keys: ["ctrl-b", "pageup"], in: "any", help: "Page up", group: "Moving" },
  { id: "page.down", keys: ["ctrl-f", "pagedown"], in: "any", help: "Page down", group: "Moving" },
  { id: "page.down", keys: ["space"], in: "text", help: "Page down", group: "Moving" },
  { id: "right", keys: ["l"], in: "text", help: "Right", group: "Moving" },
  { id: "top", keys: ["g", "home"], in: "any", help: "To the top", group: "Moving" },
  { id: "bottom", keys: ["shift-g", "end"], in: "any", help: "To the end", group: "Moving" },
  { id: "history.back", keys: ["["], in: "any", help: "Back in history", group: "Moving" },
  { id: "history.forward", keys: ["]"], in: "any", help: "Forward in history", group: "Moving" },
  { id: "history.last", keys: ["-"], in: "any", help: "The view before this one, and back", group: "Moving" },
  {
    id: "namespace",
    keys: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    in: "any",
    help: "All namespaces (0), or a recent one",
    group: "General",
  },
  { id: "right", keys: ["l"], in: "list", help: "Right", group: "Moving" },
] as const satisfies readonly Binding[];

export const SESSION_KEYS = [
  { id: "refresh", keys: ["ctrl-r"], in: "any", help: "List anew, try the connection now", group: "General" },
  { id: "kinds", keys: ["ctrl-a"], in: "any", help: "Every kind that is served", group: "General" },
  { id: "header", keys: ["ctrl-e"], in: "any", help: "Show or hide the header", group: "General" },
  { id: "redraw", keys: ["ctrl-l"], in: "any", help: "Repaint the screen", group: "General" },
  { id: "suspend", keys: ["ctrl-z"], in: "any", help: "Stop; `fg` comes back", group: "General" },
  { id: "quit", keys: ["ctrl-c"], in: "any", help: "Quit (also :q)", group: "General" },
] as const satisfies readonly Binding[];
