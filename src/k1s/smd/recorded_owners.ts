/** Writes that a real API server did, with the managedFields it kept: played again on FieldKeeper. */
import type { Json, JsonObject } from "../patch/mod.ts";
import { isMap, type TypeRef } from "./atom.ts";
import { FieldKeeper, type FieldWriter } from "./field_keeper.ts";
import { FieldSet } from "./field_set.ts";
import { ConflictError } from "./managers.ts";
import { goJson } from "./path_element.ts";

export interface RecordedWrite {
  readonly op: "create" | "update" | "apply" | "force";
  readonly by: FieldWriter;
  readonly live: JsonObject | null;
  /** What the server stored, with the managedFields of the request; of an apply, its config. */
  readonly object: JsonObject;
  /** The managedFields that the server answered; null where it refused. */
  readonly managedFields: Json;
  /** Of a conflict: `message field`, sorted. */
  readonly conflicts: readonly string[] | null;
}

export interface RecordedKind {
  readonly kind: string;
  readonly apiVersion: string;
  /** What the kind's type writes even when nothing is set. */
  readonly empty: JsonObject;
  readonly hasStatus: boolean;
  readonly isCustom: boolean;
}

const STATUS = FieldSet.of(["f:status"]);

/** What differs from the recording, or undefined. */
export function ownersDifference(
  write: RecordedWrite,
  kind: RecordedKind,
  type: TypeRef,
): string | undefined {
  const keeper = new FieldKeeper({
    typeOf: (apiVersion) => apiVersion === kind.apiVersion ? type : undefined,
    empty: () => structuredClone(kind.empty),
    resets: () => kind.hasStatus ? STATUS : undefined,
  });
  try {
    // built-in kinds come in the order of their types and sets, custom ones with all keys sorted
    const print = kind.isCustom ? goJson : JSON.stringify;
    const text = print(managedFieldsOf(play(keeper, write)));
    if (write.conflicts) return `wanted conflicts ${write.conflicts.join(", ")}`;
    const wanted = print(write.managedFields);
    return text === wanted ? undefined : `wanted ${wanted}\ngot    ${text}`;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const conflicts = error.causes.map(({ message, field }) => `${message} ${field}`).sort().join(", ");
    const wanted = write.conflicts?.join(", ");
    return conflicts === wanted ? undefined : `wanted conflicts ${wanted}\ngot              ${conflicts}`;
  }
}

function play(keeper: FieldKeeper, { op, live, object, by }: RecordedWrite): JsonObject {
  if (op === "create" || op === "update") return keeper.update(live ?? undefined, object, by);
  return keeper.apply(live ?? undefined, object, { ...by, force: op === "force" });
}

/** Undefined fields are null in the recording. */
function managedFieldsOf({ metadata }: JsonObject): Json {
  return isMap(metadata) ? metadata.managedFields ?? null : null;
}
