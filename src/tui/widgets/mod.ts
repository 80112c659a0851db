/**
 * Widgets: state, a `draw` on a canvas, a `handleKey` where keys make sense. Immediate mode: everything is drawn
 * every frame from the data passed in, the screen finds what changed. They know nothing of Kubernetes or the app.
 */
export { type BarPart, type CrumbPlaces, drawBreadcrumbs, drawKeyHints, type KeyHint } from "./bars.ts";
export type { DialogAnswer } from "./answer_buttons.ts";
export {
  CANCEL,
  Form,
  type FormAnswer,
  type FormField,
  type FormOptions,
  type FormOutcome,
  type FormValues,
  passChecks,
} from "./form.ts";
export { type HelpEntry, HelpGrid, type HelpGroup } from "./help_grid.ts";
export { centered } from "./layout.ts";
export { type LineSource, LineStore } from "./line_store.ts";
export { type ListItem, ListPopup } from "./list_popup.ts";
export { drawMatched, type MatchedText, regexMatches } from "./matched_text.ts";
export { Notice, type NoticeLevel, type NoticeOptions } from "./notice.ts";
export { countText, type Progress, progressText } from "./progress.ts";
export { Prompt, type PromptOptions, type PromptResult } from "./prompt.ts";
export { drawScrollbar, type ScrollPosition, thumb } from "./scrollbar.ts";
export { type Highlighter, type Segment, type StyledLine, wrapLine } from "./styled_line.ts";
export { Table, type TableColumn, type TableData, type TableHit, type TableRow } from "./table.ts";
export { type Hit, TextSearch } from "./text_search.ts";
export { TextView, type TextViewOptions } from "./text_view.ts";
export { displayLine, wrapOffsets, wrapWords } from "./wrap.ts";
export { highlightYamlLine, yamlHighlighter } from "./yaml_highlight.ts";
