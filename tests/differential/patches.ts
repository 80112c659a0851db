/** Random JSON patches, and directives of strategic merge put into a patch. */
import { isObject, type Json, type JsonObject } from "../../src/k1s/registry/mod.ts";
import type { FieldMaker } from "./fields.ts";
import type { Pick } from "./pick.ts";

/** A few operations on the makers' paths and below them. */
export function jsonPatch(pick: Pick, fields: readonly FieldMaker[]): Json {
  if (pick.chance(0.05)) {
    return pick.of<Json>([
      "{}",
      "[1]",
      '[{"op":"add"}]',
      '[{"op":"odd","path":"/a","value":1}]',
      "null",
      "[",
      "[]",
    ]);
  }
  const operations: Json[] = [];
  const count = 1 + pick.below(3);
  for (let index = 0; index < count; index++) operations.push(operation(pick, fields));
  return operations;
}

function operation(pick: Pick, fields: readonly FieldMaker[]): Json {
  const [field, make] = pick.of(fields);
  const [from] = pick.of(fields);
  const end = pick.chance(0.15) ? pick.of(["/0", "/-", "/5", "/x", "/0/name"]) : "";
  const path = `${pointer(field)}${end}`;
  const value = make(pick);
  switch (pick.below(8)) {
    case 0:
      return { op: "remove", path };
    case 1:
      return { op: "copy", from: pointer(from), path };
    case 2:
      return { op: "move", from: pointer(from), path };
    case 3:
      return { op: "test", path, value };
    case 4:
      return { op: "replace", path, value };
  }
  return { op: "add", path, value };
}

function pointer(path: string): string {
  return `/${path.split(".").map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}

/** Marks an object or an item of the patch in one of strategic merge's ways, now and then. */
export function strategicDirectives(pick: Pick, patch: JsonObject): void {
  if (!pick.chance(0.4)) return;
  const at = pick.of(objectsOf(patch));
  switch (pick.below(5)) {
    case 0:
      at.$patch = pick.of(["replace", "delete", "merge", "odd"]);
      return;
    case 1:
      at.$retainKeys = Object.keys(at).filter((key) => !key.startsWith("$"));
      return;
    case 2:
      at["$deleteFromPrimitiveList/finalizers"] = ["x.dev/f"];
      return;
    case 3: {
      const list = Object.keys(at).find((key) => Array.isArray(at[key]));
      if (list) {
        at[`$setElementOrder/${list}`] = pick.of<Json>([[{ name: "b" }, { name: "a" }], [{ name: "a" }]]);
      }
      return;
    }
    case 4: {
      const list = Object.keys(at).find((key) => Array.isArray(at[key]));
      if (list) (at[list] as Json[]).push({ $patch: pick.of(["delete", "replace"]), name: "a" });
    }
  }
}

function objectsOf(value: Json, found: JsonObject[] = []): JsonObject[] {
  if (Array.isArray(value)) { for (const item of value) objectsOf(item, found); }
  else if (isObject(value)) {
    found.push(value);
    for (const item of Object.values(value)) objectsOf(item, found);
  }
  return found;
}
