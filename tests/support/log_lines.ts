/** Lines of logs, as a stream would carry them. */
import { LogLine, type LogSource, logSource } from "../../src/ops/logs/log_entry.ts";

const encoder = new TextEncoder();

export interface LineOptions {
  readonly pod?: string;
  readonly container?: string;
  /** Of the server: RFC 3339, up to nanoseconds; none unless given. */
  readonly stamp?: string;
}

const sources = new Map<string, LogSource>();

/** The same object for the same container. */
export function sourceOf(pod = "web-0", container = "main"): LogSource {
  const id = `${pod}/${container}`;
  const known = sources.get(id) ??
    logSource({ namespace: "default", pod, container, role: "container", containers: [container] });
  sources.set(id, known);
  return known;
}

export function logLine(text: string, { pod, container, stamp = "" }: LineOptions = {}): LogLine {
  const raw = encoder.encode(stamp === "" ? text : `${stamp} ${text}`);
  const ms = stamp === "" ? 0 : Date.parse(stamp);
  return new LogLine(sourceOf(pod, container), ms, raw, { stampBytes: stamp.length });
}
