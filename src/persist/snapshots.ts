import type { Clock } from "../base/mod.ts";
import { type KubeObject, withoutManagedFields } from "../kube/mod.ts";
import { packJson, unpackJson } from "./blob.ts";
import type { Database } from "./database.ts";
import { anyVersion, gvkText, parseGvk } from "./gvk.ts";
import { clusterKey } from "./location.ts";
import type { ObjectRef, Snapshot, SnapshotFilter, SnapshotRecord, Snapshots } from "./records.ts";
import { withoutSecrets } from "./redact.ts";

/** Snapshots of one object. */
const MAX_SNAPSHOTS = 3;

/** Objects that have snapshots; those applied longest ago lose theirs. */
const MAX_ROWS = 15_000;

export interface SnapshotOptions {
  readonly clock: Clock;
  readonly keepSecrets: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** `snap`: up to three last-applied objects each, zstd. */
export function createSnapshots(database: Database, { clock, keepSecrets }: SnapshotOptions): Snapshots {
  return {
    add(record) {
      const bare = withoutManagedFields(record.object);
      const object = keepSecrets ? bare : withoutSecrets(bare);
      const row = { blob: packJson(object), redacted: object !== bare, now: clock.now() };
      return database.write<number | null>(null, (db) => {
        const uid = record.ref.uid || nameKey(record.ref);
        const last = db.prepare("SELECT max(ts) AS ts FROM snap WHERE uid = ?").get(uid)?.ts as number | null;
        const ts = Math.max(row.now, (last ?? -1) + 1);
        db.prepare(
          `INSERT INTO snap (uid, ts, blob, cluster, gvk, ns, name, verb, rv, redacted)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(uid, ts, row.blob, ...names(record), Number(row.redacted));
        db.prepare(
          "DELETE FROM snap WHERE uid = ?1 AND ts NOT IN (SELECT ts FROM snap WHERE uid = ?1 ORDER BY ts DESC LIMIT ?2)",
        ).run(uid, MAX_SNAPSHOTS);
        db.prepare(
          "DELETE FROM snap WHERE rowid IN (SELECT rowid FROM snap ORDER BY ts DESC LIMIT -1 OFFSET ?)",
        )
          .run(MAX_ROWS);
        return ts;
      });
    },
    list: (filter) =>
      database.run<readonly Snapshot[]>([], (db) => {
        const { where, values } = condition(filter);
        const sql = `SELECT * FROM snap WHERE ${where} ORDER BY ts DESC, rowid DESC`;
        return db.prepare(sql).all(...values).map(snapshotOf);
      }),
  };
}

function names({ ref, verb, object }: SnapshotRecord): string[] {
  const version = object.metadata?.resourceVersion ?? "";
  return [clusterKey(ref.cluster), gvkText(ref), ref.namespace, ref.name, verb, version];
}

/** Stands for the uid of an object whose uid is not known. */
function nameKey({ cluster, apiVersion, kind, namespace, name }: Omit<ObjectRef, "uid">): string {
  return `name:${clusterKey(cluster)} ${gvkText({ apiVersion, kind })} ${namespace}/${name}`;
}

function condition(filter: SnapshotFilter): { where: string; values: string[] } {
  if ("uid" in filter) return { where: "uid = ?", values: [filter.uid] };
  return {
    where: "cluster = ? AND ns = ? AND name = ? AND gvk GLOB ? AND NOT gvk GLOB ?",
    values: [clusterKey(filter.cluster), filter.namespace, filter.name, ...anyVersion(filter)],
  };
}

function snapshotOf(row: Row): Snapshot {
  const uid = String(row.uid);
  return {
    ref: {
      cluster: String(row.cluster),
      ...parseGvk(String(row.gvk)),
      namespace: String(row.ns),
      name: String(row.name),
      uid: uid.startsWith("name:") ? "" : uid,
    },
    ts: Number(row.ts),
    verb: String(row.verb),
    resourceVersion: String(row.rv),
    object: unpackJson<KubeObject>(row.blob as Uint8Array),
    redacted: row.redacted === 1,
  };
}
