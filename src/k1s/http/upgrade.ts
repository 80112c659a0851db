/** Requests that change their protocol: exec, attach and portforward of pods over WebSockets or SPDY. All others are answered. */
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
    if (protocol === "SPDY/3.1") return await answerSpdy(server, upgrade, { part, signal });
    socket.write(acceptance(upgrade.incoming.headers["sec-websocket-key"]!, protocol));
    const connection = new WebSocketConnection(socket, upgrade.head);
    await serveChannels(connection, part, { runtime: server.pods!, protocol, signal });
  } catch (error) {
    await answerPlainly(socket, answerError(request, error));
  }
}

interface Accepted {
  readonly part: Exclude<PodPart, { readonly type: "log" }>;
  readonly protocol: ChannelProtocol | "SPDY/3.1";
  readonly signal: AbortSignal;
}

/** Throws what the request is refused with. */
async function accepted(server: ApiServer, { request, incoming, credentials }: Upgrade): Promise<Accepted> {
  const exchange = await server.connect(request, credentials);
  const part = await podPart(exchange);
  if (part.type === "log") throw unknownPath();
  await checkReachable(exchange, part);
  const { signal } = exchange.server;
  const asked = incoming.headers.upgrade?.toLowerCase();
  if (asked === "spdy/3.1") return { part, protocol: "SPDY/3.1", signal };
  if (asked !== "websocket") {
    throw badRequest(
      `unable to upgrade: ${incoming.headers.upgrade} is not served, only websocket and SPDY/3.1`,
    );
  }
  const protocol = protocolOf(request.headers.get("sec-websocket-protocol"));
  if (protocol === undefined || incoming.headers["sec-websocket-key"] === undefined) {
    const message = `unable to upgrade: the protocols served are ${PROTOCOLS.join(", ")}`;
    throw new ApiError(403, "Forbidden", message);
  }
  return { part, protocol, signal };
}

/** Throws ApiError when the client knows nothing that is served. */
async function answerSpdy(
  server: ApiServer,
  { request, socket, head }: Upgrade,
  { part, signal }: Omit<Accepted, "protocol">,
): Promise<void> {
  const [{ SpdyConnection }, { serveSpdy, SPDY_PROTOCOLS }] = await Promise.all([
    import("./spdy_connection.ts"),
    import("./spdy_channels.ts"),
  ]);
  const protocol = SPDY_PROTOCOLS[part.type === "portforward" ? "ports" : "process"];
  const offered = (request.headers.get("x-stream-protocol-version") ?? "").split(",").map((name) =>
    name.trim()
  );
  if (!offered.includes(protocol)) {
    throw new ApiError(403, "Forbidden", `unable to upgrade: the protocol served is ${protocol}`);
  }
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n" +
      `X-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  await serveSpdy(new SpdyConnection(socket, head), part, { runtime: server.pods!, signal });
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
