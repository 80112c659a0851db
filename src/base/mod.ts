/**
 * What everything stands on: errors, time, bounded queues, text width, the log. No I/O of its own beyond
 * the log's sink, nothing about Kubernetes.
 */
export * from "./clock.ts";
export * from "./errors.ts";
