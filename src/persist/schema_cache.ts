import type { Clock } from "../base/mod.ts";
import { pack, unpack } from "./blob.ts";
import type { Database } from "./database.ts";
import { clusterKey } from "./location.ts";
import type { SchemaCache, SchemaKey } from "./records.ts";

/** Some 100 clusters' worth of what a person looks at; the oldest go. */
const MAX_SCHEMAS = 2_000;

/** `schema_cache`: schemas by cluster, group, plural and version. */
export function createSchemaCache(database: Database, clock: Clock): SchemaCache {
  return {
    get: (key) =>
      database.run(null, (db) => {
        const row = db.prepare("SELECT etag, blob FROM schema_cache WHERE key = ?").get(keyText(key));
        return row === undefined ? null : { etag: row.etag as string, text: unpack(row.blob as Uint8Array) };
      }),
    put: (key, { etag, text }) => {
      const blob = pack(text);
      database.write(undefined, (db) => {
        db.prepare("INSERT OR REPLACE INTO schema_cache (key, etag, blob, ts) VALUES (?, ?, ?, ?)")
          .run(keyText(key), etag, blob, clock.now());
        db.prepare(
          "DELETE FROM schema_cache WHERE key IN (SELECT key FROM schema_cache ORDER BY ts DESC LIMIT -1 OFFSET ?)",
        ).run(MAX_SCHEMAS);
      });
    },
    clear: (cluster) =>
      database.write(undefined, (db) => {
        if (cluster === undefined) return void db.exec("DELETE FROM schema_cache");
        const prefix = `${clusterKey(cluster)} `;
        db.prepare("DELETE FROM schema_cache WHERE substr(key, 1, length(?1)) = ?1").run(prefix);
      }),
  };
}

/** A URL has no spaces, nor has any other part. */
function keyText({ cluster, group, plural, version }: SchemaKey): string {
  return `${clusterKey(cluster)} ${group}/${version}/${plural}`;
}
