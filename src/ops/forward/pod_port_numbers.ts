/** From the ports that a person names to a pod's numbers. */
import { OrkaError } from "../../base/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import type { PodView } from "../target_pod.ts";

interface ServiceView extends KubeObject {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
      readonly protocol?: string;
    }[];
  };
}

/** The pod's number of a port. Throws OrkaError `invalid` for a name that none of its containers has, and for UDP. */
export function podPort(pod: PodView, remote: number | string): number {
  if (typeof remote === "number") return remote;
  const containers = [...pod.spec?.containers ?? [], ...pod.spec?.initContainers ?? []];
  const known = containers.flatMap(({ ports = [] }) => ports);
  const found = known.find(({ name }) => name === remote);
  if (found?.protocol !== undefined && found.protocol !== "TCP") throw notTcp(remote, found.protocol);
  if (found !== undefined) return found.containerPort;
  const names = known.map(({ name }) => name).filter((name) => name !== undefined);
  throw new OrkaError("invalid", `Pod '${pod.metadata.name}' does not have a named port '${remote}'`, {
    hint: names.length === 0 ? "its containers name no ports" : `its containers name ${names.join(", ")}`,
  });
}

/** The pod's number behind a port of a service; without a cluster IP the service's ports are the pod's own. */
export function servicePort(service: KubeObject, pod: PodView, remote: number | string): number {
  const { spec, metadata } = service as ServiceView;
  const ports = spec?.ports ?? [];
  const found = ports.find(({ name, port }) =>
    typeof remote === "number" ? port === remote : name === remote
  );
  if (found === undefined) {
    const known = ports.map(({ name, port }) => name === undefined ? port : `${port} (${name})`).join(", ");
    throw new OrkaError("invalid", `Service ${metadata.name} does not have a service port ${remote}`, {
      hint: known === "" ? undefined : `it has ${known}`,
    });
  }
  if (found.protocol !== undefined && found.protocol !== "TCP") throw notTcp(remote, found.protocol);
  if (spec?.clusterIP === "None" && typeof remote === "number" && typeof found.targetPort !== "string") {
    return remote;
  }
  return podPort(pod, found.targetPort ?? found.port);
}

function notTcp(remote: number | string, protocol: string): OrkaError {
  return new OrkaError(
    "invalid",
    `${protocol} protocol is not supported for ${remote}: only TCP is forwarded`,
  );
}
