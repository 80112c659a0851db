/**
 * A terminal frame as an SVG picture: real cells with their colours become real text, so that it stays sharp,
 * small and searchable. Rows become runs of equal style; every run is placed by its column, so that a viewer
 * whose font is a little wider can't shear the columns.
 */

/** One cell as the picture needs it; colours are `#rrggbb`, undefined for the terminal's own. */
export interface FrameCell {
  /** "" in the right half of a wide glyph. */
  readonly text: string;
  readonly width: number;
  readonly fg: string | undefined;
  readonly bg: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
}

export interface FramePicture {
  readonly cols: number;
  readonly rows: number;
  readonly cells: readonly (readonly FrameCell[])[];
  readonly cursor?: { readonly x: number; readonly y: number } | undefined;
}

export interface SvgOptions {
  /** Shown in the window's title bar; no bar without it. */
  readonly title?: string;
  readonly background?: string;
  readonly foreground?: string;
  /** Read out by screen readers. */
  readonly description?: string;
}

/** Pixels. A cell is 0.6 em wide, as monospaced fonts are. */
const FONT = 14;
const CELL = { w: 8.4, h: 18 };
const MARGIN = 14;
const TITLE_BAR = 34;
const FONTS =
  "ui-monospace,SFMono-Regular,'Cascadia Mono','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace";

interface Run {
  x: number;
  columns: number;
  text: string;
  readonly cell: FrameCell;
}

interface Paint {
  readonly foreground: string;
  readonly background: string;
  readonly top: number;
}

/** The picture as an SVG document. */
export function renderSvg(frame: FramePicture, options: SvgOptions = {}): string {
  const { title, background = "#0f1620", foreground = "#d5dee8", description } = options;
  const top = title === undefined ? MARGIN : TITLE_BAR + 6;
  const width = Math.ceil(frame.cols * CELL.w + 2 * MARGIN);
  const height = Math.ceil(frame.rows * CELL.h + top + MARGIN);
  const paint = { foreground, background, top };
  const rows = frame.cells.map((row, y) => renderRow(row, y, paint)).join("");
  const label = description ?? title;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
    ` role="img"${label ? ` aria-label="${escape(label)}"` : ""}>\n` +
    `<rect width="${width}" height="${height}" rx="9" fill="${background}"/>\n` +
    (title === undefined ? "" : titleBar(title, width)) +
    `<g font-family="${FONTS}" font-size="${FONT}" fill="${foreground}" xml:space="preserve">\n${rows}` +
    (frame.cursor ? cursorOf(frame.cursor, paint) : "") + `</g>\n</svg>\n`;
}

function titleBar(title: string, width: number): string {
  const dots = ["#ff5f57", "#febc2e", "#28c840"]
    .map((fill, i) => `<circle cx="${20 + i * 20}" cy="17" r="6" fill="${fill}"/>`).join("");
  return `${dots}<text x="${width / 2}" y="21.5" text-anchor="middle" font-family="system-ui,sans-serif"` +
    ` font-size="13" fill="#8b96a8">${escape(title)}</text>\n`;
}

/** Neighbours of one style; blanks without a background or a line belong to any run. */
function runsOf(row: readonly FrameCell[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  row.forEach((cell, x) => {
    if (cell.width === 0) return;
    const isWide = cell.width > 1;
    if (run && !isWide && sameStyle(run.cell, cell)) {
      run.text += cell.text || " ";
      run.columns += 1;
    } else {
      runs.push(run = { x, columns: cell.width, text: cell.text || " ", cell });
      // a wide glyph stands alone: fonts don't agree that it is two cells
      if (isWide) run = undefined;
    }
  });
  return runs;
}

function sameStyle(a: FrameCell, b: FrameCell): boolean {
  return a.fg === b.fg && a.bg === b.bg && a.bold === b.bold && a.dim === b.dim && a.italic === b.italic &&
    a.underline === b.underline && a.inverse === b.inverse && a.strike === b.strike;
}

function renderRow(row: readonly FrameCell[], y: number, paint: Paint): string {
  return backgrounds(row, y, paint) + runsOf(row).map((run) => textOf(run, y, paint)).join("");
}

/** One rectangle for each stretch of the same background. */
function backgrounds(row: readonly FrameCell[], y: number, { foreground, top }: Paint): string {
  let out = "";
  for (let x = 0; x < row.length;) {
    const fill = backgroundOf(row[x]!, foreground);
    let end = x + 1;
    while (end < row.length && (row[end]!.width === 0 || backgroundOf(row[end]!, foreground) === fill)) end++;
    if (fill !== undefined) {
      out += `<rect x="${pixels(MARGIN + x * CELL.w)}" y="${top + y * CELL.h}" ` +
        `width="${pixels((end - x) * CELL.w)}" height="${CELL.h}" fill="${fill}"/>\n`;
    }
    x = end;
  }
  return out;
}

function backgroundOf(cell: FrameCell, foreground: string): string | undefined {
  return cell.inverse ? cell.fg ?? foreground : cell.bg;
}

function textOf(run: Run, y: number, { foreground, background, top }: Paint): string {
  const { cell } = run;
  const isLined = cell.underline || cell.strike;
  const lead = isLined ? 0 : run.text.length - run.text.trimStart().length;
  const text = isLined ? run.text : run.text.trim();
  if (text === "") return "";
  const columns = run.columns - (isLined ? 0 : run.text.length - text.length);
  const fill = cell.inverse ? cell.bg ?? background : cell.fg;
  const lines = [cell.underline ? "underline" : "", cell.strike ? "line-through" : ""].filter(Boolean).join(
    " ",
  );
  const attributes = [
    fill !== undefined && fill !== foreground ? ` fill="${fill}"` : "",
    cell.bold ? ' font-weight="bold"' : "",
    cell.italic ? ' font-style="italic"' : "",
    cell.dim ? ' opacity="0.65"' : "",
    lines ? ` text-decoration="${lines}"` : "",
  ].join("");
  const left = pixels(MARGIN + (run.x + lead) * CELL.w);
  const baseline = pixels(top + y * CELL.h + 13.5);
  return `<text x="${left}" y="${baseline}" textLength="${pixels(columns * CELL.w)}"` +
    ` lengthAdjust="spacingAndGlyphs"${attributes}>${escape(text).replaceAll(" ", "\u00a0")}</text>\n`;
}

function cursorOf({ x, y }: { x: number; y: number }, { foreground, top }: Paint): string {
  return `<rect x="${pixels(MARGIN + x * CELL.w)}" y="${top + y * CELL.h}" width="2" height="${CELL.h}"` +
    ` fill="${foreground}"/>\n`;
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
