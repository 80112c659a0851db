/** From an item's bytes to what a list or a watch hands on. */
import { jsonText, type ObjectMeta, parseJson } from "../kube/mod.ts";
import type { ItemMarks } from "./item_marks.ts";
import type { SplitItem } from "./item_splitter.ts";

/** One row of a Table. */
export interface TableRow {
  /** In column order; empty where the row could not be read. */
  readonly cells: readonly unknown[];
  /** The object's metadata without managedFields; null when the row carries no object or it could not be read. */
  readonly metadata: ObjectMeta | null;
  /** JSON of the object without managedFields; lent until the callback returns. Empty when there is none. */
  readonly object: Uint8Array;
  /** What is wrong with the row; empty when nothing is. The row's whole JSON is then in `object`. */
  readonly error: string;
}

/** One object of a list. */
export interface ObjectItem {
  /** JSON of the object; lent until the callback returns. */
  readonly bytes: Uint8Array;
  /** Parses the bytes; throws SyntaxError where the item is no JSON. */
  parse(): unknown;
}

const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder();

/** Reads a row: only its cells and metadata are parsed. */
export function rowReader(onRow: (row: TableRow) => void): (item: SplitItem) => void {
  return (item) => onRow(readTableRow(item));
}

export function readTableRow(item: SplitItem): TableRow {
  try {
    if (!item.row) return plainRow(item);
    return item.marks === null ? slowRow(item) : markedRow(item.bytes, item.marks);
  } catch (error) {
    return { cells: [], metadata: null, object: item.bytes, error: message(error) };
  }
}

function markedRow(bytes: Uint8Array, marks: ItemMarks): TableRow {
  const cells = parse(bytes.subarray(marks.cellsStart, marks.cellsEnd));
  if (!Array.isArray(cells)) throw new TypeError("the row's cells are no list");
  if (marks.objectStart < 0) return { cells, metadata: null, object: EMPTY, error: "" };
  return {
    cells,
    metadata: parse(bytes.subarray(marks.metadataStart, marks.metadataEnd)) as ObjectMeta | null,
    object: bytes.subarray(marks.objectStart, marks.objectEnd),
    error: "",
  };
}

/** An object of a server that makes no Tables: a row without cells. */
function plainRow({ bytes, marks }: SplitItem): TableRow {
  const metadata = marks === null ? null : parse(bytes.subarray(marks.metadataStart, marks.metadataEnd));
  if (metadata === null) throw new TypeError("the object has no metadata");
  return { cells: [], metadata: metadata as ObjectMeta, object: bytes, error: "" };
}

/** A row whose keys are not where servers put them: parsed whole. */
function slowRow({ bytes }: SplitItem): TableRow {
  const row = parse(bytes);
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw new TypeError("the row is no object");
  }
  const { cells, object } = row as { cells?: unknown; object?: { metadata?: ObjectMeta } | null };
  if (!Array.isArray(cells)) throw new TypeError("the row has no cells");
  if (object === undefined || object === null) return { cells, metadata: null, object: EMPTY, error: "" };
  const { metadata } = object;
  if (typeof metadata !== "object" || metadata === null) throw new TypeError("the object has no metadata");
  return { cells, metadata, object: new TextEncoder().encode(jsonText(object)), error: "" };
}

export function itemReader(onItem: (item: ObjectItem) => void): (item: SplitItem) => void {
  return ({ bytes }) => onItem({ bytes, parse: () => parse(bytes) });
}

/** The JSON of an item's part. */
export function parse(bytes: Uint8Array): unknown {
  return parseJson(decoder.decode(bytes));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
