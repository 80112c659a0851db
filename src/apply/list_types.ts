/** How the items of a list belong together; https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
import { isMap, isScalar, type Scalar } from "./field_path.ts";

export type ListType =
  | { readonly type: "atomic" }
  | { readonly type: "set" }
  /** `keys` tell the items apart; one that an item lacks counts with its default, or as absent. */
  | {
    readonly type: "map";
    readonly keys: readonly string[];
    readonly defaults?: Readonly<Record<string, Scalar>>;
  };

/** What a kind's schema says of its lists; undefined where it says nothing. `path`: map keys only. */
export type ListTypes = (path: readonly string[]) => ListType | undefined;

export const NO_LIST_TYPES: ListTypes = () => undefined;

/** Of every kind, whatever its schema leaves out. */
const META_LISTS: Readonly<Record<string, ListType>> = {
  "metadata.ownerReferences": { type: "map", keys: ["uid"] },
  "metadata.finalizers": { type: "set" },
  "status.conditions": { type: "map", keys: ["type"] },
};

/**
 * How to match a list for a person to read: as the schema says, else by what tells its items apart in both versions.
 * Never used for what is sent: the server decides by the schema alone.
 */
export function matchedBy(
  path: readonly string[],
  lists: readonly (readonly unknown[])[],
  types: ListTypes,
): ListType {
  const told = types(path) ?? META_LISTS[path.join(".")];
  if (told !== undefined && told.type !== "atomic") return fits(told, lists) ? told : { type: "atomic" };
  const guess = GUESSES.find((type) => fits(type, lists));
  return guess ?? { type: "atomic" };
}

/** In the order in which they are tried; each needs every item to have it, and no two the same. */
const GUESSES: readonly ListType[] = [
  { type: "map", keys: ["name"] },
  { type: "map", keys: ["type"] },
  { type: "map", keys: ["mountPath"] },
  { type: "map", keys: ["containerPort", "protocol"], defaults: { protocol: "TCP" } },
  { type: "map", keys: ["port", "protocol"], defaults: { protocol: "TCP" } },
  { type: "map", keys: ["key"] },
  { type: "map", keys: ["ip"] },
  { type: "map", keys: ["host"] },
];

/** Whether the type tells all items of each list apart. */
function fits(type: ListType, lists: readonly (readonly unknown[])[]): boolean {
  if (type.type === "atomic") return true;
  return lists.every((list) => {
    const seen = new Set<string>();
    for (const item of list) {
      const id = itemId(item, type);
      if (id === null || seen.has(id)) return false;
      seen.add(id);
    }
    return true;
  });
}

/** What tells an item of such a list apart; null when it has none of it. */
export function itemId(item: unknown, type: ListType): string | null {
  if (type.type === "set") return isScalar(item) ? JSON.stringify(item) : null;
  const key = itemKey(item, type);
  return key === null ? null : JSON.stringify(key);
}

/** The fields that tell an item of a list of maps apart, present ones in the schema's order; null when it has none. */
export function itemKey(item: unknown, type: ListType): Readonly<Record<string, Scalar>> | null {
  if (type.type !== "map" || !isMap(item)) return null;
  const key: Record<string, Scalar> = {};
  for (const name of type.keys) {
    const value = item[name] ?? type.defaults?.[name];
    if (value === undefined) continue;
    if (!isScalar(value)) return null;
    key[name] = value;
  }
  return item[type.keys[0]!] === undefined && Object.keys(key).length < type.keys.length ? null : key;
}
