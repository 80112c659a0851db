/** What a SQLite error means here. Codes: https://www.sqlite.org/rescode.html */

/**
 * `corrupt`: the file is set aside and a new one begun. `refused`: full, read-only, locked for too long, not there:
 * told once, and the work goes on without it. `bug`: our own SQL is wrong.
 */
export type SqliteFault = "corrupt" | "refused" | "bug";

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const SQL_ERROR = 1;
const MISUSE = 21;

/** The constructor and `exec` give no code, only SQLite's fixed English for it. */
const TEXTS: readonly (readonly [RegExp, number])[] = [
  [/not a database/, NOT_A_DATABASE],
  [/malformed/, CORRUPT],
];

/** null for what SQLite did not throw. */
export function sqliteFault(error: unknown): SqliteFault | null {
  const { code, errcode, message = "" } = error as { code?: unknown; errcode?: unknown; message?: string };
  if (code !== "ERR_SQLITE_ERROR") return null;
  // extended codes keep the primary one in the low byte
  const primary = typeof errcode === "number"
    ? errcode & 0xff
    : TEXTS.find(([text]) => text.test(message))?.[1] ?? 0;
  if (primary === CORRUPT || primary === NOT_A_DATABASE) return "corrupt";
  // "no such table" in a file of ours is a file that lost a table
  if (primary === SQL_ERROR) return /no such (table|column)/.test(message) ? "corrupt" : "bug";
  return primary === MISUSE ? "bug" : "refused";
}
