/** What may not reach the disk. */
import type { KubeObject } from "../kube/mod.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Whether objects of the kind hold values that may not be written in clear. */
export function isSecretKind({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean {
  return apiVersion === "v1" && kind === "Secret";
}

/**
 * The object without a Secret's values: `data`, `stringData`, and the annotation in which kubectl repeats them. Items
 * of a List likewise. The same object where there is nothing to leave out.
 */
export function withoutSecrets(object: KubeObject): KubeObject {
  if (Array.isArray(object.items)) return withoutItems(object, object.items);
  if (!isSecretKind(object)) return object;
  const { data: _data, stringData: _stringData, ...rest } = object;
  const { annotations, managedFields: _fields, ...metadata } = object.metadata;
  if (annotations === undefined) return { ...rest, metadata } as KubeObject;
  const { [LAST_APPLIED]: _applied, ...kept } = annotations;
  return { ...rest, metadata: { ...metadata, annotations: kept } } as KubeObject;
}

/** The items of a SecretList carry no kind of their own. */
function withoutItems(list: KubeObject, items: readonly unknown[]): KubeObject {
  const own = { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, "") };
  const kept = items.map((item) => {
    if (typeof item !== "object" || item === null) return item;
    return withoutSecrets({ metadata: { name: "" }, ...own, ...item } as KubeObject);
  });
  return { ...list, items: kept };
}
