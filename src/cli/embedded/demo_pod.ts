/** Pods of the demo: their spec, and the status that a kubelet would write. */
import type { PodState } from "./demo_data.ts";

export type Json = Record<string, unknown>;

export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
  /** Empty while nothing has scheduled it. */
  readonly node: string;
  readonly restartPolicy?: "Always" | "Never" | undefined;
}

export function podObject(facts: PodFacts): Json {
  const { name, namespace, image, labels, container, node, restartPolicy = "Always" } = facts;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { ...podSpec({ image, container }), restartPolicy, ...(node === "" ? {} : { nodeName: node }) },
  };
}

export function podSpec({ image, container }: Pick<PodFacts, "image" | "container">): Json {
  const resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } };
  return { containers: [{ name: container, image, resources }] };
}

export interface PodMoment {
  readonly state: PodState;
  readonly container: string;
  readonly image: string;
  /** Last byte of its address. */
  readonly address: number;
  readonly restarts: number;
  /** Epoch ms. */
  readonly startedMs: number;
}

/** The status of a pod in a state. */
export function podStatus(moment: PodMoment): Json {
  const { state, container, image, address, restarts, startedMs } = moment;
  const time = timeText(startedMs);
  if (state === "Pending") {
    const message = "0/3 nodes are available: 3 Insufficient memory.";
    const scheduled = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
    return { phase: "Pending", conditions: [{ ...scheduled, lastTransitionTime: time }] };
  }
  const isReady = state === "Running";
  const status = { name: container, image, imageID: "", restartCount: restarts, ready: isReady };
  const conditions = Object.entries({
    PodScheduled: true,
    Initialized: true,
    ContainersReady: isReady,
    Ready: isReady,
  }).map(([type, is]) => ({ type, status: is ? "True" : "False", lastTransitionTime: time }));
  return {
    phase: PHASES[state],
    conditions,
    startTime: time,
    hostIP: "192.0.2.10",
    ...(state === "ContainerCreating" ? {} : { podIP: `10.244.0.${address}` }),
    containerStatuses: [{ ...status, started: isReady, ...containerState(state, time) }],
  };
}

const PHASES: Readonly<Record<PodState, string>> = {
  Running: "Running",
  Pending: "Pending",
  ContainerCreating: "Pending",
  ImagePullBackOff: "Pending",
  CrashLoopBackOff: "Running",
  Completed: "Succeeded",
  Error: "Failed",
};

function containerState(state: PodState, time: string): Json {
  const ended = (exitCode: number, reason: string) => ({
    terminated: { exitCode, reason, startedAt: time, finishedAt: time },
  });
  switch (state) {
    case "Running":
      return { state: { running: { startedAt: time } } };
    case "Completed":
      return { state: ended(0, "Completed") };
    case "Error":
      return { state: ended(1, "Error") };
    case "CrashLoopBackOff":
      return { state: { waiting: { reason: state } }, lastState: ended(137, "OOMKilled") };
    default:
      return { state: { waiting: { reason: state } } };
  }
}

/** As Kubernetes writes times: whole seconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
