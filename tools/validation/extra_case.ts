/** A mistake that no mutation of a valid object's own fields makes: fields that exclude each other, limits, new items. */
import type { Operation } from "./mutations.ts";

export interface ExtraCase {
  /** End of the sample's path. */
  readonly path: string;
  readonly name: string;
  readonly update?: boolean;
  /** What of the stored object is written. */
  readonly subresource?: string;
  readonly patch: readonly Operation[];
}

export const set = (path: string, value: Operation["value"]): Operation => ({
  op: "add",
  path,
  value: value!,
});

export function creations(
  path: string,
  name: string,
  patches: readonly (readonly Operation[])[],
): ExtraCase[] {
  return patches.map((patch) => ({ path, name, patch }));
}

export function updates(path: string, name: string, patches: readonly (readonly Operation[])[]): ExtraCase[] {
  return patches.map((patch) => ({ path, name, update: true, patch }));
}
