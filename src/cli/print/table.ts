/** Server-side Tables as kubectl prints them: decorated with namespace, kind and label columns. */
import { safeText } from "../../base/mod.ts";
import type { ObjectMeta, TableColumn } from "../../kube/mod.ts";
import { TabWriter } from "./tab_writer.ts";

/** A row of a Table: cells by column, and the metadata of its object where it is known. */
export interface ShownRow {
  readonly cells: readonly unknown[];
  readonly metadata: Partial<ObjectMeta> | null;
}

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** Put before every name: `pod/`, `deployment.apps/`; empty for none. */
  readonly kindPrefix: string;
  readonly labelColumns: readonly string[];
  readonly showLabels: boolean;
  /** The text goes to a terminal: whatever it would act on is replaced. */
  readonly forTerminal: boolean;
  /** An EVENT column in front, for watched rows. */
  readonly withEvent?: boolean;
}

/** One kind's rows, block by block: a block is one page or one change. */
export class TablePrinter {
  readonly #writer = new TabWriter();
  readonly #options: TableOptions;
  #headers = "";

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** The block's text; its header line comes with the first rows and again when the columns change. */
  block(columns: readonly TableColumn[], rows: readonly ShownRow[], event = ""): string {
    if (rows.length === 0) return "";
    const shown = columns.flatMap((column, index) => this.#options.wide || !column.priority ? [index] : []);
    const lines: string[][] = [];
    const headers = this.#headerLine(shown.map((index) => columns[index]!.name));
    const key = headers.join("\t");
    if (!this.#options.noHeaders && key !== this.#headers) lines.push(headers);
    this.#headers = key;
    const nameIndex = columns.findIndex((column) => column.format === "name" && column.type === "string");
    for (const row of rows) lines.push(this.#rowLine(row, { shown, nameIndex, event }));
    return this.#writer.layout(lines);
  }

  #headerLine(names: readonly string[]): string[] {
    const { withEvent, withNamespace, labelColumns, showLabels } = this.#options;
    return [
      ...withEvent ? ["EVENT"] : [],
      ...withNamespace ? ["NAMESPACE"] : [],
      ...names.map((name) => this.#clean(name.toUpperCase())),
      ...labelColumns.map(labelHeader),
      ...showLabels ? ["LABELS"] : [],
    ];
  }

  #rowLine(
    row: ShownRow,
    { shown, nameIndex, event }: { shown: readonly number[]; nameIndex: number; event: string },
  ): string[] {
    const { withEvent, withNamespace, kindPrefix, labelColumns, showLabels } = this.#options;
    const meta = row.metadata;
    const line: string[] = [];
    // kubectl makes room for the longest type, so that later rows stay in line.
    if (withEvent) line.push(event.padEnd("MODIFIED".length));
    if (withNamespace) line.push(this.#clean(meta?.namespace ?? ""));
    for (const index of shown) {
      const text = this.#clean(cellText(row.cells[index]));
      line.push(index === nameIndex ? kindPrefix + text : text);
    }
    for (const label of labelColumns) line.push(this.#clean(meta?.labels?.[label] ?? ""));
    if (showLabels) line.push(this.#clean(formatLabels(meta?.labels)));
    return line;
  }

  #clean(text: string): string {
    return this.#options.forTerminal ? safeText(text) : escapeControls(text);
  }
}

/** A cell's value as kubectl writes it: cut at the first line break, numbers and switches as text. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  const end = cell.search(/[\f\n\r]/);
  return end < 0 ? cell : `${cell.slice(0, end)}...`;
}

/** kubectl writes escapes as `^[` and carriage returns as `\r` in tables. */
export function escapeControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return /[\x1b\r]/.test(text) ? text.replaceAll("\x1b", "^[").replaceAll("\r", "\\r") : text;
}

/** `a=1,b=2` in key order; `<none>` without labels. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${labels![key]}`).join(",");
}

/** The last part of a label's name in upper case: `app.kubernetes.io/name` is `NAME`. */
function labelHeader(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1).toUpperCase();
}
