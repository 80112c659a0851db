/** Everything that can be done wrong with a valid object, one place at a time, as JSON patches; drawn by a seed. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: Json;
}

const TOO_LONG = "x".repeat(260);
const BAD_TEXTS = ["", "Bad_Name!", TOO_LONG, "no-such-choice", "/a/../b", "-a."];
const BAD_NUMBERS = [-1, 0, 65_536, 2_147_483_647];

/** All mutations of an object, in the order of its fields. */
export function mutationsOf(object: Json): Operation[] {
  const found: Operation[] = [];
  walk(object, "", found);
  return found;
}

function walk(value: Json, path: string, found: Operation[]): void {
  if (path !== "") {
    found.push({ op: "remove", path });
    for (const other of wrongValues(value)) found.push({ op: "replace", path, value: other });
  }
  if (Array.isArray(value)) {
    if (value.length > 0) found.push({ op: "add", path: `${path}/-`, value: value[0] });
    for (const [index, item] of value.entries()) walk(item, `${path}/${index}`, found);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) {
        walk(inner, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, found);
      }
    }
  }
}

function wrongValues(value: Json): readonly Json[] {
  if (typeof value === "string") return BAD_TEXTS;
  if (typeof value === "number") return BAD_NUMBERS;
  if (typeof value === "boolean") return [!value];
  if (value === null) return [];
  return Array.isArray(value) ? [[]] : [{}];
}

/** A few of them by a seed, the same each time. */
export function draw<T>(from: readonly T[], { count, seed }: { count: number; seed: number }): T[] {
  const random = generator(seed);
  const pool = [...from];
  for (let index = pool.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [pool[index], pool[other]] = [pool[other]!, pool[index]!];
  }
  return pool.slice(0, count);
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
