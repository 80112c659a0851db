/** `--sort-by`: rows in the order of one field of their objects, as kubectl orders them. */
import { OrkaError } from "../../base/mod.ts";
import { compareQuantities, JsonPath, parseQuantity, relaxedTemplate } from "../../kube/mod.ts";

type SortKey = string | number | boolean | null;

/**
 * The items by the field at `path` of what `objectOf` gives, smallest first; equal ones keep their order, and
 * those without the field come first. Throws OrkaError `usage` when no item has the field, or when it is not a
 * single value.
 */
export function sortByPath<T>(items: readonly T[], path: string, objectOf: (item: T) => unknown): T[] {
  const template = relaxedTemplate(path);
  const jsonPath = new JsonPath(template);
  const keyed = items.map((item) => ({ item, key: sortKey(jsonPath, objectOf(item)) }));
  if (items.length > 0 && keyed.every(({ key }) => key === null)) {
    throw new OrkaError("usage", `couldn't find any field with path "${template}" in the list of objects`);
  }
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item);
}

function sortKey(path: JsonPath, object: unknown): SortKey {
  const value = path.values(object, { allowMissingKeys: true })[0];
  if (value === undefined || value === null) return null;
  if (typeof value === "object") {
    throw new OrkaError("usage", "unsortable type: the field is not a single value");
  }
  return value as SortKey;
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a !== "string" || typeof b !== "string") return Number(a) - Number(b) || 0;
  if (a === b) return 0;
  if (parseQuantity(a) !== null && parseQuantity(b) !== null) return compareQuantities(a, b);
  return a < b ? -1 : 1;
}
