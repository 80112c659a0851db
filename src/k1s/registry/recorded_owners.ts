/** Writes that a real API server did, with the managedFields it kept: played again on ManagedFields. */
import { ApiError } from "../http/api_error.ts";
import type { TypeRef } from "../smd/mod.ts";
import { goJson } from "../smd/path_element.ts";
import type { FieldManager, FieldWrite } from "./field_manager.ts";
import { ManagedFields } from "./managed_fields.ts";
import { type Json, type JsonObject, mapOf } from "./object.ts";

export interface RecordedWrite {
  readonly op: "create" | "update" | "apply" | "force";
  readonly by: FieldWrite;
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

/** What differs from the recording, or undefined. */
export function ownersDifference(
  write: RecordedWrite,
  kind: RecordedKind,
  type: TypeRef,
): string | undefined {
  const { apiVersion, hasStatus, isCustom, empty: blank } = kind;
  const options = { type, apiVersion, hasStatus, custom: isCustom, kind: kind.kind, blank };
  const manager = new ManagedFields(options);
  try {
    // built-in kinds come in the order of their types and sets, custom ones with all keys sorted
    const print = kind.isCustom ? goJson : JSON.stringify;
    const text = print(managedFieldsOf(play(manager, write)));
    if (write.conflicts) return `wanted conflicts ${write.conflicts.join(", ")}`;
    const wanted = print(write.managedFields);
    return text === wanted ? undefined : `wanted ${wanted}\ngot    ${text}`;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const causes = error.toStatus().details?.causes ?? [];
    const conflicts = causes.map(({ message, field }) => `${message} ${field}`).sort().join(", ");
    const wanted = write.conflicts?.join(", ");
    return conflicts === wanted ? undefined : `wanted conflicts ${wanted}\ngot              ${conflicts}`;
  }
}

function play(manager: FieldManager, { op, live, object, by }: RecordedWrite): JsonObject {
  if (op === "create" || op === "update") return manager.update(live ?? undefined, object, by);
  return manager.apply(live ?? undefined, object, { ...by, force: op === "force" });
}

/** Undefined fields are null in the recording. */
function managedFieldsOf(object: JsonObject): Json {
  return mapOf(object, "metadata")?.managedFields ?? null;
}
