/**
 * The engine: views of collections kept in step with a server, and what panes and verbs see of them. It draws nothing,
 * prints nothing and changes nothing on the server.
 *
 * Vocabulary: a feed is one collection (kind, namespace, selectors) followed live; a reflector is the state machine
 * that lists and watches it; a view is one reader's window on a feed (rows from, to, sort, filter); an update is a
 * diff of that window.
 *
 * Data flow: client (list, watch) -> Reflector -> CoalescingQueue -> store -> Snapshot -> RowView (filter, sort)
 * -> WindowDiff -> WindowUpdate -> in this process, or by postMessage from worker.ts to host.ts.
 */
export { type LocalEngineOptions, openLocalEngine, RELEASE_MS } from "./engine.ts";
export { clientDiscovery } from "./client_discovery.ts";
export type { DiscoverySource } from "./discovery_follower.ts";
export type * from "./protocol.ts";
export { sinceText } from "./protocol.ts";
