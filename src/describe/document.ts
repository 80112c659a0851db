/**
 * What a description is made of: lines of cells. Cells of neighbouring lines align in columns, as a tab
 * writer aligns them; a line of one cell ends the columns above it.
 */

/** What a value means, for colour. `dim` is for absent things. */
export type Tone = "plain" | "good" | "warn" | "bad" | "dim";

/** An object that a cell names, so that a pane can jump to it. `apiVersion` may be empty when unknown. */
export interface ObjectTarget {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

export interface Cell {
  /** One line; may hold control characters of the object, which whoever draws it makes safe. */
  readonly text: string;
  readonly tone?: Tone;
  readonly target?: ObjectTarget;
}

/**
 * heading: a section's label alone. field: label and value. more: a further value of the field above.
 * header, rule, row: of a table. text: free text. problem: something that could not be read, and why.
 */
export type LineKind = "heading" | "field" | "more" | "header" | "rule" | "row" | "text" | "problem";

export interface Line {
  readonly kind: LineKind;
  /** Spaces before the first cell. Deeper lines belong to the shallower line above them: the fold. */
  readonly indent: number;
  readonly cells: readonly Cell[];
}

export interface Description {
  readonly lines: readonly Line[];
}

export type CellInput = string | number | boolean | Cell;

/** Collects the lines of a description. */
export class Page {
  readonly #lines: Line[] = [];

  get description(): Description {
    return { lines: this.#lines };
  }

  /** `Label:` and its value; of several values each takes a line of its own, none reads `<none>`. */
  field(label: string, value: CellInput | readonly CellInput[], indent = 0): void {
    if (!Array.isArray(value)) return this.line("field", [`${label}:`, value as CellInput], indent);
    const values = value as readonly CellInput[];
    if (values.length === 0) return this.line("field", [`${label}:`, none()], indent);
    values.forEach((v, i) =>
      this.line(i === 0 ? "field" : "more", [i === 0 ? `${label}:` : "", v], i === 0 ? indent : 0)
    );
  }

  heading(label: string, indent = 0): void {
    this.line("heading", [`${label}:`], indent);
  }

  text(text: string, indent = 0): void {
    this.line("text", [text], indent);
  }

  blank(): void {
    this.line("text", [""], 0);
  }

  /** A related read that failed, where its result would stand. */
  problem(label: string, message: string, indent = 0): void {
    this.line("problem", [`${label}:`, { text: `<${message}>`, tone: "warn" }], indent);
  }

  /** A table under a heading; `rule` false leaves out the dashes below the columns' names. */
  table(
    columns: readonly string[],
    rows: readonly (readonly CellInput[])[],
    { indent = 2, rule = true }: { readonly indent?: number; readonly rule?: boolean } = {},
  ): void {
    this.line("header", columns, indent);
    if (rule) this.line("rule", columns.map((c) => "-".repeat(c.length)), indent);
    for (const row of rows) this.line("row", row, indent);
  }

  /** One line; a cell of several lines of text continues below in the cell's own place. */
  line(kind: LineKind, cells: readonly CellInput[], indent: number): void {
    const made = cells.map(toCell);
    if (!made.some((cell) => cell.text.includes("\n"))) {
      return void this.#lines.push({ kind, indent, cells: made });
    }
    const last = made.length - 1;
    const [first = "", ...rest] = made[last]!.text.split("\n");
    this.#lines.push({
      kind,
      indent,
      cells: [...made.slice(0, last).map(flat), { ...made[last]!, text: first }],
    });
    for (const text of rest) this.#lines.push({ kind: "text", indent: 0, cells: [{ ...made[last]!, text }] });
  }
}

function toCell(input: CellInput): Cell {
  return typeof input === "object" ? input : { text: String(input) };
}

function flat(cell: Cell): Cell {
  return { ...cell, text: cell.text.replaceAll("\n", " ") };
}

export function none(text = "<none>"): Cell {
  return { text, tone: "dim" };
}

/** The text, or a dim `<none>` for an empty one. */
export function orNone(text: string): CellInput {
  return text === "" ? none() : text;
}
