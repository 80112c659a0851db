/**
 * What a container that debugs may do: kubectl's profiles.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/1441-kubectl-debug
 */
import { OrkaError } from "../../base/mod.ts";

export const PROFILES = ["general", "baseline", "restricted", "netadmin", "sysadmin", "legacy"] as const;
export type DebugProfile = (typeof PROFILES)[number];

/** Where the container comes in: into the pod as it runs, into a copy of it, or into a pod on a node. */
export type DebugStyle = "ephemeral" | "copy" | "node";

/** Throws OrkaError `usage`. */
export function parseProfile(name: string | undefined): DebugProfile {
  const found = PROFILES.find((profile) => profile === (name || "general"));
  if (found !== undefined) return found;
  throw new OrkaError("usage", `unknown profile: ${name}`, { hint: `It is one of ${PROFILES.join(", ")}.` });
}

/** The container's security context; undefined: none. */
export function securityContextOf(
  profile: DebugProfile,
  style: DebugStyle,
): Readonly<Record<string, unknown>> | undefined {
  switch (profile) {
    case "general":
      return style === "node" ? undefined : { capabilities: { add: ["SYS_PTRACE"] } };
    case "restricted":
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      };
    case "netadmin":
      return { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } };
    case "sysadmin":
      return { privileged: true };
    case "baseline":
    case "legacy":
      return undefined;
  }
}

/** What a pod on a node gets of the node. */
export function nodeAccess(
  profile: DebugProfile,
): { readonly namespaces: boolean; readonly rootFiles: boolean } {
  const isBare = profile === "baseline" || profile === "restricted";
  return { namespaces: !isBare, rootFiles: !isBare && profile !== "netadmin" };
}
