import { parseHumanDuration, parseQuantity, quantityValue } from "../kube/mod.ts";
import type { Comparison, QueryValue } from "./query.ts";

/** Whether one text is any of the values. */
export type TextTest = (text: string) => boolean;

/** Case counts for labels and annotations only. */
export function anyOf(
  values: readonly QueryValue[],
  { cased = false }: { readonly cased?: boolean } = {},
): TextTest {
  const tests = values.map((value) => textTest(value, cased));
  return (text) => tests.some((test) => test(text));
}

function textTest({ text, glob }: QueryValue, cased: boolean): TextTest {
  if (glob) {
    const source = text.replace(
      /[*?]|[^*?]+/g,
      (part) => part === "*" ? ".*" : part === "?" ? "." : RegExp.escape(part),
    );
    const pattern = new RegExp(`^${source}$`, cased ? "s" : "is");
    return (given) => pattern.test(given);
  }
  if (cased) return (given) => given === text;
  const wanted = text.toLowerCase();
  return (given) => given === text || given.toLowerCase() === wanted;
}

/** A cell as it compares: its text, and its value where it has one. */
export interface CellReading {
  readonly text: string;
  /** A number, a quantity in whole units, or null. */
  readonly number: number | null;
  /** A duration or an age, ms, or null. */
  readonly durationMs: number | null;
}

/** Readings of texts: the columns of all kinds hold the same few thousand. */
const readings = new Map<string, CellReading>();
const MOST_READINGS = 16_384;

/** Reads a text: `250m`, `1/2` (its first part), `80%`, `3d4h`. */
export function readText(text: string): CellReading {
  const known = readings.get(text);
  if (known !== undefined) return known;
  if (readings.size >= MOST_READINGS) readings.clear();
  const reading = workOut(text);
  readings.set(text, reading);
  return reading;
}

function workOut(text: string): CellReading {
  const trimmed = text.trim();
  const plain = /^([^/\s%]+)(?:%|\/\S+)?(?:\s.*)?$/.exec(trimmed)?.[1] ?? trimmed;
  const quantity = parseQuantity(plain);
  return {
    text: trimmed,
    number: quantity === null ? null : quantityValue(quantity),
    durationMs: parseHumanDuration(plain),
  };
}

export type CellTest = (cell: CellReading) => boolean;

/**
 * A comparison as a test. Equality is of texts, or of values where both have one; an order exists only between two of
 * a sort, so that `<none>` is neither more nor less than anything.
 */
export function cellTest(comparison: Comparison, values: readonly QueryValue[]): CellTest {
  if (comparison === "exists") return ({ text }) => text !== "" && text !== "<none>";
  if (comparison === "=" || comparison === "!=") {
    const isText = anyOf(values);
    // `1/2` is not `1/3` although both read as 1.
    const readings = values.filter(({ glob, text }) => !glob && !text.includes("/")).map(({ text }) =>
      readText(text)
    );
    const equals: CellTest = (cell) =>
      isText(cell.text) || readings.some((value) => difference(cell, value) === 0);
    return comparison === "=" ? equals : (cell) => !equals(cell);
  }
  const wanted = readText(values[0]!.text);
  return (cell) => {
    const by = difference(cell, wanted);
    if (by === null) return false;
    if (comparison === ">") return by > 0;
    if (comparison === ">=") return by >= 0;
    return comparison === "<" ? by < 0 : by <= 0;
  };
}

/** Of two numbers or two durations; `5m` is both, and is what the other one is. */
function difference(a: CellReading, b: CellReading): number | null {
  if (a.durationMs !== null && b.durationMs !== null) return a.durationMs - b.durationMs;
  if (a.number !== null && b.number !== null) return a.number - b.number;
  return null;
}
