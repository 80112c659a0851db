import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../base/mod.ts";
import { type KubeObject, withoutManagedFields } from "../kube/mod.ts";
import { packJson, unpackJson } from "./blob.ts";
import type { Database } from "./database.ts";
import { anyVersion, gvkText, parseGvk } from "./gvk.ts";
import { clusterKey } from "./location.ts";
import type { Audit, AuditBodies, AuditEntry, AuditFilter, AuditRecord, Inverse } from "./records.ts";
import { isSecretKind, withoutSecrets } from "./redact.ts";
import { summaryOf } from "./summary.ts";

/** Entries kept by count, and by age in ms; bodies by count. */
const MAX_ENTRIES = 10_000;
const MAX_AGE_MS = 180 * 24 * 60 * 60 * 1000;
const MAX_BODIES = 1_000;

export interface AuditOptions {
  readonly clock: Clock;
  readonly keepSecrets: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** `audit`: the changes that Orka made; `audit_body`: what they changed. */
export function createAudit(database: Database, options: AuditOptions): Audit {
  return {
    add(record) {
      const row = rowOf(record, options);
      return database.write<number | null>(null, (db) => {
        const id = insert(db, row);
        retain(db, id, options.clock.now());
        return id;
      });
    },
    list: (filter = {}) =>
      database.run<readonly AuditEntry[]>([], (db) => {
        const { where, values } = condition(filter);
        const sql = `${SELECT} WHERE ${where} ORDER BY id DESC LIMIT ?`;
        return db.prepare(sql).all(...values, filter.limit ?? 100).map(entryOf);
      }),
    get: (id) =>
      database.run<AuditEntry | null>(null, (db) => {
        const row = db.prepare(`${SELECT} WHERE id = ?`).get(id);
        return row === undefined ? null : entryOf(row);
      }),
    bodies: (id) =>
      database.run<AuditBodies | null>(null, (db) => {
        const row = db.prepare("SELECT before, after FROM audit_body WHERE id = ?").get(id);
        return row === undefined ? null : { before: body(row.before), after: body(row.after) };
      }),
  };
}

const SELECT = `SELECT audit.*,
  (SELECT max(later.id) FROM audit AS later WHERE later.undoes = audit.id) AS undone_by,
  EXISTS (SELECT 1 FROM audit_body WHERE audit_body.id = audit.id) AS has_bodies FROM audit`;

interface NewRow {
  readonly values: (string | number | null)[];
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

function rowOf(record: AuditRecord, { clock, keepSecrets }: AuditOptions): NewRow {
  const { ref, verb, inverse } = record;
  const redacted = !keepSecrets && isSecretKind(ref);
  const kept = redacted && inverse !== null ? { verb: inverse.verb } : inverse;
  const clean = (object: KubeObject | null) => {
    if (object === null) return null;
    const bare = withoutManagedFields(object);
    return packJson(keepSecrets ? bare : withoutSecrets(bare));
  };
  return {
    values: [
      clock.now(),
      clusterKey(ref.cluster),
      verb,
      gvkText(ref),
      ref.namespace,
      ref.name,
      summaryOf(record.changes, { redacted }),
      ref.uid,
      record.user,
      record.fieldManager,
      record.subresource ?? "",
      record.before?.metadata?.resourceVersion ?? "",
      record.after?.metadata?.resourceVersion ?? "",
      kept === null ? null : JSON.stringify(kept),
      record.undoes ?? null,
      Number(redacted),
    ],
    before: clean(record.before),
    after: clean(record.after),
  };
}

function insert(db: DatabaseSync, { values, before, after }: NewRow): number {
  const added = db.prepare(
    `INSERT INTO audit (ts, cluster, verb, gvk, ns, name, diff_summary, uid, user, manager, subresource,
       rv_before, rv_after, inverse, undoes, redacted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(...values);
  const id = Number(added.lastInsertRowid);
  if (before !== null || after !== null) {
    db.prepare("INSERT INTO audit_body (id, before, after) VALUES (?, ?, ?)").run(id, before, after);
  }
  return id;
}

function retain(db: DatabaseSync, newest: number, nowMs: number): void {
  db.prepare("DELETE FROM audit WHERE id <= ?").run(newest - MAX_ENTRIES);
  // ids grow with time, so the old ones are at the front: the first few are enough to look at
  db.prepare("DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT 100) AND ts < ?")
    .run(nowMs - MAX_AGE_MS);
  db.prepare("DELETE FROM audit_body WHERE id <= ? OR id < (SELECT min(id) FROM audit)")
    .run(newest - MAX_BODIES);
}

function condition(filter: AuditFilter): { where: string; values: (string | number)[] } {
  const parts: string[] = ["1"];
  const values: (string | number)[] = [];
  const add = (part: string, ...more: (string | number)[]) => {
    parts.push(part);
    values.push(...more);
  };
  if (filter.cluster !== undefined) add("cluster = ?", clusterKey(filter.cluster));
  if (filter.namespace !== undefined) add("ns = ?", filter.namespace);
  if (filter.name !== undefined) add("name = ?", filter.name);
  if (filter.uid !== undefined) add("uid = ?", filter.uid);
  if (filter.beforeId !== undefined) add("id < ?", filter.beforeId);
  if (filter.kind !== undefined && filter.apiVersion !== undefined) {
    const kind = { apiVersion: filter.apiVersion, kind: filter.kind };
    add("gvk GLOB ? AND NOT gvk GLOB ?", ...anyVersion(kind));
  } else if (filter.kind !== undefined) add("gvk GLOB ?", `*/${filter.kind}`);
  return { where: parts.join(" AND "), values };
}

function body(blob: unknown): KubeObject | null {
  return blob === null ? null : unpackJson<KubeObject>(blob as Uint8Array);
}

function entryOf(row: Row): AuditEntry {
  const text = (name: string) => String(row[name] ?? "");
  const number = (name: string) => row[name] === null ? null : Number(row[name]);
  return {
    id: Number(row.id),
    ts: Number(row.ts),
    ref: {
      cluster: text("cluster"),
      ...parseGvk(text("gvk")),
      namespace: text("ns"),
      name: text("name"),
      uid: text("uid"),
    },
    verb: text("verb"),
    user: text("user"),
    fieldManager: text("manager"),
    subresource: text("subresource"),
    summary: text("diff_summary"),
    resourceVersionBefore: text("rv_before"),
    resourceVersionAfter: text("rv_after"),
    inverse: row.inverse === null ? null : JSON.parse(text("inverse")) as Inverse,
    undoes: number("undoes"),
    undoneBy: number("undone_by"),
    hasBodies: row.has_bodies === 1,
    redacted: row.redacted === 1,
  };
}
