/**
 * What happened to one object, as one timeline: what Orka changed (the audit, with both versions), what it applied (the
 * snapshots that outlived their entries), when others wrote last (managedFields), what a session saw, and its beginning.
 */
import {
  diffObjects,
  type FieldOwner,
  fieldOwners,
  maskSecrets,
  pathText,
  withoutNoise,
} from "../apply/mod.ts";
import type { FieldChange, ListTypes } from "../apply/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { AuditEntry, Memory, ObjectRef, Snapshot } from "../persist/mod.ts";

export type HistorySource =
  /** Orka changed it, here or in another process of this person. */
  | "orka"
  /** Orka applied it; the entry itself has been forgotten. */
  | "snapshot"
  /** Somebody's last write, as managedFields tell it; what it was before is not known. */
  | "manager"
  /** A session saw it change. */
  | "watched"
  | "created";

export interface HistoryEntry {
  /** Milliseconds since the Unix epoch. */
  readonly ts: number;
  readonly source: HistorySource;
  /** `edit`, `apply`, `undo`; `Apply` or `Update` of other managers; `create`. */
  readonly verb: string;
  /** The user as the kubeconfig names them; of others the field manager is all that is known. */
  readonly user: string;
  readonly manager: string;
  /** Empty, or `status`, `scale`. */
  readonly subresource: string;
  /** `spec.replicas: 2 -> 3`; of managers the fields that they own. */
  readonly summary: string;
  /** Of the audit; what `undo` takes. */
  readonly id: number | null;
  readonly undoes: number | null;
  readonly undoneBy: number | null;
  /** What the fields were and became; null where it is not known any more. A Secret's values are masked. */
  readonly changes: readonly FieldChange[] | null;
}

/** A version that a session saw. */
export interface WatchedVersion {
  readonly ts: number;
  readonly before: KubeObject;
  readonly after: KubeObject;
}

export interface HistoryOptions {
  readonly memory: Memory;
  /** Its uid may be empty: then everything that had the name counts. */
  readonly ref: ObjectRef;
  /** As it is now; null where it is gone. */
  readonly live: KubeObject | null;
  readonly lists?: ListTypes | undefined;
  readonly watched?: readonly WatchedVersion[] | undefined;
  /** 50 unless given. */
  readonly limit?: number | undefined;
  /** False leaves out `changes` of the audit's entries, which takes reading and comparing both versions of each. */
  readonly compares?: boolean | undefined;
}

/** The newest first. Reads the memory alone; nothing is asked of a server. */
export function objectHistory(options: HistoryOptions): readonly HistoryEntry[] {
  const { limit = 50 } = options;
  const own = options.memory.audit.list({ ...nameOf(options.ref), limit }).map((entry) =>
    ownEntry(entry, options)
  );
  const others = [
    ...snapshotEntries(options),
    ...managerEntries(options),
    ...watchedEntries(options),
    ...createdEntry(options),
  ].filter((entry) => !own.some((each) => isSameWrite(each, entry)));
  return [...own, ...others].sort((a, b) => b.ts - a.ts || (b.id ?? 0) - (a.id ?? 0)).slice(0, limit);
}

function nameOf({ cluster, apiVersion, kind, namespace, name }: ObjectRef) {
  return { cluster, apiVersion, kind, namespace, name };
}

const UNKNOWN = { user: "", subresource: "", id: null, undoes: null, undoneBy: null, changes: null };

function ownEntry(entry: AuditEntry, { memory, lists, compares = true }: HistoryOptions): HistoryEntry {
  const { id, ts, verb, user, fieldManager, subresource, summary, undoes, undoneBy } = entry;
  const bodies = compares && entry.hasBodies && !entry.redacted ? memory.audit.bodies(id) : null;
  const changes = bodies === null ? null : changesOf(bodies.before, bodies.after, { lists, subresource });
  const common = { id, ts, verb, user, subresource, undoes, undoneBy, changes };
  return { ...common, source: "orka", manager: fieldManager, summary: summary || wholeObject(entry) };
}

function wholeObject({ resourceVersionBefore, resourceVersionAfter }: AuditEntry): string {
  if (resourceVersionBefore === "") return "created";
  return resourceVersionAfter === "" ? "deleted" : "";
}

interface Comparing {
  readonly lists: ListTypes | undefined;
  readonly subresource: string;
}

function changesOf(
  before: KubeObject | null,
  after: KubeObject | null,
  { lists, subresource }: Comparing,
): readonly FieldChange[] {
  const status = subresource === "status";
  const [was, is] = maskSecrets<KubeObject | null>(before, after)
    .map((object) => object === null ? undefined : withoutNoise(object, { status }));
  return diffObjects(was, is, { lists });
}

/** Each against the one before it. */
function snapshotEntries({ memory, ref, lists }: HistoryOptions): HistoryEntry[] {
  const found = memory.snapshots.list(nameOf(ref));
  return found.map((snapshot, at): HistoryEntry => {
    const before = found.slice(at + 1).find((other) => other.ref.uid === snapshot.ref.uid);
    const changes = before === undefined || snapshot.redacted
      ? null
      : changesOf(before.object, snapshot.object, { lists, subresource: "" });
    return {
      ...UNKNOWN,
      ts: snapshot.ts,
      source: "snapshot",
      verb: snapshot.verb,
      manager: "orka",
      summary: snapshotSummary(snapshot, changes),
      changes,
    };
  });
}

function snapshotSummary({ resourceVersion }: Snapshot, changes: readonly FieldChange[] | null): string {
  return changes === null
    ? `version ${resourceVersion}`
    : pathsText(changes.map(({ path }) => pathText(path)));
}

function managerEntries({ live }: HistoryOptions): HistoryEntry[] {
  if (live === null) return [];
  return fieldOwners(live).flatMap((owner): HistoryEntry[] => {
    const ts = Date.parse(owner.time);
    if (Number.isNaN(ts)) return [];
    const { manager, operation: verb, subresource } = owner;
    return [{ ...UNKNOWN, ts, source: "manager", verb, manager, subresource, summary: ownedText(owner) }];
  });
}

function ownedText({ fields }: FieldOwner): string {
  return pathsText(fields.map(pathText));
}

const SHOWN_PATHS = 4;

function pathsText(paths: readonly string[]): string {
  const more = paths.length - SHOWN_PATHS;
  return paths.slice(0, SHOWN_PATHS).join(", ") + (more > 0 ? `, +${more} more` : "");
}

function watchedEntries({ watched = [], lists }: HistoryOptions): HistoryEntry[] {
  return watched.flatMap(({ ts, before, after }): HistoryEntry[] => {
    const changes = changesOf(before, after, { lists, subresource: "status" });
    if (changes.length === 0) return [];
    const known = new Set(fieldOwners(before).map(keyOf));
    const manager = fieldOwners(after).filter((owner) => !known.has(keyOf(owner))).map((owner) =>
      owner.manager
    );
    const summary = pathsText(changes.map(({ path }) => pathText(path)));
    return [{
      ...UNKNOWN,
      ts,
      source: "watched",
      verb: "Update",
      manager: [...new Set(manager)].join(", "),
      summary,
      changes,
    }];
  });
}

function keyOf({ manager, operation, subresource, time }: FieldOwner): string {
  return JSON.stringify([manager, operation, subresource, time]);
}

function createdEntry({ live }: HistoryOptions): HistoryEntry[] {
  const ts = Date.parse(String(live?.metadata.creationTimestamp ?? ""));
  if (Number.isNaN(ts)) return [];
  const uid = live?.metadata.uid ?? "";
  return [{ ...UNKNOWN, ts, source: "created", verb: "create", manager: "", summary: `uid ${uid}` }];
}

/** Servers keep whole seconds, and their clocks are not ours. */
const SAME_MS = 3_000;

/** Whether what another source tells is the change that the audit tells better. */
function isSameWrite(own: HistoryEntry, other: HistoryEntry): boolean {
  if (Math.abs(own.ts - other.ts) > SAME_MS) return false;
  switch (other.source) {
    case "manager":
      return own.manager === other.manager && own.subresource === other.subresource;
    case "snapshot":
      return own.verb === other.verb;
    case "created":
      return own.summary === "created";
    case "watched":
      return other.manager === "" || other.manager.split(", ").includes(own.manager);
    case "orka":
      return false;
  }
}
