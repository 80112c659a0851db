/** What a pod's object says of its containers, for rows and for the choice of one. Every field may be absent. */
import { humanDuration, type KubeObject } from "../../kube/mod.ts";

export interface ContainerPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

export interface PodContainer {
  readonly name: string;
  readonly role: "init" | "main" | "debug";
  readonly image: string;
  readonly ports: readonly ContainerPort[];
  readonly isReady: boolean;
  readonly restarts: number;
  /** `Running`, `Waiting: CrashLoopBackOff`, `Completed`, `Error (1)`; empty while nothing is known. */
  readonly state: string;
  readonly isRunning: boolean;
  /** RFC 3339 of the present state's beginning; empty where there is none. */
  readonly since: string;
}

type Json = Readonly<Record<string, unknown>>;

const LISTS = [
  ["init", "initContainers", "initContainerStatuses"],
  ["main", "containers", "containerStatuses"],
  ["debug", "ephemeralContainers", "ephemeralContainerStatuses"],
] as const;

/** The main ones first: they are what one looks for. */
const ORDER = { main: 0, init: 1, debug: 2 } as const;

export function podContainers(pod: KubeObject): readonly PodContainer[] {
  const spec = record(pod["spec"]);
  const status = record(pod["status"]);
  return LISTS.flatMap(([role, list, statuses]) => {
    const known = new Map(records(status[statuses]).map((one) => [text(one["name"]), one]));
    return records(spec[list]).map((container) => {
      return containerOf(container, known.get(text(container["name"])) ?? {}, role);
    });
  }).sort((a, b) => ORDER[a.role] - ORDER[b.role]);
}

/** As kubectl chooses: the annotation's, else the first. */
export function defaultContainer(pod: KubeObject): string {
  const named = pod.metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  const main = podContainers(pod).filter(({ role }) => role === "main");
  return main.find(({ name }) => name === named)?.name ?? main[0]?.name ?? "";
}

function containerOf(container: Json, status: Json, role: PodContainer["role"]): PodContainer {
  const state = record(status["state"]);
  const [kind = "", detail = {}] =
    Object.entries(state).map(([key, value]) => [key, record(value)] as const)[0] ?? [];
  const ports = records(container["ports"]).map((port): ContainerPort => ({
    name: text(port["name"]),
    port: Number(port["containerPort"] ?? 0),
    protocol: text(port["protocol"]) || "TCP",
  }));
  return {
    name: text(container["name"]),
    role,
    image: text(container["image"]),
    ports,
    isReady: status["ready"] === true,
    restarts: Number(status["restartCount"] ?? 0),
    state: stateText(kind, detail),
    isRunning: kind === "running",
    since: text(detail["startedAt"] ?? detail["finishedAt"]),
  };
}

function stateText(kind: string, detail: Json): string {
  const reason = text(detail["reason"]);
  if (kind === "running") return "Running";
  if (kind === "waiting") return reason === "" ? "Waiting" : `Waiting: ${reason}`;
  if (kind !== "terminated") return "";
  const code = Number(detail["exitCode"] ?? 0);
  return code === 0 ? reason || "Completed" : `${reason || "Error"} (${code})`;
}

export function containerCells(container: PodContainer, nowMs: number): readonly string[] {
  const { name, role, state, isReady, restarts, image, ports, since } = container;
  const age = since === "" ? "" : humanDuration(Math.max(0, nowMs - Date.parse(since)));
  return [name, role, isReady ? "✓" : "✗", state || "?", String(restarts), age, portsText(ports), image];
}

/** `http:8080, 9090/UDP` */
export function portsText(ports: readonly ContainerPort[]): string {
  return ports.map(({ name, port, protocol }) => {
    return (name === "" ? "" : `${name}:`) + port + (protocol === "TCP" ? "" : `/${protocol}`);
  }).join(", ");
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
