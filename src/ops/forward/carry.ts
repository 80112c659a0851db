/** One local connection and its stream to the pod: bytes both ways until both have ended. */
import type { PortStream } from "./tunnel.ts";

const READ_BYTES = 64 * 1024;

/** Counts of a forward's bytes. */
export interface ByteCounts {
  sent: number;
  received: number;
}

/**
 * Each direction ends by itself where the tunnel can tell; each waits for its slower side. Resolves when both ended or
 * the local side broke off; throws what the pod's side failed with. Closes neither.
 */
export async function carry(connection: Deno.Conn, stream: PortStream, bytes: ByteCounts): Promise<void> {
  const up = carryUp(connection, stream, bytes);
  up.catch(() => {});
  const down = carryDown(connection, stream, bytes);
  down.catch(() => {});
  // A direction that fails ends both; one that ends in order waits for the other.
  await Promise.race([Promise.all([up, down]), failureOf(up), failureOf(down)]);
}

/** Rejects when it rejects, and is silent otherwise. */
function failureOf(work: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => work.catch(reject));
}

/** The local side is its owner's business: that it broke off is no failure of the forward. */
export class LocalEnd extends Error {}

async function carryUp(connection: Deno.Conn, stream: PortStream, bytes: ByteCounts): Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  for (;;) {
    const length = await local(connection.read(buffer));
    if (length === null) return await stream.end();
    await stream.send(buffer.subarray(0, length));
    bytes.sent += length;
  }
}

async function carryDown(connection: Deno.Conn, stream: PortStream, bytes: ByteCounts): Promise<void> {
  for (;;) {
    const chunk = await stream.receive();
    if (chunk === null) return await local(connection.closeWrite());
    for (let at = 0; at < chunk.length;) at += await local(connection.write(chunk.subarray(at)));
    bytes.received += chunk.length;
  }
}

async function local<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new LocalEnd("the local connection broke off", { cause });
  }
}
