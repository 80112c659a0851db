/** `l` and `p`: the logs of the object under the cursor, or of all that is marked. */
import type { Pane, PaneHost, TargetObject } from "../pane.ts";
import { LogsPane } from "../panes/logs.ts";

export function openLogsPane(host: PaneHost, objects: readonly TargetObject[], pane: Pane): void {
  host.openPane(new LogsPane(host, { objects, containers: containersOf(pane), previous: false }));
}

export function openPreviousLogs(host: PaneHost, objects: readonly TargetObject[], pane: Pane): void {
  host.openPane(new LogsPane(host, { objects, containers: containersOf(pane), previous: true }));
}

/** The containers that a pane of containers has marked, or under its cursor. */
function containersOf(pane: Pane): "default" | readonly string[] {
  const { containers = [] } = pane;
  return containers.length === 0 ? "default" : containers;
}
