/**
 * What everything stands on: errors, time, bounded queues, text width, the log. No I/O of its own beyond
 * the log's sink, nothing about Kubernetes.
 */
export * from "./abort_scope.ts";
export * from "./backoff.ts";
export * from "./clock.ts";
export * from "./coalescing_queue.ts";
export * from "./errors.ts";
export * from "./knobs.ts";
export * from "./log.ts";
export * from "./metrics.ts";
export * from "./random.ts";
export * from "./sliced_sort.ts";
export * from "./spdy_frame.ts";
export * from "./text_width.ts";
export * from "./websocket_frame.ts";
