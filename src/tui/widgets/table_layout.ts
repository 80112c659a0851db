/** Column widths of a table: from content, fitted to the screen, the frozen ones always in sight. */
export interface ColumnDemand {
  /** Columns that the widest cell seen so far takes, the title included. */
  readonly content: number;
  /** Columns that it must have even when room is short. */
  readonly min: number;
  readonly isFrozen: boolean;
}

/** Where a column is drawn; `x` counts from the table's left edge and may be beyond the right one. */
export interface PlacedColumn {
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

export interface TableLayout {
  readonly columns: readonly PlacedColumn[];
  /** First column not frozen that is shown, and the largest that makes sense. */
  readonly first: number;
  readonly maxFirst: number;
  /** True when columns are hidden to the right. */
  readonly hasMore: boolean;
}

export interface LayoutOptions {
  readonly width: number;
  readonly gap: number;
  /** Scrollable columns hidden on the left. */
  readonly first: number;
  /** Never narrower than the content: scroll instead. */
  readonly isWide: boolean;
}

/** Room shared out per column at most, when there is plenty. */
const MAX_EXTRA = 6;
/** Content wider than this is long; it keeps this much before others are cut. */
const LONG = 24;
const LONG_FLOOR = 12;

export function layoutTable(demands: readonly ColumnDemand[], options: LayoutOptions): TableLayout {
  const widths = fitWidths(demands, options);
  const scrolling = demands.flatMap((demand, i) => demand.isFrozen ? [] : [i]);
  const maxFirst = lastStart(demands, widths, options);
  const first = Math.max(0, Math.min(options.first, maxFirst));
  const hidden = new Set(scrolling.slice(0, first));
  const columns: PlacedColumn[] = [];
  let x = 0;
  let hasMore = false;
  for (let index = 0; index < demands.length; index++) {
    if (hidden.has(index)) continue;
    const width = widths[index]!;
    if (x + Math.min(width, demands[index]!.min) > options.width) hasMore = true;
    if (x < options.width) columns.push({ index, x, width: Math.min(width, options.width - x) });
    if (x + width > options.width) hasMore = true;
    x += width + options.gap;
  }
  return { columns, first, maxFirst, hasMore };
}

/** Content widths, spread when there is room, the widest cut down to `min` when there isn't. */
function fitWidths(demands: readonly ColumnDemand[], { width, gap, isWide }: LayoutOptions): number[] {
  const widths = demands.map((demand) => demand.content);
  const used = widths.reduce((sum, w) => sum + w, 0) + gap * Math.max(0, widths.length - 1);
  let over = used - width;
  if (over <= 0) {
    const extra = Math.min(MAX_EXTRA, Math.floor(-over / Math.max(1, widths.length)));
    return widths.map((w, i) => i === widths.length - 1 ? w : w + extra);
  }
  if (isWide) return widths;
  // long texts give way first (image lists, labels): a cut status or age says nothing any more
  const floors = demands.map(({ content, min }) => content > LONG ? Math.max(min, LONG_FLOOR) : content);
  over = shrink(widths, floors, over);
  shrink(widths, demands.map(({ min }) => min), over);
  return widths;
}

/** Cuts the widest columns, none below its floor, together by `over`; returns what is still too much. */
function shrink(widths: number[], floors: readonly number[], over: number): number {
  while (over > 0) {
    const at = widest(widths, floors);
    if (at < 0) break;
    // down to the next widest, so that the widest ones share the loss
    const cut = Math.min(
      over,
      Math.max(1, widths[at]! - secondWidest(widths, at)),
      widths[at]! - floors[at]!,
    );
    widths[at]! -= cut;
    over -= cut;
  }
  return over;
}

function widest(widths: readonly number[], floors: readonly number[]): number {
  let at = -1;
  widths.forEach((width, i) => {
    if (width > floors[i]! && (at < 0 || width > widths[at]!)) at = i;
  });
  return at;
}

function secondWidest(widths: readonly number[], at: number): number {
  return widths.reduce((best, width, i) => i !== at && width > best && width < widths[at]! ? width : best, 0);
}

/** Scrollable columns that may be hidden on the left until the last one is whole. */
function lastStart(
  demands: readonly ColumnDemand[],
  widths: readonly number[],
  { width, gap }: LayoutOptions,
): number {
  let room = width;
  demands.forEach((demand, i) => room -= demand.isFrozen ? widths[i]! + gap : 0);
  const scrolling = widths.filter((_, i) => !demands[i]!.isFrozen);
  let first = scrolling.length;
  let used = -gap;
  while (first > 0 && used + gap + scrolling[first - 1]! <= room) used += gap + scrolling[--first]!;
  return Math.min(first, Math.max(0, scrolling.length - 1));
}
