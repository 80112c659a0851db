/** What a person should know of an answer beside its hits. */
import { bodyValue, type KindColumns } from "./body_values.ts";
import { findColumn } from "./columns.ts";
import type { Query } from "./query.ts";

export interface BodiesRead {
  /** Every object's body was there that the query needs. */
  readonly isWhole: boolean;
  /** Annotations that were not looked at because their objects have too many. */
  readonly annotationsLeftOut: number;
}

/** Why the answer may lack objects that match by what is inside of them. */
export function bodyNotes({ isWhole, annotationsLeftOut }: BodiesRead): string[] {
  const notes: string[] = [];
  if (!isWhole) {
    notes.push("some objects' bodies are not held: anno:, paths, cpu and memory find nothing in those");
  }
  if (annotationsLeftOut > 0) {
    notes.push(`${annotationsLeftOut} annotations are not looked at (ORKA_MAX_ANNOS_PER_OBJ)`);
  }
  return notes;
}

/** Fields that are compared and that none of the kinds has: no column of that name, and no path. */
export function unknownFields(query: Query, kinds: readonly KindColumns[]): readonly string[] {
  const isKnown = (key: string) =>
    /\.|^(age|name|namespace|kind)$/i.test(key) ||
    kinds.some((kind) =>
      findColumn(kind.snapshot, key) >= 0 || bodyValue({ type: "field", key }, kind) !== null
    );
  return query.flatMap((term) => {
    // `app=web` may mean the label.
    const isOfColumn = term.type === "field" && term.comparison !== "=" && term.comparison !== "!=";
    return isOfColumn && !isKnown(term.key) ? [term.key] : [];
  });
}
