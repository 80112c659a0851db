/**
 * Operations on what runs: logs. Each takes a client, a spec and {signal, clock}; nothing here prints or asks.
 *
 * Vocabulary: a source is one container of one pod through all its restarts; an entry is a line or a mark; a mark
 * says, in its place, what happened between lines.
 *
 * Data flow: spec -> pods (list and watch) -> one reader a source (blocks of whole lines, resumed where they stopped)
 * -> spill queue (memory, then disk, then a counted mark) -> batches of entries -> a pane or a verb.
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
