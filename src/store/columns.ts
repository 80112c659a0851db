import { jsonText, parseHumanDuration, type TableColumn } from "../kube/mod.ts";

/** What a column's cells are; protocol.ts says what each means to a reader. */
export type CellKind = "text" | "time" | "number" | "since";

export interface StoreColumn extends TableColumn {
  readonly cell: CellKind;
}

export type CellValue = string | number;

/** Where a column's cells are held: in a row's `u` or `f` fields, or nowhere because the name is the cell. */
export interface CellPlace {
  readonly in: "u" | "f" | "name";
  readonly at: number;
}

/** What a cell is read against. */
export interface CellContext {
  /** Epoch ms of arrival: what an age is counted back from. */
  readonly receivedMs: number;
  /** Epoch ms of the object's creation; 0 when unknown. */
  readonly createdMs: number;
}

/** Columns of type string that hold ages nonetheless, as the API server's own printers name them. */
const AGE_NAMES = new Set(["age", "last seen", "first seen", "last schedule", "created at"]);

/** Gives every column of a server's Table its kind of cell. */
export function storeColumns(columns: readonly TableColumn[]): StoreColumn[] {
  return columns.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format,
    description: column.description,
    priority: column.priority,
    cell: cellKind(column),
  }));
}

export function sameColumns(a: readonly StoreColumn[], b: readonly StoreColumn[]): boolean {
  return a.length === b.length &&
    a.every((x, i) => {
      const y = b[i]!;
      return x.name === y.name && x.type === y.type && x.format === y.format && x.priority === y.priority;
    });
}

function cellKind(column: TableColumn): CellKind {
  if (column.type === "integer" || column.type === "number") return "number";
  const name = column.name.toLowerCase();
  if (column.type === "date" || AGE_NAMES.has(name)) return "time";
  // Pods' RESTARTS is "3 (5m ago)".
  return name === "restarts" ? "since" : "text";
}

/** Reads one cell of a server's Table row; anything at all may come in. */
export type CellReader = (cell: unknown, context: CellContext) => CellValue;

/** A reader for every column, in order. */
export function cellReaders(columns: readonly StoreColumn[]): CellReader[] {
  return columns.map(({ cell, name }) => {
    if (cell === "number") return (value) => typeof value === "number" ? value : cellText(value);
    if (cell === "since") return (value, { receivedMs }) => readSince(cellText(value), receivedMs);
    if (cell === "text") return cellText;
    return name.toLowerCase() === "age" ? readAge : readTime;
  });
}

function cellText(cell: unknown): string {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? jsonText(cell) : String(cell);
}

/** How far a server's clock may be from ours before its ages stop looking like the creation time, ms. */
const CLOCK_SKEW_MS = 120_000;

/** AGE is cut to a few units by the server; where the creation time fits what is left, that is the exact one. */
function readAge(cell: unknown, context: CellContext): CellValue {
  const { receivedMs, createdMs } = context;
  const text = cellText(cell);
  const age = parseAge(text);
  if (age === null || createdMs === 0) return readTime(text, context);
  const off = receivedMs - createdMs - age.ms;
  return Math.abs(off) <= age.precisionMs + CLOCK_SKEW_MS ? createdMs : receivedMs - age.ms;
}

/** An age or a timestamp as epoch ms; text that is neither stays as it is. */
function readTime(cell: unknown, { receivedMs }: CellContext): CellValue {
  const text = cellText(cell);
  const age = parseAge(text);
  if (age !== null) return receivedMs - age.ms;
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return text;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : ms;
}

/** `3 (5m ago)` with the age as a point in time: `3 (@1700000000000 ago)`. */
function readSince(text: string, receivedMs: number): string {
  if (!text.endsWith(" ago)")) return text;
  return text.replace(/\((\w+) ago\)$/, (whole, word) => {
    const age = parseAge(word);
    return age === null ? whole : `(@${receivedMs - age.ms} ago)`;
  });
}

const UNIT_MS: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

interface Age {
  readonly ms: number;
  /** The smallest unit spelled out: the true age is less than this above. */
  readonly precisionMs: number;
}

/** An age as the API server's printers write it (k8s.io/apimachinery duration.HumanDuration): `45s`, `3d4h`, `2y11d`. */
export function parseAge(text: string): Age | null {
  // A list spells few distinct ages many times over.
  const known = parsedAges.get(text);
  if (known !== undefined) return known;
  const age = parseAgeText(text);
  if (parsedAges.size >= 4096) parsedAges.clear();
  parsedAges.set(text, age);
  return age;
}

const parsedAges = new Map<string, Age | null>();

function parseAgeText(text: string): Age | null {
  const ms = text.length > 24 ? null : parseHumanDuration(text);
  return ms === null ? null : { ms, precisionMs: UNIT_MS[text.at(-1)!]! };
}
