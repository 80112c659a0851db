/** What logs need to know of a pod. */
import type { KubeObject } from "../../kube/mod.ts";
import type { LogSource } from "./log_entry.ts";

export interface ContainerFacts {
  readonly name: string;
  readonly role: LogSource["role"];
  readonly state: "waiting" | "running" | "terminated";
  /** Of a waiting or terminated one: `ContainerCreating`, `OOMKilled`; the pod's own where it has no status yet. */
  readonly reason: string;
  readonly message: string;
  /** Of a terminated one. */
  readonly exitCode: number | null;
  readonly restarts: number;
  /** Names the instance; empty until it has begun. */
  readonly instance: string;
  /** The instance before. */
  readonly last: { readonly instance: string; readonly exitCode: number; readonly reason: string } | null;
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  /** Of the pod: `Evicted`. */
  readonly reason: string;
  readonly message: string;
  readonly isDeleting: boolean;
  readonly defaultContainer: string | null;
  /** Init, main and ephemeral ones, in the order of the spec. */
  readonly containers: readonly ContainerFacts[];
}

type Json = Readonly<Record<string, unknown>>;

export function podFacts(pod: KubeObject): PodFacts {
  const { metadata } = pod;
  const [spec, status] = [json(pod["spec"]), json(pod["status"])];
  const waitingFor = unscheduled(status);
  const roles = [
    ["init", "initContainers", "initContainerStatuses"],
    ["container", "containers", "containerStatuses"],
    ["ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"],
  ] as const;
  const containers = roles.flatMap(([role, specs, statuses]) =>
    list(spec[specs]).map((container) => {
      const name = text(container["name"]);
      const found = list(status[statuses]).find((entry) => entry["name"] === name);
      return containerFacts({ name, role }, json(found), waitingFor);
    })
  );
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    uid: metadata.uid ?? "",
    phase: text(status["phase"]),
    reason: text(status["reason"]),
    message: text(status["message"]),
    isDeleting: metadata.deletionTimestamp !== undefined,
    defaultContainer: metadata.annotations?.["kubectl.kubernetes.io/default-container"] ?? null,
    containers,
  };
}

function containerFacts(
  named: Pick<ContainerFacts, "name" | "role">,
  status: Json,
  waitingFor: { readonly reason: string; readonly message: string },
): ContainerFacts {
  const state = json(status["state"]);
  const last = json(json(status["lastState"])["terminated"]);
  const [running, terminated, waiting] = [
    state["running"],
    json(state["terminated"]),
    json(state["waiting"]),
  ];
  const isTerminated = state["terminated"] !== undefined;
  const shown = isTerminated ? terminated : waiting;
  return {
    ...named,
    state: isTerminated ? "terminated" : running === undefined ? "waiting" : "running",
    reason: text(shown["reason"]) || waitingFor.reason,
    message: text(shown["message"]) || waitingFor.message,
    exitCode: isTerminated ? number(terminated["exitCode"]) : null,
    restarts: number(status["restartCount"]),
    instance: text(status["containerID"]) ||
      (running === undefined && !isTerminated ? "" : instanceOf(status)),
    last: last["exitCode"] === undefined ? null : {
      instance: text(last["containerID"]),
      exitCode: number(last["exitCode"]),
      reason: text(last["reason"]),
    },
  };
}

/** Nodes that give containers no ids are told apart by counting. */
function instanceOf(status: Json): string {
  return `restart-${number(status["restartCount"])}`;
}

/** Why no container has a status: the scheduler's words. */
function unscheduled(status: Json): { reason: string; message: string } {
  const condition = list(status["conditions"]).find((entry) =>
    entry["type"] === "PodScheduled" && entry["status"] === "False"
  );
  return { reason: text(condition?.["reason"]), message: text(condition?.["message"]) };
}

/** No container of it will run again. */
export function isFinished({ phase }: PodFacts): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/** `ContainerCreating`, `ImagePullBackOff: Back-off pulling image "x"`; `Pending` where nothing is said. */
export function whyWaiting(pod: PodFacts, container: ContainerFacts): string {
  const reason = container.reason || pod.reason || pod.phase || "Pending";
  const message = container.message || pod.message;
  return message === "" ? reason : `${reason}: ${message}`;
}

/** `exit code 1 (Error)`. */
export function howEnded(
  { exitCode, reason }: { readonly exitCode: number | null; readonly reason: string },
): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return `exit code ${exitCode ?? "unknown"}${why}`;
}

function json(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(json) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
