/** From a server's settings to an open WebSocket, or to the server's refusal. */
import type { ServerSettings } from "../connection.ts";
import type { Identity } from "../credentials.ts";
import type { Upgrade } from "../http_client.ts";
import { responseError } from "../http_error.ts";
import { dial } from "./byte_connection.ts";
import { shakeHands } from "./handshake.ts";
import { type MessageSocket, WebSocketConnection } from "./message_socket.ts";

/** Throws OrkaError for a refusal, as it was said; whatever broke the connection otherwise. */
export async function openWebSocket(
  server: ServerSettings,
  { url, identity, signal, clock, ...request }: Upgrade & { readonly identity: Identity | null },
): Promise<MessageSocket> {
  const connection = await dial(server, { identity, signal });
  const onAbort = () => connection.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const path = url.pathname + url.search;
    const answer = await shakeHands(connection, { ...request, path, host: url.host });
    if (answer.type === "refused") throw responseError(answer.response, answer.text, { method: "GET", path });
    const { protocol, leftover } = answer;
    return new WebSocketConnection(connection, { protocol, leftover, clock, signal, host: url.host });
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
