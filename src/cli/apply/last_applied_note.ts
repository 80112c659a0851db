/** The annotation in which kubectl's client-side apply keeps what it sent; https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/ */
import { LAST_APPLIED } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { jsonText, type KubeObject } from "../../kube/mod.ts";

/** The object with the note of itself. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  // Go's JSON, with the line break that its encoder ends with
  const noted = { ...annotations, [LAST_APPLIED]: `${jsonText(bare)}\n` };
  return { ...object, metadata: { ...object.metadata, annotations: noted } };
}

/** What the note says; null without one. Throws OrkaError `invalid` for one that is no object. */
export function lastAppliedOf({ kind, metadata }: KubeObject): KubeObject | null {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return null;
  try {
    const noted: unknown = JSON.parse(text);
    if (typeof noted === "object" && noted !== null && !Array.isArray(noted)) return noted as KubeObject;
  } catch {
    // said below
  }
  throw new OrkaError("invalid", `${kind} "${metadata.name}": its annotation ${LAST_APPLIED} is no object`);
}
