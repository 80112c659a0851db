/** Ordinary requests to a handler, with JSON in and out. */
import type { Fetch } from "../../client/mod.ts";

export interface ApiAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: ApiBody;
}

/** What the demo reads of answers; a Status has a message. */
export interface ApiBody {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
  readonly status?: { readonly containerStatuses?: readonly { readonly restartCount?: number }[] };
  readonly count?: number;
  readonly message?: string;
}

export type ApiMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** Sends one request; PATCH is a merge patch. Failures are answers too. */
export async function askApi(
  handler: Fetch,
  method: ApiMethod,
  { path, body }: { readonly path: string; readonly body?: unknown },
): Promise<ApiAnswer> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const response = await handler(
    new Request(`http://in-process${path}`, {
      method,
      headers: { "content-type": type, "user-agent": "orka-demo" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { ok: response.ok, status: response.status, body: await response.json() };
}
