/** `--sort-by`: rows in the order of one field of their objects, as kubectl orders them. */
import { OrkaError } from "../../base/mod.ts";
import { compareQuantities, JsonPath, parseQuantity, relaxedTemplate } from "../../kube/mod.ts";

type SortKey = string | number | boolean | null;

/**
 * Items by the field at `path` of their objects, smallest first; equal ones keep their order, and those without the
 * field come first. It holds the keys, not the objects.
 */
export class SortedItems<T> {
  readonly #template: string;
  readonly #path: JsonPath;
  #items: { readonly item: T; readonly key: SortKey }[] = [];

  /** Throws OrkaError `usage` for a path that does not parse. */
  constructor(path: string) {
    this.#template = relaxedTemplate(path);
    this.#path = new JsonPath(this.#template);
  }

  /** Throws OrkaError `usage` when the field is not a single value. */
  add(item: T, object: unknown): void {
    this.#items.push({ item, key: sortKey(this.#path, object) });
  }

  clear(): void {
    this.#items = [];
  }

  /** Throws OrkaError `usage` when no item has the field. */
  sorted(): T[] {
    if (this.#items.length > 0 && this.#items.every(({ key }) => key === null)) {
      throw new OrkaError(
        "usage",
        `couldn't find any field with path "${this.#template}" in the list of objects`,
      );
    }
    return this.#items.sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item);
  }
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
