/**
 * A pod's streams over SPDY/3.1, which is asked for by POST: what servers and proxies that take no WebSocket have, and
 * users whose role allows to create a pod's exec but not to get it. kubectl falls back to it as well.
 */
import { OrkaError } from "../../base/mod.ts";
import type { ServerSettings } from "../connection.ts";
import { type Asked, responseError } from "../http_error.ts";
import type { MessageSocket } from "../websocket/message_socket.ts";
import { type OpenRequest, withConnection } from "../websocket/open.ts";
import { askUpgrade } from "../websocket/upgrade_request.ts";
import { PortFrames } from "./port_frames.ts";
import { channelsOf, PROCESS_PROTOCOLS, ProcessStreams } from "./process_streams.ts";

/** Throws OrkaError for a refusal, as it was said; whatever broke the connection otherwise. */
export async function openSpdy(server: ServerSettings, request: OpenRequest): Promise<MessageSocket> {
  const { url, clock, signal, who } = request;
  const isPorts = url.pathname.endsWith("/portforward");
  // Each stream names its port itself.
  const path = isPorts ? url.pathname : url.pathname + url.search;
  const offered = isPorts ? ["portforward.k8s.io"] : PROCESS_PROTOCOLS;
  return await withConnection(server, request, async (connection) => {
    const answer = await askUpgrade(connection, { ...request, path, host: url.host }, {
      method: "POST",
      name: "SPDY/3.1",
      lines: ["Content-Length: 0", ...offered.map((name) => `X-Stream-Protocol-Version: ${name}`)],
    });
    const asked: Asked = { path, who };
    if (answer.type === "refused") throw responseError(answer.response, answer.text, asked);
    const { headers, leftover } = answer;
    if (headers.get("upgrade")?.toLowerCase() !== "spdy/3.1") {
      throw new OrkaError("protocol", "the upgrade to SPDY/3.1 was answered with another protocol");
    }
    const options = { clock, signal, host: url.host, leftover };
    if (isPorts) return new PortFrames(connection, options);
    const protocol = headers.get("x-stream-protocol-version") ?? "";
    return new ProcessStreams(connection, {
      ...options,
      version: Number(/^v(\d+)\.channel\.k8s\.io$/.exec(protocol)?.[1] ?? 1),
      channels: channelsOf(url.searchParams),
    });
  });
}
