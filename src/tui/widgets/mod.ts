/**
 * Widgets: state, a `draw` on a canvas, a `handleKey` where keys make sense. Immediate mode: everything is drawn
 * every frame from the data passed in, the screen finds what changed. They know nothing of Kubernetes or the app.
 */
export { centered, cols, rows, type Size, split } from "./layout.ts";
export { drawMatched, letterMatches, type MatchedText, regexMatches } from "./matched_text.ts";
export { Prompt, type PromptOptions, type PromptResult } from "./prompt.ts";
export { drawScrollbar, type ScrollPosition, thumb } from "./scrollbar.ts";
export { Table, type TableColumn, type TableData, type TableHit, type TableRow } from "./table.ts";
