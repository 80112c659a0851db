/** Secret values made unreadable in diffs, in such a way that a changed one is still seen to be changed. */
import { isMap } from "./field_path.ts";
import type { KubeObject } from "../kube/mod.ts";
import { LAST_APPLIED } from "./noise.ts";

const FIELDS = ["data", "stringData"] as const;

export function isSecret({ kind, apiVersion }: Pick<KubeObject, "kind" | "apiVersion">): boolean {
  return kind === "Secret" && apiVersion === "v1";
}

/** Both versions with every value of a Secret replaced: `***`, or `*** (before)` and `*** (after)` where they differ. */
export function maskSecrets<T extends KubeObject | null>(before: T, after: T): readonly [T, T] {
  const some = before ?? after;
  if (some === null || !isSecret(some)) return [before, after];
  return [masked(before, after, "*** (before)"), masked(after, before, "*** (after)")];
}

function masked<T extends KubeObject | null>(object: T, other: T, differs: string): T {
  if (object === null) return object;
  const result: Record<string, unknown> = { ...object };
  for (const field of FIELDS) {
    const values = object[field];
    const others = other?.[field];
    if (!isMap(values)) continue;
    result[field] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const isSame = other === null || !isMap(others) || others[key] === undefined || others[key] === value;
        return [key, isSame ? "***" : differs];
      }),
    );
  }
  const note = object.metadata.annotations?.[LAST_APPLIED];
  if (note === undefined) return result as T;
  const metadata = {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [LAST_APPLIED]: "***" },
  };
  return { ...result, metadata } as unknown as T;
}
