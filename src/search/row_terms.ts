import { humanDuration, type Resource } from "../kube/mod.ts";
import type { Snapshot } from "../store/mod.ts";
import { type BodyValue, bodyValue } from "./body_values.ts";
import { findColumn, plainName } from "./columns.ts";
import { admitsKind } from "./kind_match.ts";
import type { PathColumns } from "./path_columns.ts";
import { isIdentity, isProperty, type PropertyTerm, type Query, type Term } from "./query.ts";
import { anyOf, type CellReading, cellTest, readText } from "./values.ts";

/** Whether what a query selects moves with time, in a kind of these columns. */
export function movesWithTime(query: Query, { columns }: Pick<Snapshot, "columns">): boolean {
  return query.some((term) => {
    if (term.type !== "field") return false;
    return plainName(term.key) === "age" || columns[findColumn({ columns }, term.key)]?.cell === "time";
  });
}

/** Decides rows of one snapshot. */
export type RowTest = (slot: number) => boolean;

export interface RowContext {
  readonly resource: Resource;
  readonly snapshot: Snapshot;
  /** Epoch ms that ages are counted to. */
  readonly nowMs: number;
  /** What was read from objects' bodies; see PathColumns. */
  readonly paths: PathColumns;
}

/** The typed terms of a query as one test of a kind's rows: false when none can pass, true when all do. */
export function compileRows(query: Query, context: RowContext): RowTest | boolean {
  if (!admitsKind(query, context.resource)) return false;
  const tests = query.filter(isTyped).map((term) => compileTerm(term, context));
  if (tests.length === 0) return true;
  if (tests.length === 1) return tests[0]!;
  return (slot) => {
    for (const test of tests) if (!test(slot)) return false;
    return true;
  };
}

/** Terms that rows are asked, not their kind nor their text. */
function isTyped(term: Term): boolean {
  return isProperty(term) || (isIdentity(term) && (term.type === "namespace" || term.type === "name"));
}

/** One term, negated or not. */
export function compileTerm(term: Term, context: RowContext): RowTest {
  const test = positive(term, context);
  if (!term.negated) return test;
  const value = isProperty(term) ? bodyValueOf(term, context) : null;
  if (value === null) return (slot) => !test(slot);
  // Of a body that is not held neither is known: it holds nothing, and lacks nothing.
  return (slot) => !test(slot) && context.paths.values(value.key, slot) !== null;
}

/** What a term looks at in a body; null: it looks at what rows say, or at what every object has. */
function bodyValueOf(term: PropertyTerm, context: RowContext): BodyValue | null {
  if (term.type === "field" && OWN_FIELDS[plainName(term.key)] !== undefined) return null;
  return bodyValue(term, context);
}

function positive(term: Term, context: RowContext): RowTest {
  const { snapshot } = context;
  switch (term.type) {
    case "namespace": {
      const isWanted = anyOf(term.values);
      const holds = remembered((id) => isWanted(snapshot.pool.get(id)), snapshot);
      return (slot) => holds(snapshot.namespaceId(slot));
    }
    case "name": {
      const isWanted = anyOf(term.values);
      return (slot) => isWanted(snapshot.name(slot));
    }
    case "label":
      return labelTest(term, snapshot);
    case "annotation":
      return bodyTest(term, bodyValueOf(term, context)!, context);
    case "field":
      return fieldTest(term, context);
    default:
      return () => true;
  }
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/** A test of interned strings that asks once for each. */
function remembered(
  test: (id: number) => boolean,
  { pool }: Pick<Snapshot, "pool">,
): (id: number) => boolean {
  const known = new Uint8Array(pool.size + 1);
  return (id) => {
    const answer = known[id];
    if (answer !== UNKNOWN && answer !== undefined) return answer === YES;
    const yes = test(id);
    known[id] = yes ? YES : NO;
    return yes;
  };
}

function labelTest(term: PropertyTerm, snapshot: Snapshot): RowTest {
  const fits = mapTest(term);
  const { labelSets } = snapshot;
  const known = new Uint8Array(labelSets.size + 1);
  return (slot) => {
    const id = snapshot.labelSetId(slot);
    if (known[id] === UNKNOWN) known[id] = fits(labelSets.get(id)) ? YES : NO;
    return known[id] === YES;
  };
}

/** Whether a map of labels or annotations fits; a key may be a glob. */
function mapTest(
  { key, comparison, values }: PropertyTerm,
): (map: Readonly<Record<string, string>>) => boolean {
  const isGlob = /[*?]/.test(key);
  const isKey = anyOf([{ text: key, glob: isGlob }], { cased: true });
  const isValue = comparison === "=" || comparison === "!=" ? anyOf(values, { cased: true }) : null;
  const isOrdered = isValue === null && comparison !== "exists" ? cellTest(comparison, values) : null;
  const fits = (value: string) => isValue?.(value) ?? isOrdered?.(readText(value)) ?? true;
  const has = (map: Readonly<Record<string, string>>) =>
    isGlob
      ? Object.keys(map).some((name) => isKey(name) && fits(map[name]!))
      : Object.hasOwn(map, key) && fits(map[key]!);
  // As a label selector has it, != holds for objects without the label too.
  return comparison === "!=" ? (map) => !has(map) : has;
}

function fieldTest(term: PropertyTerm, context: RowContext): RowTest {
  const own = OWN_FIELDS[plainName(term.key)];
  if (own !== undefined) return cellOf(term, own(context, term));
  const column = findColumn(context.snapshot, term.key);
  if (column >= 0) return columnTest(term, column, context);
  const value = bodyValueOf(term, context);
  if (value !== null) return bodyTest(term, value, context);
  // k9s' users write app=web for a label.
  return term.comparison === "=" || term.comparison === "!="
    ? labelTest(term, context.snapshot)
    : () => false;
}

type CellSource = (slot: number) => CellReading;

function textCell(text: string): CellReading {
  return { text, number: null, durationMs: null };
}

/** `plain`: only the value is asked for, not how it is shown. */
function ageCell(createdMs: number, nowMs: number, plain: boolean): CellReading {
  if (createdMs === 0) return textCell("");
  const durationMs = Math.max(0, nowMs - createdMs);
  return { text: plain ? "" : humanDuration(durationMs), number: null, durationMs };
}

/** Orders look at values alone; to write texts for them costs more than all else. */
function isOrder({ comparison }: PropertyTerm): boolean {
  return comparison !== "exists" && comparison !== "=" && comparison !== "!=";
}

/** What every object has, whatever its columns. */
const OWN_FIELDS: Readonly<
  Record<string, (context: RowContext, term: PropertyTerm) => CellSource>
> = {
  "age": ({ snapshot, nowMs }, term) => {
    const plain = isOrder(term);
    return (slot) => ageCell(snapshot.createdMs(slot), nowMs, plain);
  },
  "name": ({ snapshot }) => (slot) => textCell(snapshot.name(slot)),
  "metadata.name": ({ snapshot }) => (slot) => textCell(snapshot.name(slot)),
  "namespace": ({ snapshot }) => (slot) => textCell(snapshot.namespace(slot)),
  "metadata.namespace": ({ snapshot }) => (slot) => textCell(snapshot.namespace(slot)),
  "metadata.uid": ({ snapshot }) => (slot) => textCell(snapshot.uid(slot)),
  "kind": ({ resource }) => () => textCell(resource.kind),
};

function cellOf({ comparison, values }: PropertyTerm, read: CellSource): RowTest {
  const test = cellTest(comparison, values);
  return (slot) => test(read(slot));
}

function columnTest(term: PropertyTerm, column: number, { snapshot, nowMs }: RowContext): RowTest {
  const test = cellTest(term.comparison, term.values);
  const { cell: kind } = snapshot.columns[column]!;
  const plain = isOrder(term);
  // "3 (@1700000000000 ago)" counts as 3.
  const read = (text: string) => readText(kind === "since" ? text.replace(/\s*\(.*$/, "") : text);
  const ofText = remembered((id) => test(read(snapshot.pool.get(id))), snapshot);
  return (slot) => {
    const id = snapshot.cellTextId(slot, column);
    if (id >= 0) return ofText(id);
    const cell = snapshot.cell(slot, column);
    if (typeof cell === "string") return test(readText(cell));
    if (kind === "time") return test(ageCell(cell, nowMs, plain));
    return test({ text: plain ? "" : String(cell), number: cell, durationMs: null });
  };
}

/** A value inside the objects themselves; where an array is on the way, any of its items. */
function bodyTest(
  { type, comparison, values }: PropertyTerm,
  value: BodyValue,
  { paths }: RowContext,
): RowTest {
  const cased = type === "annotation";
  const isEqual = cased && (comparison === "=" || comparison === "!=") ? anyOf(values, { cased }) : null;
  const ordered = isEqual === null && comparison !== "exists"
    ? cellTest(comparison === "!=" ? "=" : comparison, values)
    : null;
  const read = (text: string) => value.isQuantity ? { ...readText(text), durationMs: null } : readText(text);
  const fits = (text: string) => isEqual?.(text) ?? ordered?.(read(text)) ?? true;
  return (slot) => {
    const found = paths.values(value.key, slot);
    if (found === null) return false;
    return comparison === "!=" ? !found.some(fits) : found.some(fits);
  };
}
