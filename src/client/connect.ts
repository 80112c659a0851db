/** The door to a cluster: options in, a client out. */
import { type Clock, systemClock } from "../base/mod.ts";
import type { Client } from "./client.ts";
import { type ConnectOptions, type Env, processEnv } from "./connect_options.ts";
import { resolveConnection } from "./connection.ts";
import { createCredentials } from "./credentials.ts";
import { HttpClient } from "./http_client.ts";
import { SocketTransport } from "./socket_transport.ts";
import type { WriteGate } from "./write_gate.ts";

export interface ConnectContext {
  /** The process's environment unless given; `ConnectOptions.env` goes before it. */
  readonly env?: Env | undefined;
  /** Ends exec plugins that still run. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** What an exec plugin says on stderr: a sign-in prompt, for one. */
  readonly onPluginOutput?: ((text: string) => void) | undefined;
  /** Whether changes may be sent; closed unless given. */
  readonly writes?: WriteGate | undefined;
}

/**
 * Reads kubeconfig and certificates. No request is sent and no plugin run before the first request. Throws
 * `kubeconfig`, `no-context` or `usage`.
 */
export async function connect(options: ConnectOptions = {}, context: ConnectContext = {}): Promise<Client> {
  const given = options.env;
  const env: Env = given !== undefined ? (name) => given[name] : context.env ?? processEnv;
  const connection = await resolveConnection(options, env);
  const { signal, clock = systemClock, onPluginOutput, writes } = context;
  const credentials = createCredentials(connection, { env, clock, signal, onPluginOutput });
  return new HttpClient({
    target: connection.target,
    transport: new SocketTransport({
      server: connection.server,
      identity: () => credentials.identity(),
      headers: connection.headers,
    }),
    credentials,
    headers: connection.headers,
    timeoutMs: options.requestTimeoutMs,
    clock,
    writes,
  });
}
