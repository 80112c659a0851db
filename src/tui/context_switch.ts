/** Contexts as the session names, checks and explains them. */
import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "../kube/mod.ts";
import type { ConnectionState } from "./connection.ts";
import type { Frame } from "./pane.ts";
import { retryText } from "./panes/feed_notice.ts";

/** Throws OrkaError `no-context` for a name that is not among those known. Knowing none, it lets the connection tell. */
export function checkContext(name: string, known: readonly string[]): void {
  if (known.length === 0 || known.includes(name)) return;
  const guess = nearMiss(name, known);
  const hint = guess === undefined ? `there are ${known.join(", ")}` : `did you mean ${guess}?`;
  throw new OrkaError("no-context", `The kubeconfig has no context "${name}"`, { hint });
}

/** Why there is no connection and when it is tried again; nothing while there is one. */
export function failureLines(state: ConnectionState, frame: Frame): readonly string[] {
  if (state.type !== "failed") return [];
  const { message, hint = "" } = state.error;
  const of = state.context === undefined ? "" : `Context ${state.context}: `;
  const next = state.retryMs === null ? "ctrl-r tries again" : retryText(state.retryMs, frame);
  return [`${of}${message}`, hint, next];
}
