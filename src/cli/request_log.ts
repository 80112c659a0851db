import { type Clock, OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { type CliIo, note } from "./io.ts";
import { wrapClient } from "./wrapped_client.ts";

/**
 * A client that tells stderr of its requests: from level 6 one line each, from 8 with headers, as kubectl's -v
 * does. Credentials are never part of a request's own headers, so none can show.
 */
export function logged(client: Client, { io, level }: { io: CliIo; level: number }): Client {
  return wrapClient(client, async (path, options = {}) => {
    const started = io.clock.monotonic();
    const line = `${options.method ?? "GET"} ${client.target.server}${path}`;
    if (level >= 8) {
      await note(io, `${stamp(io.clock)} ${line} Accept: ${options.accept ?? "application/json"}`);
    }
    try {
      const response = await client.request(path, options);
      await note(io, `${stamp(io.clock)} ${line} ${response.status} in ${elapsed(io.clock, started)}`);
      if (level >= 8) {
        for (const [name, value] of response.headers) await note(io, `    ${name}: ${value}`);
      }
      return response;
    } catch (error) {
      const status = error instanceof OrkaError ? error.status ?? error.code : "";
      await note(io, `${stamp(io.clock)} ${line} ${status} in ${elapsed(io.clock, started)}`);
      throw error;
    }
  });
}

function elapsed(clock: Clock, started: number): string {
  return `${Math.round(clock.monotonic() - started)} milliseconds`;
}

function stamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(11, 23);
}
