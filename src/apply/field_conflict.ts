/** A refused server-side apply, field by field. */
import { OrkaError } from "../base/mod.ts";

export interface FieldConflict {
  /** As the server spells it: `.spec.replicas`, `.spec.containers[name="web"].image`. */
  readonly field: string;
  /** `hpa`; the server adds how it wrote, as `"hpa" with subresource "scale" using autoscaling/v1`. */
  readonly manager: string;
  readonly message: string;
}

/** The fields that other managers own and would have to be taken over; empty for any other error. */
export function fieldConflicts(error: unknown): readonly FieldConflict[] {
  if (!(error instanceof OrkaError) || error.code !== "conflict") return [];
  return error.causes.filter(({ reason }) => reason === "FieldManagerConflict").map((cause) => ({
    field: cause.field ?? "",
    manager: /"((?:[^"\\]|\\.)*)"/.exec(cause.message)?.[1] ?? "unknown",
    message: cause.message,
  }));
}
