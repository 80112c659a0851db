import type { Snapshot } from "../store/mod.ts";

/** Columns are named as they are shown, in any case and without spaces: `nominatednode`. */
export function findColumn({ columns }: Pick<Snapshot, "columns">, key: string): number {
  const wanted = plainName(key);
  return columns.findIndex(({ name }) => plainName(name) === wanted);
}

export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
