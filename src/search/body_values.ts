/** What a query asks of objects' bodies: values at a path, annotations, and what is worked out of the whole. */
import { amountsOf, formatQuantity, podAmounts, type Resource } from "../kube/mod.ts";
import type { Snapshot } from "../store/mod.ts";
import { findColumn, plainName } from "./columns.ts";
import { isProperty, type PropertyTerm, type Query } from "./query.ts";

/** One value, or several, of each object of a kind. */
export interface BodyValue {
  /** Under which it is kept. */
  readonly key: string;
  /** Compares as a quantity alone: `5m` is no duration there. */
  readonly isQuantity: boolean;
  read(object: unknown): readonly string[];
}

export interface KindColumns {
  readonly resource: Resource;
  readonly snapshot: Pick<Snapshot, "columns">;
}

/** What the query asks of a kind's bodies, each once. */
export function bodyValues(query: Query, kind: KindColumns): readonly BodyValue[] {
  const values = query.filter(isProperty).map((term) => bodyValue(term, kind)).filter((value) =>
    value !== null
  );
  return [...new Map(values.map((value) => [value.key, value])).values()];
}

/** What a term looks at in a body; null: it looks at what rows say. */
export function bodyValue(
  { type, key }: Pick<PropertyTerm, "type" | "key">,
  { resource, snapshot }: KindColumns,
): BodyValue | null {
  if (type === "annotation") return atPath(`metadata.annotations.${key}`);
  if (type !== "field" || findColumn(snapshot, key) >= 0) return null;
  const worked = workedOut(key, resource);
  if (worked !== null) return worked;
  return key.includes(".") && !/^metadata\.(name|namespace|uid)$/i.test(key) ? atPath(key) : null;
}

function atPath(path: string): BodyValue {
  return { key: path, isQuantity: false, read: (object) => valuesAt(object, path) };
}

/** `cpu` and `memory`: what a pod requests, and what a node has for pods. */
function workedOut(key: string, { group, plural }: Resource): BodyValue | null {
  const name = plainName(key);
  const amounts = group === "" ? AMOUNTS[plural] : undefined;
  if ((name !== "cpu" && name !== "memory") || amounts === undefined) return null;
  return {
    // No path has a space.
    key: `requested ${name}`,
    isQuantity: true,
    read: (object) => {
      const amount = amounts(object).get(name);
      return amount === undefined ? NONE : [formatQuantity(amount)];
    },
  };
}

const AMOUNTS: Readonly<Record<string, (object: unknown) => ReturnType<typeof podAmounts>>> = {
  pods: (pod) => podAmounts(pod, "requests"),
  nodes: (node) => {
    const { allocatable, capacity } = (node as { status?: Record<string, unknown> } | null)?.status ?? {};
    return amountsOf(allocatable ?? capacity);
  },
};

const NONE: readonly string[] = [];

/** Scalars at a path; keys may hold dots themselves (annotations), so the longest key that is there is taken. */
function valuesAt(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path === "") return isScalar(value) ? [String(value)] : NONE;
  if (typeof value !== "object" || value === null) return NONE;
  const map = value as Readonly<Record<string, unknown>>;
  if (SECRETIVE.test(path)) return NONE;
  if (Object.hasOwn(map, path)) return valuesAt(map[path], "");
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(map, key)) return valuesAt(map[key], path.slice(dot + 1));
  }
  return NONE;
}

/** Holds a whole object in clear, a Secret's values too where a Secret was applied with kubectl. */
const SECRETIVE = /^kubectl\.kubernetes\.io\/last-applied-configuration$/;

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
