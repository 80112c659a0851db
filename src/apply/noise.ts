/** What a person did not write and does not want to read in a diff. */
import type { KubeObject } from "../kube/mod.ts";

/** Set by the server at every write, or only once. */
const SERVER_META = [
  "managedFields",
  "resourceVersion",
  "generation",
  "uid",
  "creationTimestamp",
  "selfLink",
] as const;

/** `kubectl apply`'s own note of what it sent. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export interface NoiseOptions {
  /** Keeps `status`. */
  readonly status?: boolean | undefined;
}

/** The object as a person would write it: server-set metadata, the apply note and, unless asked for, status left out. */
export function withoutNoise(object: KubeObject, { status = false }: NoiseOptions = {}): KubeObject {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const name of SERVER_META) delete metadata[name];
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
  else delete metadata.annotations;
  const { status: state, ...rest } = object;
  const clean = { ...rest, metadata } as unknown as KubeObject;
  return status && state !== undefined ? { ...clean, status: state } : clean;
}
