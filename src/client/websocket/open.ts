/** From a server's settings to an open WebSocket, or to the server's refusal. */
import type { ServerSettings } from "../connection.ts";
import type { Identity } from "../credentials.ts";
import type { Upgrade } from "../http_client.ts";
import { responseError } from "../http_error.ts";
import { type ByteConnection, dial } from "./byte_connection.ts";
import { shakeHands } from "./handshake.ts";
import { type MessageSocket, WebSocketConnection } from "./message_socket.ts";
import { UpgradeFailure } from "./upgrade_request.ts";

export type OpenRequest = Upgrade & { readonly identity: Identity | null };

/** Throws UpgradeFailure for a refusal, as it was said; whatever broke the connection otherwise. */
export async function openWebSocket(server: ServerSettings, request: OpenRequest): Promise<MessageSocket> {
  const { url, clock, signal } = request;
  return await withConnection(server, request, async (connection) => {
    const path = url.pathname + url.search;
    const answer = await shakeHands(connection, { ...request, path, host: url.host });
    if (answer.type === "refused") {
      const asked = { path, who: request.who };
      throw new UpgradeFailure(responseError(answer.response, answer.text, asked));
    }
    const { protocol, leftover } = answer;
    return new WebSocketConnection(connection, { protocol, leftover, clock, signal, host: url.host });
  });
}

/** Connects, and closes the connection when nothing could be opened on it. */
export async function withConnection(
  server: ServerSettings,
  { identity, signal }: Pick<OpenRequest, "identity" | "signal">,
  open: (connection: ByteConnection) => Promise<MessageSocket>,
): Promise<MessageSocket> {
  const connection = await dial(server, { identity, signal });
  const onAbort = () => connection.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await open(connection);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
