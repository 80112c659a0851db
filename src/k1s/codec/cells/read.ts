/** Reads parsed JSON of which nothing is certain: an object of a kind may lack any field, or hold another type. */

export type Json = unknown;
export type JsonObject = Readonly<Record<string, Json>>;

/** The value at a dotted path of plain keys, or undefined. */
export function at(value: Json, path: string): Json {
  let current = value;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}

export function textAt(value: Json, path: string, otherwise = ""): string {
  const found = at(value, path);
  return typeof found === "string" && found !== "" ? found : otherwise;
}

export function numberAt(value: Json, path: string, otherwise = 0): number {
  const found = at(value, path);
  return typeof found === "number" ? found : otherwise;
}

export function flagAt(value: Json, path: string, otherwise = false): boolean {
  const found = at(value, path);
  return typeof found === "boolean" ? found : otherwise;
}

export function listAt(value: Json, path: string): readonly Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function mapAt(value: Json, path: string): JsonObject {
  const found = at(value, path);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? found as JsonObject : {};
}

/** Epoch ms of a timestamp field; NaN when there is none. */
export function timeAt(value: Json, path: string): number {
  const found = at(value, path);
  return typeof found === "string" ? Date.parse(found) : NaN;
}

/** Quantities and int-or-strings are strings or numbers in JSON. */
export function scalarAt(value: Json, path: string, otherwise: string): string {
  const found = at(value, path);
  return typeof found === "string" || typeof found === "number" ? String(found) : otherwise;
}
