/**
 * Operations on what runs, for verbs and panes alike: logs, commands and shells in containers, copies, ephemeral
 * containers, forwarded ports; and the imperative changes: scale, rollouts, images, cordons, drains. Each takes a client,
 * a spec and {signal, clock}; nothing here prints or asks.
 *
 * Vocabulary: a source is one container of one pod through all its restarts; an entry is a line or a mark, which says in
 * its place what happened between lines; a session is a command that runs in a container; a forward is one listening port
 * with its connections; a plan is a `Change` that has not been sent.
 *
 * Data flow: logs: spec -> pods (list and watch) -> one reader a source, resumed where it stopped -> spill queue -> batches.
 * exec, cp, forward: WebSocket of the client -> channels -> streams. Imperative: live object -> plan -> `change`.
 */
export * from "./logs/mod.ts";
export * from "./exec/mod.ts";
export * from "./forward/mod.ts";
export * from "./imperative.ts";
export {
  type ContainerStatus,
  findTargetPod,
  isReady,
  isRunning,
  type PodContainer,
  type PodTarget,
  type PodView,
  readPod,
  type TargetPodOptions,
} from "./target_pod.ts";
export * from "./copy/mod.ts";
export * from "./debug/mod.ts";
export { NODES, PODS, SERVICES } from "./builtin_kinds.ts";
