/** SQLite's own errors as storage errors. Codes: https://www.sqlite.org/rescode.html */
import { StorageError, type StorageErrorKind } from "./errors.ts";

/** Primary result codes that mean something of their own here; every other one is `unavailable`. */
const KINDS: Readonly<Record<number, StorageErrorKind>> = {
  5: "busy", // SQLITE_BUSY
  6: "busy", // SQLITE_LOCKED
  11: "corrupt", // SQLITE_CORRUPT
  13: "full", // SQLITE_FULL
  26: "corrupt", // SQLITE_NOTADB
};

/** `exec` and the constructor give no code, only SQLite's fixed English for it. */
const TEXTS: readonly (readonly [string, number])[] = [
  ["file is not a database", 26],
  ["malformed", 11],
  ["database is locked", 5],
  ["disk is full", 13],
];

const HINTS: Partial<Record<StorageErrorKind, string>> = {
  corrupt: "Restore a snapshot, or begin afresh with `orka k1s reset`",
  full: "Free space and try again; nothing acknowledged was lost",
  busy: "Another process holds the store; try again",
};

/** The storage error of whatever SQLite threw; a storage error passes through. */
export function sqliteError(error: unknown, path: string): StorageError {
  if (error instanceof StorageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const kind = KINDS[resultCode(error, message)] ?? "unavailable";
  return new StorageError(kind, `Cannot use the store ${path}: ${message}`, {
    cause: error,
    hint: HINTS[kind],
  });
}

function resultCode(error: unknown, message: string): number {
  const code = (error as { readonly errcode?: unknown }).errcode;
  if (typeof code === "number") return code & 0xff; // extended codes keep the primary one in the low byte
  return TEXTS.find(([text]) => message.includes(text))?.[1] ?? 0;
}
