/** The pod and the container that an argument names, as kubectl picks them. */
import { OrkaError } from "../../base/mod.ts";
import { parseGoDuration, parseResourceArgs } from "../../kube/mod.ts";
import { findTargetPod, type PodContainer, type PodTarget, type PodView } from "../../ops/mod.ts";
import type { Cluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import type { FlagValues } from "../parse.ts";

/** `web-0`, `pod/web-0`, `svc/web`, `deploy/web`. Throws OrkaError `usage` or `unknown-kind`. */
export async function podTarget(cluster: Cluster, argument: string): Promise<PodTarget> {
  const [kind, name] = argument.split("/", 2) as [string, string?];
  if (name === undefined) return { type: "pod", name: argument };
  if (name === "") throw new OrkaError("usage", `"${argument}" names no object`);
  if (["pod", "pods", "po"].includes(kind)) return { type: "pod", name };
  if (["service", "services", "svc"].includes(kind)) return { type: "service", name };
  const [found] = await cluster.resolve((resources) => parseResourceArgs([argument], resources));
  const { resource } = found!;
  if (resource.group === "" && resource.kind === "Pod") return { type: "pod", name };
  if (resource.group === "" && resource.kind === "Service") return { type: "service", name };
  return { type: "workload", resource, name };
}

/** The flag's pods' waiting time, ms. */
export function podTimeoutMs(flags: FlagValues): number | undefined {
  const text = flags.text("pod-running-timeout");
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new OrkaError(
    "usage",
    `invalid argument "${text}" for "--pod-running-timeout": expected a time as 30s`,
  );
}

/** The pod, which must not have ended. Throws as `findTargetPod`. */
export async function livePod(
  io: CliIo,
  { cluster, flags, argument }: {
    readonly cluster: Cluster;
    readonly flags: FlagValues;
    readonly argument: string;
  },
): Promise<PodView> {
  const pod = await findTargetPod(cluster.client, await podTarget(cluster, argument), {
    namespace: cluster.namespace,
    podTimeoutMs: podTimeoutMs(flags),
    clock: io.clock,
    signal: io.signal,
  });
  const phase = pod.status?.phase;
  if (phase !== "Succeeded" && phase !== "Failed") return pod;
  throw new OrkaError(
    "invalid",
    `cannot exec into a container in a completed pod; current phase is ${phase}`,
  );
}

const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/**
 * The container that was asked for, else the one that an annotation names, else the first; kubectl says on stderr which
 * when there was a choice. Throws OrkaError `not-found` that lists the pod's containers.
 */
export async function pickContainer(
  io: CliIo,
  pod: PodView,
  { wanted, isQuiet = false }: { readonly wanted: string | undefined; readonly isQuiet?: boolean },
): Promise<PodContainer> {
  const all = containersOf(pod);
  const name = wanted ?? pod.metadata.annotations?.[DEFAULT_CONTAINER];
  const found = all.find(({ container }) => container.name === name);
  if (found !== undefined) return found.container;
  const names = all.map(({ container, note }) =>
    note === "" ? container.name : `${container.name} (${note})`
  );
  const first = all[0]?.container;
  if (wanted !== undefined || first === undefined) {
    const message = `container ${wanted ?? ""} is not valid for pod ${pod.metadata.name} out of: ${
      names.join(", ")
    }`;
    throw new OrkaError("not-found", message);
  }
  if (!isQuiet && all.length > 1) {
    await note(io, `Defaulted container "${first.name}" out of: ${names.join(", ")}`);
  }
  return first;
}

function containersOf({ spec }: PodView): { readonly container: PodContainer; readonly note: string }[] {
  const noted = (containers: readonly PodContainer[] | undefined, note: string) =>
    (containers ?? []).map((container) => ({ container, note }));
  return [
    ...noted(spec?.containers, ""),
    ...noted(spec?.ephemeralContainers, "ephem"),
    ...noted(spec?.initContainers, "init"),
  ];
}

/** Refuses, in words, what the client would refuse by its path. */
export function needWrites({ writes }: Pick<Cluster, "writes">, what: string): void {
  if (writes.isOpen) return;
  throw new OrkaError("read-only", `${what} may change the cluster, and was not done`, {
    hint: "--write allows changes",
  });
}
