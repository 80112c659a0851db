/** The request that turns a connection into a WebSocket; https://www.rfc-editor.org/rfc/rfc6455#section-4.1. */
import type { ByteConnection } from "./byte_connection.ts";
import { askUpgrade, type Refusal, UpgradeFailure, type UpgradeRequest } from "./upgrade_request.ts";

export interface HandshakeRequest extends UpgradeRequest {
  /** In order of preference. */
  readonly protocols: readonly string[];
}

export type HandshakeAnswer =
  | { readonly type: "upgraded"; readonly protocol: string; readonly leftover: Uint8Array }
  | Refusal;

/** Throws UpgradeFailure where another protocol came of it, and Error when what comes back is no answer to it. */
export async function shakeHands(
  connection: ByteConnection,
  { protocols, ...request }: HandshakeRequest,
): Promise<HandshakeAnswer> {
  const key = base64(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await askUpgrade(connection, request, {
    method: "GET",
    name: "websocket",
    lines: [
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${key}`,
      `Sec-WebSocket-Protocol: ${protocols.join(", ")}`,
    ],
  });
  if (answer.type === "refused") return answer;
  const { headers, leftover } = answer;
  const accepted = base64(
    new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID))),
  );
  if (headers.get("sec-websocket-accept") !== accepted) {
    throw new UpgradeFailure(new Error("the upgrade was not answered by a WebSocket server"));
  }
  const protocol = headers.get("sec-websocket-protocol") ?? "";
  if (!protocols.includes(protocol)) {
    const offered = protocols.join(" or ");
    throw new UpgradeFailure(
      new Error(`the server speaks ${protocol || "no protocol"} where ${offered} was asked for`),
    );
  }
  return { type: "upgraded", protocol, leftover };
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
