/**
 * Ownership that kubectl's client-side apply left in managedFields, made the ownership of server-side apply: the managers
 * that updated the last-applied annotation become (or join) the applying manager.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */
import { LAST_APPLIED } from "../../apply/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";

interface Entry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly fieldsV1?: Fields;
}

interface Fields {
  readonly [key: string]: Fields;
}

/** The managedFields as they are to be; null when nothing is to be taken over. */
export function migratedFields(object: KubeObject, manager: string): readonly object[] | null {
  let entries = (object.metadata.managedFields ?? []) as readonly Entry[];
  const clientSide = clientSideManagers(object);
  if (clientSide.size === 0) return null;
  for (const name of clientSide) entries = upgraded(entries, { name, manager });
  return entries;
}

/** The managers through which kubectl's client-side apply wrote the object. */
export function clientSideManagers(object: KubeObject): ReadonlySet<string> {
  const entries = (object.metadata.managedFields ?? []) as readonly Entry[];
  return new Set(entries.filter(isClientSide).map(({ manager = "" }) => manager));
}

/** Manages the annotation by updates of the object itself. */
function isClientSide({ operation, subresource = "", fieldsV1 }: Entry): boolean {
  const annotations = fieldsV1?.["f:metadata"]?.["f:annotations"];
  return operation === "Update" && subresource === "" && annotations?.[`f:${LAST_APPLIED}`] !== undefined;
}

function upgraded(
  entries: readonly Entry[],
  { name, manager }: { readonly name: string; readonly manager: string },
): readonly Entry[] {
  const isOld = (entry: Entry) =>
    entry.manager === name && entry.operation === "Update" && (entry.subresource ?? "") === "";
  const own = entries.findIndex((entry) =>
    entry.manager === manager && entry.operation === "Apply" && (entry.subresource ?? "") === ""
  );
  // Without one of its own the manager inherits the newest entry: they are in order of time.
  const at = own >= 0 ? own : entries.findIndex(isOld);
  if (at < 0) return entries;
  const target: Entry = { ...entries[at]!, manager, operation: "Apply" };
  const joined = entries.find((entry) => isOld(entry) && entry.apiVersion === target.apiVersion);
  const fieldsV1 = union(target.fieldsV1 ?? {}, joined?.fieldsV1 ?? {});
  return entries.map((entry, index) => index === at ? { ...target, fieldsV1 } : entry)
    .filter((entry, index) => index === at || !isOld(entry));
}

function union(a: Fields, b: Fields): Fields {
  const all: Record<string, Fields> = { ...a };
  for (const [key, inner] of Object.entries(b)) all[key] = union(all[key] ?? {}, inner);
  return all;
}
