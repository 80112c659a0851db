/** The real cluster as a Fetch, with its administrator's credentials, and the clock of tests on it. */
import { ManualClock, systemClock } from "../../src/base/mod.ts";
import { resolveConnection } from "../../src/client/connection.ts";
import { processEnv } from "../../src/client/connect_options.ts";
import { createCredentials } from "../../src/client/credentials.ts";
import type { Fetch } from "../../src/client/mod.ts";
import { SocketTransport } from "../../src/client/socket_transport.ts";

export async function realServer(kubeconfig: string): Promise<{ fetch: Fetch; close(): void }> {
  const connection = await resolveConnection({ kubeconfig }, processEnv);
  const credentials = createCredentials(connection, { env: processEnv, clock: systemClock });
  const { server } = connection;
  const transport = new SocketTransport({ server, identity: () => credentials.identity() });
  return {
    fetch: async (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      const { method, signal } = request;
      const headers = new Headers(request.headers);
      for (const [name, value] of Object.entries(await credentials.headers())) headers.set(name, value);
      const body = request.body === null ? null : await request.arrayBuffer();
      const sent = new Request(server.server + pathname + search, { method, headers, body, signal });
      return await transport.send(sent, searchParams.has("watch") ? "watch" : "unary");
    },
    close: () => transport.close(),
  };
}

/** The longest that a step of a test's time takes, real milliseconds. */
const STEP_MS = 20;

/** Moves when told, and lets real time pass meanwhile: answers of a real server need some. */
export class PacedClock extends ManualClock {
  override async advance(ms: number): Promise<void> {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, STEP_MS)));
    await super.advance(ms);
  }
}
