/** The engine on a test server, for sessions that may be allowed to change things. */
import { defaultKnobs } from "../../src/base/mod.ts";
import { createClient, WriteGate } from "../../src/client/mod.ts";
import { type Engine, openLocalEngine } from "../../src/engine/mod.ts";
import type { TestServer } from "./two_servers.ts";

/** Read-only until `allowWrites`; the caller disposes it. */
export function writableEngine(server: TestServer): Engine {
  const { clock } = server;
  const writes = new WriteGate({ isOpen: false });
  const discovered = { resources: server.resources, broken: [], cached: false };
  return openLocalEngine(createClient({ fetch: server.fetch, clock, writes }), {
    discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.resolve(discovered) },
    clock,
    writes,
    knobs: defaultKnobs(),
  });
}
