/** Opens local ports and keeps a pod behind them. */
import type { Clock } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import type { Forward, ForwardListener, ForwardSpec } from "./forward_spec.ts";

export interface StartForwardOptions {
  readonly onEvent?: ForwardListener | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** How long to wait for a pod that runs, ms, at first and whenever one is gone; 60,000 unless given. */
  readonly podTimeoutMs?: number | undefined;
}

/**
 * Resolves when the ports are open and a pod is known. Throws OrkaError `not-found`, `invalid` (pod not running, port not
 * known), `io` (port in use), `timeout`.
 */
export function startForward(
  _client: Client,
  _spec: ForwardSpec,
  _options: StartForwardOptions = {},
): Promise<Forward> {
  return Promise.reject(new Error("being built"));
}
