import type { Database } from "./database.ts";
import type { Prefs } from "./records.ts";

/** `prefs`: text by key. */
export function createPrefs(database: Database): Prefs {
  return {
    get: (key) =>
      database.run(null, (db) => {
        const row = db.prepare("SELECT CAST(val AS TEXT) AS val FROM prefs WHERE key = ?").get(key);
        return row === undefined ? null : row.val as string;
      }),
    set: (key, value) =>
      database.write(undefined, (db) => {
        db.prepare("INSERT OR REPLACE INTO prefs (key, val) VALUES (?, ?)").run(key, value);
      }),
    delete: (key) =>
      database.write(undefined, (db) => {
        db.prepare("DELETE FROM prefs WHERE key = ?").run(key);
      }),
    list: (prefix = "") =>
      database.run<readonly [string, string][]>([], (db) => {
        const rows = db.prepare(
          "SELECT key, CAST(val AS TEXT) AS val FROM prefs WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key",
        ).all(prefix);
        return rows.map(({ key, val }) => [key as string, val as string]);
      }),
  };
}
