/** Draws a resources pane: what is wrong over the rows, the rows, or why there are none. */
import type { Frame, PaneHost } from "../pane.ts";
import type { Canvas } from "../term/mod.ts";
import { progressText, type TableData } from "../widgets/mod.ts";
import { drawBar, drawMessage, type Message, messageHeight } from "./message.ts";
import { feedNotice, goneNotice } from "./feed_notice.ts";
import type { ResourcesPane } from "./resources.ts";
import { lookOf, shownSort, tableRow } from "./shown_columns.ts";

export interface ResourcesScene {
  readonly pane: ResourcesPane;
  readonly host: PaneHost;
  readonly frame: Frame;
}

export function drawResources(canvas: Canvas, scene: ResourcesScene): void {
  const { pane: { window, spec }, host, frame } = scene;
  const trouble = host.isServed(spec.resource) ? feedNotice(window.status, spec, frame) : goneNotice(spec);
  const isEmpty = window.columns.length === 0 || window.matched === 0;
  if (trouble !== null && isEmpty) return drawMessage(canvas, trouble);
  const notice = trouble ?? noteNotice(window.note);
  const height = notice === null
    ? 0
    : Math.min(messageHeight(notice.lines, canvas.w), Math.max(0, canvas.h - 4));
  if (notice !== null) drawBar(canvas.sub(0, 0, canvas.w, height), notice);
  const body = canvas.sub(0, height, canvas.w, canvas.h - height);
  if (window.columns.length === 0) return drawMessage(body, { tone: "info", lines: waitingLines(scene) });
  drawRows(body, scene);
  if (window.matched === 0) {
    drawMessage(body.sub(0, 1, body.w, body.h - 1), emptyMessage(scene));
  }
}

/** What the filter could not look at. */
function noteNotice(note: string): Message | null {
  return note === "" ? null : { tone: "warn", lines: [note] };
}

function drawRows(canvas: Canvas, { pane, frame }: ResourcesScene): void {
  const { window, shown, table, marks } = pane;
  const { theme } = canvas;
  const look = lookOf(window.columns, shown, { theme, frame, highlight: pane.highlight });
  const data: TableData = {
    columns: shown,
    total: window.matched,
    row: (index) => {
      const row = window.at(index);
      if (row === undefined) return undefined;
      const changed = window.changedCells(row.uid, frame.nowMs, frame.wakeAt);
      return tableRow(row, look, { isMarked: marks.has(row.uid), changed });
    },
    sort: shownSort(shown, pane.sort),
    isFocused: frame.focused,
  };
  table.draw(canvas, data);
  if (pane.picked >= 0) tintHeader(canvas, pane);
}

/** Shows which column shift-left and shift-right stand on. */
function tintHeader(canvas: Canvas, { table, picked }: ResourcesPane): void {
  const { rect, theme } = canvas;
  const columns = Array.from({ length: canvas.w }, (_, x) => table.hit(rect.x + x, rect.y));
  const from = columns.findIndex((hit) => hit?.type === "header" && hit.column === picked);
  const to = columns.findLastIndex((hit) => hit?.type === "header" && hit.column === picked);
  if (from >= 0) canvas.tint(from, 0, to - from, 1, theme.selection);
}

/** While no row has come: what is being waited for. */
function waitingLines({ pane, host }: ResourcesScene): readonly string[] {
  const { status } = pane.window;
  if (status === null || status.phase === "connecting") return [`Connecting to ${host.targetName} …`];
  const progress = status.loaded > 0
    ? ` ${progressText({ done: status.loaded, total: status.expected })}`
    : "";
  return [`Listing ${pane.resource.plural}${progress} …`];
}

function emptyMessage(scene: ResourcesScene): Message {
  const { pane: { filterProblem, filterText, spec: { namespace }, resource, window }, host } = scene;
  if (filterProblem !== "") {
    return { tone: "warn", lines: [filterProblem, "esc shows all"] };
  }
  const isEmpty = window.total === 0 && window.status?.phase === "live" && resource.namespaced;
  if (isEmpty && namespace !== null && host.lacksNamespace(namespace)) {
    const hint = `0 shows all namespaces · :${
      resource.singular || resource.plural
    }/${namespace} opens an object`;
    return { tone: "warn", lines: [`Namespace ${namespace} does not exist`, hint] };
  }
  const isFiltered = filterText !== "" && window.total > 0;
  return { tone: isFiltered ? "warn" : "info", lines: emptyLines(scene) };
}

function emptyLines({ pane }: ResourcesScene): readonly string[] {
  const { resource, spec: { namespace, labelSelector, fieldSelector }, filterText, window } = pane;
  if (filterText !== "" && window.total > 0) {
    return [
      `None of ${progressText({ done: window.total, total: null })} matches /${filterText}`,
      "esc shows all",
    ];
  }
  if (window.status?.phase === "listing") return [`Listing ${resource.plural} …`];
  const selector = [labelSelector, fieldSelector].filter((text) => text !== undefined).join(" and ");
  if (selector !== "") {
    const where = resource.namespaced && namespace !== null ? ` in namespace ${namespace}` : "";
    return [`No ${resource.plural}${where} with ${selector}`, "esc goes back"];
  }
  if (!resource.namespaced) return [`No ${resource.plural} in this cluster`];
  if (namespace === null) return [`No ${resource.plural} in any namespace`];
  return [`No ${resource.plural} in namespace ${namespace}`, "0 shows all namespaces"];
}
