/** An RFC 6902 patch from two values: what `--output json-patch` prints and undo sends. */
import { isMap } from "./field_path.ts";
import { sameJson } from "./object_diff.ts";

export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** Applied in order to `before`, they make `after`. Places of a list count at the time of the operation. */
export function jsonPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  compare("", { before, after, operations });
  return operations;
}

interface Comparison {
  readonly before: unknown;
  readonly after: unknown;
  readonly operations: JsonPatchOperation[];
}

function compare(path: string, { before, after, operations }: Comparison): void {
  if (sameJson(before, after)) return;
  if (isMap(before) && isMap(after)) return compareMaps(path, { before, after, operations });
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, { before, after, operations });
  operations.push({ op: "replace", path, value: after });
}

interface MapComparison extends Comparison {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

function compareMaps(path: string, { before, after, operations }: MapComparison): void {
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) {
      operations.push({ op: "remove", path: `${path}/${escaped(key)}` });
    }
  }
  for (const [key, value] of Object.entries(after)) {
    const at = `${path}/${escaped(key)}`;
    if (value === undefined) continue;
    if (before[key] === undefined) operations.push({ op: "add", path: at, value });
    else compare(at, { before: before[key], after: value, operations });
  }
}

interface ListComparison extends Comparison {
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
}

/** What is equal at both ends stays; between them items change in place, and the rest is taken out or put in. */
function compareLists(path: string, { before, after, operations }: ListComparison): void {
  let start = 0;
  while (start < Math.min(before.length, after.length) && sameJson(before[start], after[start])) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && sameJson(before.at(-1 - end), after.at(-1 - end))) end++;
  const [old, fresh] = [before.length - end, after.length - end];
  const both = Math.min(old, fresh);
  for (let at = start; at < both; at++) {
    compare(`${path}/${at}`, { before: before[at], after: after[at], operations });
  }
  for (let at = old - 1; at >= both; at--) operations.push({ op: "remove", path: `${path}/${at}` });
  for (let at = both; at < fresh; at++) {
    operations.push({ op: "add", path: `${path}/${at}`, value: after[at] });
  }
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
