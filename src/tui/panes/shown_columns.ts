/** A view's columns as the table shows them, and rows as its cells: ages, arrows, tones, marks, matches. */
import { type Cell, type Column, type Row, sinceText, type Sort } from "../../engine/protocol.ts";
import { humanDuration, nextChangeMs } from "../../kube/mod.ts";
import type { Frame } from "../pane.ts";
import { rowTone, type Tone, type ToneColumns, toneColumns } from "../row_tone.ts";
import type { Style, Theme } from "../term/mod.ts";
import { regexMatches, type TableColumn, type TableRow } from "../widgets/mod.ts";

/** One column of the screen: `at` is its index in the view's columns, -1 the namespace's. */
export interface ShownColumn extends TableColumn {
  readonly at: number;
  /** What `Sort.column` calls it; empty for the namespace. */
  readonly name: string;
}

export interface ShownOptions {
  readonly wide: boolean;
  readonly withNamespace: boolean;
  /** The column that is sorted by: it is shown whether wide or not. */
  readonly sorted?: string;
}

/** Frozen columns stay while the rest scrolls sideways; on narrow screens the name alone is frozen. */
export function shownColumns(columns: readonly Column[], options: ShownOptions): readonly ShownColumn[] {
  const own = columns.flatMap((column, at): ShownColumn[] => {
    if (column.priority > 0 && !options.wide && column.name !== options.sorted) return [];
    const isName = column.format === "name" || column.name === "Name";
    return [{
      at,
      name: column.name,
      title: column.name.toUpperCase(),
      align: column.cell === "number" ? "right" : "left",
      isFrozen: isName,
      ...(isName ? { min: 16 } : {}),
    }];
  });
  if (!options.withNamespace) return own;
  return [{ at: -1, name: "", title: "NAMESPACE", isFrozen: false, min: 9 }, ...own];
}

export interface RowLook {
  readonly shown: readonly ShownColumn[];
  readonly columns: readonly Column[];
  readonly tones: ToneColumns;
  readonly theme: Theme;
  readonly frame: Frame;
  readonly highlight: RegExp | null;
}

export function lookOf(
  columns: readonly Column[],
  shown: readonly ShownColumn[],
  rest: Pick<RowLook, "theme" | "frame" | "highlight">,
): RowLook {
  return { columns, shown, tones: toneColumns(columns), ...rest };
}

/** Letters of a cell in which a filter's hits are looked for: more than any screen shows of one. */
const MATCHED_LETTERS = 400;

/** A row as the table draws it. */
export function tableRow(
  row: Row,
  look: RowLook,
  state: { readonly isMarked: boolean; readonly changed: ReadonlySet<number> | null },
): TableRow {
  const { shown, columns, theme, frame, highlight } = look;
  const cells = shown.map(({ at }) =>
    at < 0 ? row.namespace : cellText(row.cells[at] ?? "", columns[at]!, frame)
  );
  const tone = rowTone(row, look.tones);
  if (row.malformed !== undefined) cells[cells.length - 1] = `✗ ${row.malformed}`;
  return {
    cells,
    style: rowStyle(tone, theme),
    cellStyles: shown.map(({ at }) => cellStyle(at, { tone, look, changed: state.changed })),
    isMarked: state.isMarked,
    matches: highlight === null
      ? undefined
      : cells.map((cell) => regexMatches(cell.slice(0, MATCHED_LETTERS), highlight)),
  };
}

/** One cell as text; what moves by itself asks for the frame that will show it moved. */
function cellText(cell: Cell, { cell: type, name }: Column, { nowMs, wakeAt }: Frame): string {
  const age = (ageMs: number) => {
    wakeAt(nowMs + nextChangeMs(ageMs));
    return humanDuration(ageMs);
  };
  if (type === "time" && typeof cell === "number") {
    // where kubectl shows the time itself, as for CRDs
    return name === "Created At" ? new Date(cell).toISOString().replace(".000Z", "Z") : age(nowMs - cell);
  }
  return type === "since" ? sinceText(cell, nowMs, age) : String(cell);
}

/** Trouble colours the whole row, health only its telling cells, so that trouble stands out. */
function rowStyle(tone: Tone, theme: Theme): Style {
  switch (tone) {
    case "error":
      return theme.error;
    case "warn":
      return theme.warn;
    case "pending":
    case "terminating":
      return theme.pending;
    case "done":
      return theme.done;
    case "ok":
    case "plain":
      return 0;
  }
}

function cellStyle(
  at: number,
  { tone, look, changed }: { tone: Tone; look: RowLook; changed: ReadonlySet<number> | null },
): Style | undefined {
  const { theme, tones, columns } = look;
  if (at >= 0 && changed?.has(at)) return theme.changed;
  if (tone !== "ok" && tone !== "plain") return undefined;
  if (tone === "ok" && (at === tones.status || (tones.status < 0 && at === tones.ready))) return theme.ok;
  if (at < 0 || columns[at]?.cell === "time") return theme.dim;
  return undefined;
}

/** The sorted column's place among those shown, for the table's arrow. */
export function shownSort(
  shown: readonly ShownColumn[],
  sort: Sort | null,
): { column: number; descending: boolean } | null {
  if (sort === null) return null;
  const column = shown.findIndex(({ name }) => name === sort.column);
  return column < 0 ? null : { column, descending: sort.descending };
}
