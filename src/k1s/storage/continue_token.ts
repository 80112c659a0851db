/** Continue tokens: the API server's own form, base64url of `{v, rv, start}`, so that tools that peek can. */
import { StorageError } from "./errors.ts";

const VERSION = "meta.k8s.io/v1";

/** A page's end: the list's revision (-1: go on at the newest) and the key that the next page begins after. */
export interface ContinuePoint {
  readonly revision: number;
  /** Below the scope's prefix. */
  readonly after: string;
}

export function encodeContinue({ revision, after }: ContinuePoint): string {
  // The API server names the first key of the next page: the smallest one after the last is that with a NUL.
  const json = JSON.stringify({ v: VERSION, rv: revision, start: `${after}\u0000` });
  return btoa(json).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Errors: `invalid` for whatever isn't such a token. */
export function decodeContinue(token: string): ContinuePoint {
  const parsed = parse(token);
  if (!isToken(parsed)) {
    throw new StorageError("invalid", "continue key is not valid: it is not a token of this server");
  }
  return { revision: parsed.rv, after: parsed.start.slice(0, -1) };
}

function parse(token: string): unknown {
  try {
    return JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return undefined;
  }
}

function isToken(value: unknown): value is { readonly rv: number; readonly start: string } {
  if (typeof value !== "object" || value === null) return false;
  const { v, rv, start } = value as { v?: unknown; rv?: unknown; start?: unknown };
  return v === VERSION && typeof rv === "number" && Number.isSafeInteger(rv) && (rv > 0 || rv === -1) &&
    typeof start === "string" && /^[\x21-\x7e]+\0$/.test(start) && !start.includes("..");
}
