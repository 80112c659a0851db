/** Logs of pods, workloads and selections; see `openLogs`. */
export { type LogEntry, LogLine, type LogMark, type LogMarkKind, type LogSource } from "./log_entry.ts";
export { fieldText, type LogFields, type LogLevel, pickField } from "./log_fields.ts";
export type { LogBatch, LogBlock, LogOptions, LogSpec, LogStream, LogTarget } from "./log_spec.ts";
export { openLogs } from "./open_logs.ts";
export { createLogFilter, type LogFilter, type LogFilterSpec, logRegex } from "./log_filter.ts";
export { listPods } from "./pod_watch.ts";
export { LineBuffer } from "./line_buffer.ts";
