/** Pieces of cells that several kinds share, in the real server's words. */
import { humanDuration } from "../../../kube/mod.ts";
import { type Json, listAt, mapAt, textAt, timeAt } from "./read.ts";

/** One cell: what JSON of a Table row holds. */
export type TableCell = string | number | boolean | null;

export interface CellContext {
  /** Epoch ms that ages count from. */
  readonly nowMs: number;
}

export type CellWriter = (object: Json, context: CellContext) => TableCell[];

/** Time since a timestamp, `<unknown>` without one. */
export function since(timeMs: number, { nowMs }: CellContext, otherwise = "<unknown>"): string {
  return Number.isNaN(timeMs) ? otherwise : humanDuration(nowMs - timeMs);
}

export function age(object: Json, context: CellContext): string {
  return since(timeAt(object, "metadata.creationTimestamp"), context);
}

export function name(object: Json): string {
  return textAt(object, "metadata.name");
}

/** `a=b,c=d`, sorted by key; `<none>` when empty. */
export function formatLabels(labels: Readonly<Record<string, Json>>): string {
  const pairs = Object.keys(labels).sort().map((key) => `${key}=${String(labels[key])}`);
  return pairs.join(",") || "<none>";
}

/** A LabelSelector as a selector string; `<none>` when it selects everything, `<invalid>` for an unknown operator. */
export function formatSelector(selector: Json, empty = "<none>"): string {
  const labels = mapAt({ selector }, "selector.matchLabels");
  const terms = Object.keys(labels).map((key) => ({ key, text: `${key}=${String(labels[key])}` }));
  for (const expression of listAt({ selector }, "selector.matchExpressions")) {
    const text = formatExpression(expression);
    if (text === null) return "<invalid>";
    terms.push({ key: textAt(expression, "key"), text });
  }
  terms.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  return terms.map(({ text }) => text).join(",") || empty;
}

function formatExpression(expression: Json): string | null {
  const key = textAt(expression, "key");
  const values = listAt(expression, "values").map(String).sort().join(",");
  switch (textAt(expression, "operator")) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return null;
  }
}

/** The names and the images of a pod spec's containers, each joined by commas. */
export function containers(podSpec: Json): [string, string] {
  const list = listAt(podSpec, "containers");
  return [list.map((c) => textAt(c, "name")).join(","), list.map((c) => textAt(c, "image")).join(",")];
}

/** The first `most` items and how many more there are. */
export function firstOf(
  items: readonly string[],
  options: { most: number; empty: string; separator?: string },
): string {
  const { most, empty, separator = "," } = options;
  if (items.length === 0) return empty;
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} + ${items.length - most} more...` : shown;
}

/** The status of the condition of a type, or undefined. */
export function condition(object: Json, type: string, path = "status.conditions"): Json | undefined {
  return listAt(object, path).find((candidate) => textAt(candidate, "type") === type);
}

export function isTrue(found: Json | undefined): boolean {
  return textAt(found, "status") === "True";
}
