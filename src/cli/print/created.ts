/** When an object of the engine was made, as verbs print it. */
import { humanDuration } from "../../kube/mod.ts";

interface Created {
  /** Milliseconds since the Unix epoch; 0 where it is not known. */
  readonly createdMs: number;
}

/** RFC 3339, as the API has it; null where it is not known. */
export function createdText({ createdMs }: Created): string | null {
  return createdMs === 0 ? null : new Date(createdMs).toISOString().replace(".000Z", "Z");
}

/** `5m`, or kubectl's `<unknown>`. */
export function ageText({ createdMs }: Created, nowMs: number): string {
  return createdMs === 0 ? "<unknown>" : humanDuration(nowMs - createdMs);
}
