import type { Client } from "./client.ts";

/** https://kubernetes.io/docs/reference/using-api/api-concepts/ `/version`, the fields that are shown. */
export interface ServerVersion {
  /** `v1.36.3`. */
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
  /** `linux/amd64`. */
  readonly platform: string;
}

/** Asks the server for its version. */
export async function serverVersion(
  client: Client,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined } = {},
): Promise<ServerVersion> {
  const answer = await client.json("/version", options) as
    | Partial<Record<keyof ServerVersion, unknown>>
    | null;
  const text = (name: keyof ServerVersion) => {
    const value = answer?.[name];
    return typeof value === "string" ? value : "";
  };
  return {
    gitVersion: text("gitVersion"),
    major: text("major"),
    minor: text("minor"),
    platform: text("platform"),
  };
}
