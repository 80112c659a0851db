/** A message socket by whichever upgrade the server takes: a WebSocket, else SPDY, as kubectl does it. */
import { OrkaError } from "../base/mod.ts";
import type { ServerSettings } from "./connection.ts";
import type { MessageSocket } from "./websocket/message_socket.ts";
import { type OpenRequest, openWebSocket } from "./websocket/open.ts";
import { UpgradeFailure } from "./websocket/upgrade_request.ts";

/** What is served by POST too. */
const STREAMS = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach|portforward)$/;

/** Throws OrkaError for a refusal, the last one; whatever broke the connection otherwise. */
export async function openStreams(server: ServerSettings, request: OpenRequest): Promise<MessageSocket> {
  try {
    return await openWebSocket(server, request);
  } catch (error) {
    if (!(error instanceof UpgradeFailure)) throw error;
    if (!STREAMS.test(request.url.pathname)) throw error.cause;
    request.check("POST");
    const { openSpdy } = await import("./spdy/open.ts");
    return await openSpdy(server, request).catch((second) => {
      throw told(error.cause, second);
    });
  }
}

/**
 * The second refusal, as kubectl tells it; the first where the second try only broke off. Where a right is missing for
 * the first alone, that is told too: it would do.
 */
function told(first: Error, second: unknown): unknown {
  if (!(second instanceof OrkaError) || second.status === undefined) return first;
  const isOneRight = first instanceof OrkaError && first.code === "forbidden" && second.code !== "forbidden";
  if (!isOneRight || second.hint !== undefined) return second;
  const { code, message, status, reason, causes, retryAfterSeconds } = second;
  const hint = `a WebSocket was refused before that: ${first.message}`;
  return new OrkaError(code, message, { status, reason, causes, retryAfterSeconds, hint, cause: second });
}
