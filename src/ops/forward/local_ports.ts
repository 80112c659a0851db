/** Ports of this machine that take connections. */
import { type Clock, OrkaError } from "../../base/mod.ts";

export interface OpenPort {
  readonly listener: Deno.TcpListener;
  readonly address: string;
  readonly local: number;
}

/** Where `localhost` is; not every machine has the second. */
const LOOPBACK = ["127.0.0.1", "::1"];

/**
 * Opens `local` (0: any that is free, the same on each) on every address. Throws OrkaError `io` when one is in use, may
 * not be opened, or is no address of this machine; then none stays open.
 */
export function openLocalPort(local: number, addresses: readonly string[]): readonly OpenPort[] {
  const opened: OpenPort[] = [];
  try {
    for (const address of addresses) {
      const port = opened[0]?.local ?? local;
      opened.push(...address === "localhost" ? openLoopback(port) : [openOne(port, address)]);
    }
    return opened;
  } catch (error) {
    for (const { listener } of opened) listener.close();
    throw error;
  }
}

/** As kubectl: one of the two is enough. */
function openLoopback(local: number): OpenPort[] {
  const first = openOne(local, LOOPBACK[0]!);
  try {
    return [first, openOne(first.local, LOOPBACK[1]!)];
  } catch {
    return [first];
  }
}

function openOne(local: number, address: string): OpenPort {
  try {
    const listener = Deno.listen({ hostname: address, port: local });
    return { listener, address, local: listener.addr.port };
  } catch (error) {
    throw refused(error, { local, address });
  }
}

function refused(error: unknown, { local, address }: { local: number; address: string }): OrkaError {
  const where = address.includes(":") ? `[${address}]:${local}` : `${address}:${local}`;
  const about = `unable to listen on ${where}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new OrkaError("io", `${about}: the port is in use`, {
      cause: error,
      hint: "LOCAL:REMOTE takes another local port, :REMOTE any that is free.",
    });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new OrkaError("io", `${about}: permission denied`, {
      cause: error,
      hint: "Ports below 1024 often need more rights than a user has.",
    });
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new OrkaError("io", `${about}: this machine has no such address`, { cause: error });
  }
  const why = error instanceof Error ? error.message.replace(/ \(os error \d+\)$/, "") : String(error);
  return new OrkaError("io", `${about}: ${why}`, { cause: error });
}

export interface AcceptOptions {
  /** Aborted before the listener is closed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onConnection: (connection: Deno.TcpConn) => void;
  readonly onError: (error: unknown) => void;
}

/** After a connection that could not be taken. */
const PAUSE_MS = 500;

/** Takes connections until the signal is aborted: all descriptors may be in use for a while, and then are not. */
export async function acceptAll(
  listener: Pick<Deno.TcpListener, "accept">,
  { signal, clock, onConnection, onError }: AcceptOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      onConnection(await listener.accept());
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await clock.sleep(PAUSE_MS, { signal }).catch(() => {});
    }
  }
}
