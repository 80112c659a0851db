/** Requests that change their protocol: exec, attach and portforward of pods over WebSockets. All others are answered. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Credentials } from "../auth/mod.ts";
import { answerError } from "./answer.ts";
import { ApiError, badRequest, unknownPath } from "./api_error.ts";
import type { ApiServer } from "./handler.ts";
import { type ChannelProtocol, protocolOf, PROTOCOLS, serveChannels } from "./pod_channels.ts";
import { checkReachable, type PodPart, podPart } from "./pod_parts.ts";
import { acceptance, WebSocketConnection } from "./websocket.ts";

export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that came with the request. */
  readonly head: Uint8Array;
  readonly request: Request;
  readonly credentials: Credentials;
}

const STREAMS = /\/pods\/[^/]+\/(exec|attach|portforward)$/;

/** Answers a request with an Upgrade header, and the connection after it. Never throws. */
export async function answerUpgrade(server: ApiServer, upgrade: Upgrade): Promise<void> {
  const { request, socket, credentials } = upgrade;
  const isStream = STREAMS.test(new URL(request.url).pathname);
  // whatever else clients offer to upgrade to, they take a plain answer
  if (!isStream) return await answerPlainly(socket, await server.answer(request, credentials));
  try {
    const { part, protocol, signal } = await accepted(server, upgrade);
    socket.write(acceptance(upgrade.incoming.headers["sec-websocket-key"]!, protocol));
    const connection = new WebSocketConnection(socket, upgrade.head);
    await serveChannels(connection, part, { runtime: server.pods!, protocol, signal });
  } catch (error) {
    await answerPlainly(socket, answerError(request, error));
  }
}

interface Accepted {
  readonly part: Exclude<PodPart, { readonly type: "log" }>;
  readonly protocol: ChannelProtocol;
  readonly signal: AbortSignal;
}

/** Throws what the request is refused with. */
async function accepted(server: ApiServer, { request, incoming, credentials }: Upgrade): Promise<Accepted> {
  const exchange = await server.connect(request, credentials);
  const part = await podPart(exchange);
  if (part.type === "log") throw unknownPath();
  await checkReachable(exchange, part);
  if (incoming.headers.upgrade?.toLowerCase() !== "websocket") {
    throw badRequest(`unable to upgrade: ${incoming.headers.upgrade} is not served, only websocket`);
  }
  const protocol = protocolOf(request.headers.get("sec-websocket-protocol"));
  if (protocol === undefined || incoming.headers["sec-websocket-key"] === undefined) {
    const message = `unable to upgrade: the protocols served are ${PROTOCOLS.join(", ")}`;
    throw new ApiError(403, "Forbidden", message);
  }
  return { part, protocol, signal: exchange.server.signal };
}

/** A whole answer by hand: the connection is no longer the HTTP server's. */
async function answerPlainly(socket: Duplex, response: Response): Promise<void> {
  const body = await response.bytes();
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText || "Answer"}`];
  response.headers.forEach((value, name) => lines.push(`${name}: ${value}`));
  lines.push(`content-length: ${body.length}`, "connection: close", "", "");
  socket.write(lines.join("\r\n"));
  socket.end(body);
}
