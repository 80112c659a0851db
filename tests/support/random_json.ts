/** Seeded JSON shaped like Kubernetes objects: maps, keyed lists, sets, plain lists, scalars. */

export interface RandomJson {
  /** A map with some fields. */
  object(): Record<string, unknown>;
  /** A changed copy: fields set, taken out, items added, removed and reordered. */
  changed(value: unknown): unknown;
  pick<T>(from: readonly T[]): T;
}

const FIELDS = ["spec", "data", "a/b", "~x", "replicas", "template", "labels"] as const;
const NAMES = ["web", "api", "db", "log"] as const;

export function randomJson(random: () => number): RandomJson {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const scalar = () => pick<unknown>([0, 1, 2.5, "", "x", "y", true, false, "long text\nof two lines"]);

  function value(depth: number): unknown {
    const roll = random();
    if (depth <= 0 || roll < 0.35) return scalar();
    if (roll < 0.7) return map(depth);
    if (roll < 0.85) return keyed(depth);
    return roll < 0.92 ? shuffled(NAMES).slice(0, 2) : [scalar(), scalar(), value(depth - 1)];
  }

  function map(depth: number): Record<string, unknown> {
    const keys = FIELDS.filter(() => random() < 0.5);
    return Object.fromEntries(keys.map((key) => [key, value(depth - 1)]));
  }

  function keyed(depth: number): unknown[] {
    return shuffled(NAMES).slice(0, 1 + Math.floor(random() * 3)).map((name) => ({
      name,
      ...map(depth - 1),
    }));
  }

  function shuffled<T>(list: readonly T[]): T[] {
    return list.map((item) => [random(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  function changed(before: unknown): unknown {
    if (random() < 0.15) return value(2);
    if (Array.isArray(before)) return changedList(before);
    if (typeof before !== "object" || before === null) return random() < 0.3 ? scalar() : before;
    const entries = Object.entries(before).filter(([key]) => key === "name" || random() > 0.1)
      .map(([key, inner]) => [key, key === "name" || random() < 0.5 ? inner : changed(inner)] as const);
    const added = random() < 0.2 ? [[pick(FIELDS), value(2)] as const] : [];
    return Object.fromEntries([...entries, ...added]);
  }

  function changedList(list: readonly unknown[]): unknown[] {
    const kept = list.filter(() => random() > 0.15).map((item) => random() < 0.5 ? item : changed(item));
    return random() < 0.3 ? shuffled(kept) : kept;
  }

  return { object: () => map(3), changed, pick };
}
