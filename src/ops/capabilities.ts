/** Which operations a kind has, by the subresources that the server serves, and which of them the user may do. */
import type { Rights } from "../change/mod.ts";
import { type Right, rightText } from "../change/mod.ts";
import type { Resource } from "../kube/mod.ts";

export const OPERATIONS = [
  "scale",
  "log",
  "exec",
  "attach",
  "portforward",
  "eviction",
  "ephemeralcontainers",
] as const;
export type Operation = typeof OPERATIONS[number];

/** The verb that each asks for. https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb */
const VERBS: Readonly<Record<Operation, string>> = {
  scale: "patch",
  log: "get",
  exec: "create",
  attach: "create",
  portforward: "create",
  eviction: "create",
  ephemeralcontainers: "patch",
};

export interface Capability {
  readonly operation: Operation;
  /** The server has it for the kind. */
  readonly served: boolean;
  /** The user may do it in the namespace; false where it is not served. */
  readonly allowed: boolean;
  /** `create pods/exec`: what it takes. */
  readonly right: string;
}

/** Whether the kind has anything to operate with. */
export function isOperable({ subresources }: Resource): boolean {
  return OPERATIONS.some((operation) => subresources.includes(operation));
}

/** In the order of `OPERATIONS`. */
export async function capabilities(
  resource: Resource,
  { rights, namespace }: { readonly rights: Rights; readonly namespace: string },
): Promise<readonly Capability[]> {
  return await Promise.all(OPERATIONS.map(async (operation) => {
    const served = resource.subresources.includes(operation);
    const right: Right = {
      verb: VERBS[operation],
      resource,
      subresource: operation,
      namespace: resource.namespaced ? namespace : "",
    };
    return { operation, served, allowed: served && await rights.may(right), right: rightText(right) };
  }));
}
