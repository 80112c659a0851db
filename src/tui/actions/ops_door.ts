/** What the session uses of the operations; tests give their own. Loaded when first needed. */
import type { Client } from "../../engine/protocol.ts";
import type { LogOptions, LogSpec, LogStream } from "../../ops/mod.ts";

export type OpsDoor = typeof import("../../ops/mod.ts") & {
  openLogs(client: Client, spec: LogSpec, options?: LogOptions): LogStream;
};
