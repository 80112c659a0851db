/**
 * Control loops of the embedded cluster: what kube-controller-manager and the API server's own loops do for objects
 * that need no kubelet. They settle before the write that moves them is answered, wherever they can.
 *
 * It isn't a controller runtime: nothing is queued, and there are no loops of workloads (deployments, jobs).
 *
 * Vocabulary: a loop is *told* of each write of its own process (`changed`); the *index* follows the writes of all
 * processes; a *sweep* looks after what a killed process left half done and after what only time changes.
 *
 *     write -> storage -> Controllers.changed -> index, garbage collector, namespaces, ... -> answer
 */
export { Controllers } from "./controllers.ts";
export type { ControllerHost } from "./host.ts";
