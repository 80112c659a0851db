/** Which containers of a pod are read, as kubectl chooses them. */
import { OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import type { LogSpec } from "./log_spec.ts";
import type { ContainerFacts, PodFacts } from "./pod_facts.ts";

export interface ChooseOptions {
  /** Missing containers are left out instead of thrown. */
  readonly isLenient: boolean;
}

/** Throws OrkaError `not-found` for a container that the pod does not have, naming those that it has. */
export function chooseContainers(
  pod: PodFacts,
  wanted: LogSpec["containers"],
  { isLenient }: ChooseOptions,
): readonly ContainerFacts[] {
  if (wanted === "all") return pod.containers;
  if (wanted === undefined || wanted === "default") {
    const chosen = defaultContainer(pod);
    return chosen === undefined ? [] : [chosen];
  }
  return wanted.flatMap((name) => {
    const found = pod.containers.find((container) => container.name === name);
    if (found !== undefined) return [found];
    if (isLenient) return [];
    throw unknownContainer(pod, name);
  });
}

/**
 * Of a selection some pods may lack a container that others have. Throws OrkaError `not-found` for one that is in none of
 * them; where there is no pod, none is missed.
 */
export function checkContainers(pods: readonly PodFacts[], wanted: LogSpec["containers"]): void {
  const [first] = pods;
  if (first === undefined || typeof wanted !== "object") return;
  const missing = wanted.find((name) =>
    !pods.some((pod) => pod.containers.some((each) => each.name === name))
  );
  if (missing !== undefined) throw unknownContainer(first, missing);
}

/** The annotated one, else the first that is no init container. */
function defaultContainer(pod: PodFacts): ContainerFacts | undefined {
  const annotated = pod.containers.find(({ name }) => name === pod.defaultContainer);
  return annotated ?? pod.containers.find(({ role }) => role === "container");
}

function unknownContainer(pod: PodFacts, name: string): OrkaError {
  const names = pod.containers.map((container) => container.name);
  const near = nearMiss(name, names);
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  return new OrkaError("not-found", `container ${name} is not valid for pod ${pod.name}`, {
    hint: `${meant}It has: ${pod.containers.map(shown).join(", ")}.`,
  });
}

const ROLES = { container: "", init: " (init)", ephemeral: " (ephem)" } as const;

/** As kubectl lists containers. */
export function shown({ name, role }: ContainerFacts): string {
  return `${name}${ROLES[role]}`;
}
