import type { TableRow } from "../client/mod.ts";
import type { TableColumn } from "../kube/mod.ts";
import { readRow, type RowInput } from "../store/mod.ts";

/** Columns of a kind whose server makes no Tables. */
export const FALLBACK_COLUMNS: readonly TableColumn[] = [
  { name: "Name", type: "string", format: "name", description: "", priority: 0 },
  { name: "Age", type: "date", format: "", description: "", priority: 0 },
];

const decoder = new TextDecoder();

/** The cells under FALLBACK_COLUMNS. */
export function fallbackCells(row: TableRow): readonly unknown[] {
  return [row.metadata?.name ?? "", row.metadata?.creationTimestamp ?? ""];
}

/** What the store takes of a Table row; one that could not be read is kept and says why. */
export function rowFromTable(row: TableRow): RowInput {
  if (row.error === "") return readRow({ metadata: row.metadata }, row.cells);
  const read = readRow(parseAny(decoder.decode(row.object)), row.cells);
  const malformed = read.malformed === "" ? row.error : `${row.error}; ${read.malformed}`;
  return { ...read, malformed };
}

/** The object in a row's JSON, the JSON itself where it has none, or the text where it is no JSON. */
function parseAny(text: string): unknown {
  try {
    const parsed = JSON.parse(text);
    return parsed?.object ?? parsed;
  } catch {
    return text;
  }
}
