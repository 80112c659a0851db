/**
 * The session: panes on live resources, keys, palette, history. It sees the cluster only through an `Engine`, and draws
 * only through `term/` and `widgets/`.
 *
 * Vocabulary: a pane shows one thing (a kind's objects, one object's YAML); a trail is the panes from the root to the
 * one shown (breadcrumbs); history is the trails in order; a chord runs a command of the key table in the context of the
 * pane; a frame is everything drawn at once.
 *
 * Flow: key -> `InputParser` -> `App` -> key table -> pane or `Navigator` -> `Engine`; update -> pane -> `FrameLoop`
 * -> `App.draw` -> bytes that differ -> terminal. Nothing changes: nothing runs, but for one timer to the earliest change
 * of an age that is on the screen.
 */
export { clusterSession } from "./cluster_session.ts";
export { type RunOptions, runSession } from "./run_session.ts";
export { Session, type TerminalParts } from "./session.ts";
export type { SessionHost, SessionOptions } from "./session_options.ts";
export type { ContextEntry } from "../engine/host.ts";
export { keysMarkdown } from "./keymap.ts";
