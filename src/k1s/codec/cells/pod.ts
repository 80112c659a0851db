/**
 * The cells of a pod, whose STATUS and RESTARTS condense the state of every container. The rules are those of
 * kubectl's server-side printer: init containers first, then the last container that has something to say.
 */
import { age, type CellContext, condition, isTrue, name, since, type TableCell } from "./format.ts";
import { at, flagAt, type Json, listAt, numberAt, textAt, timeAt } from "./read.ts";

/** What the container statuses add up to. */
interface Tally {
  reason: string;
  ready: number;
  restarts: number;
  /** Epoch ms; NaN when nothing restarted. */
  lastRestartMs: number;
}

export function podCells(pod: Json, context: CellContext): TableCell[] {
  const sidecars = new Set(
    listAt(pod, "spec.initContainers").filter(isSidecar).map((container) => textAt(container, "name")),
  );
  const tally = count(pod, sidecars);
  const total = listAt(pod, "spec.containers").length + sidecars.size;
  const restarts = tally.restarts > 0 && !Number.isNaN(tally.lastRestartMs)
    ? `${tally.restarts} (${since(tally.lastRestartMs, context)} ago)`
    : String(tally.restarts);
  return [
    name(pod),
    `${tally.ready}/${total}`,
    tally.reason,
    restarts,
    age(pod, context),
    textAt(listAt(pod, "status.podIPs")[0], "ip", "<none>"),
    textAt(pod, "spec.nodeName", "<none>"),
    textAt(pod, "status.nominatedNodeName", "<none>"),
    readinessGates(pod),
  ];
}

function isSidecar(container: Json): boolean {
  return textAt(container, "restartPolicy") === "Always";
}

function count(pod: Json, sidecars: ReadonlySet<string>): Tally {
  const phase = textAt(pod, "status.phase");
  let reason = textAt(pod, "status.reason", phase);
  if (textAt(condition(pod, "PodScheduled"), "reason") === "SchedulingGated") reason = "SchedulingGated";
  const init = countInit(pod, sidecars, reason);
  let tally: Tally = init.tally;
  if (!init.initializing || isTrue(condition(pod, "Initialized"))) {
    tally = countContainers(pod, { ...init.sidecars, reason: tally.reason, ready: tally.ready });
  }
  return { ...tally, reason: terminal(pod, phase, tally.reason) };
}

function terminal(pod: Json, phase: string, reason: string): string {
  if (at(pod, "metadata.deletionTimestamp") === undefined) return reason;
  if (textAt(pod, "status.reason") === "NodeLost") return "Unknown";
  return phase === "Succeeded" || phase === "Failed" ? reason : "Terminating";
}

/** Init containers up to the first that has not finished; sidecars count on. */
function countInit(pod: Json, sidecars: ReadonlySet<string>, reason: string) {
  const all: Tally = { reason, ready: 0, restarts: 0, lastRestartMs: NaN };
  const ofSidecars = { restarts: 0, lastRestartMs: NaN };
  const statuses = listAt(pod, "status.initContainerStatuses");
  for (const [index, status] of statuses.entries()) {
    addRestarts(all, status);
    const sidecar = sidecars.has(textAt(status, "name"));
    if (sidecar) addRestarts(ofSidecars, status);
    if (at(status, "state.terminated") !== undefined && numberAt(status, "state.terminated.exitCode") === 0) {
      continue;
    }
    if (sidecar && flagAt(status, "started")) {
      if (flagAt(status, "ready")) all.ready++;
      continue;
    }
    all.reason = `Init:${initReason(status) ?? `${index}/${listAt(pod, "spec.initContainers").length}`}`;
    return { tally: all, sidecars: ofSidecars, initializing: true };
  }
  return { tally: all, sidecars: ofSidecars, initializing: false };
}

function initReason(status: Json): string | null {
  if (at(status, "state.terminated") !== undefined) return terminatedReason(status);
  const waiting = textAt(status, "state.waiting.reason");
  return waiting !== "" && waiting !== "PodInitializing" ? waiting : null;
}

function terminatedReason(status: Json): string {
  const signal = numberAt(status, "state.terminated.signal");
  const otherwise = signal !== 0
    ? `Signal:${signal}`
    : `ExitCode:${numberAt(status, "state.terminated.exitCode")}`;
  return textAt(status, "state.terminated.reason", otherwise);
}

function countContainers(pod: Json, start: Tally): Tally {
  const tally = { ...start };
  let running = false, errorReason = "";
  for (const status of listAt(pod, "status.containerStatuses").toReversed()) {
    addRestarts(tally, status);
    const waiting = textAt(status, "state.waiting.reason");
    if (waiting !== "") tally.reason = waiting;
    else if (at(status, "state.terminated") !== undefined) {
      tally.reason = terminatedReason(status);
      if (numberAt(status, "state.terminated.exitCode") !== 0) errorReason = tally.reason;
    } else if (flagAt(status, "ready") && at(status, "state.running") !== undefined) {
      running = true;
      tally.ready++;
    }
  }
  if (tally.reason === "Completed") {
    if (running && isTrue(condition(pod, "Ready"))) tally.reason = "Running";
    else if (errorReason !== "") tally.reason = errorReason;
    else if (running) tally.reason = "NotReady";
  }
  return tally;
}

function addRestarts(tally: { restarts: number; lastRestartMs: number }, status: Json): void {
  tally.restarts += numberAt(status, "restartCount");
  const finishedMs = timeAt(status, "lastState.terminated.finishedAt");
  if (!(finishedMs <= tally.lastRestartMs) && !Number.isNaN(finishedMs)) tally.lastRestartMs = finishedMs;
}

function readinessGates(pod: Json): string {
  const gates = listAt(pod, "spec.readinessGates");
  if (gates.length === 0) return "<none>";
  const met = gates.filter((gate) => isTrue(condition(pod, textAt(gate, "conditionType"))));
  return `${met.length}/${gates.length}`;
}
