/**
 * Whether a user may do something. The seam for role-based access control: the server asks one Authorizer before
 * it answers, and access reviews ask the same one.
 */
import { AUTHENTICATED, UNAUTHENTICATED, type User } from "./user.ts";

/** What is asked for: an object or collection, or a path that is neither. */
export type Attributes =
  | {
    readonly type: "resource";
    readonly verb: string;
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
  }
  | { readonly type: "path"; readonly verb: string; readonly path: string };

export interface Decision {
  readonly allowed: boolean;
  readonly reason?: string;
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface PathRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface Rules {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly PathRule[];
  /** True where there may be more than these. */
  readonly incomplete: boolean;
}

export interface Authorizer {
  authorize(user: User, attributes: Attributes): Decision | Promise<Decision>;
  /** What a user may do in a namespace, for SelfSubjectRulesReview. */
  rules(user: User, namespace: string): Rules | Promise<Rules>;
}

/** What anybody may ask, as with the real server's default roles. */
const OPEN_PATHS = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const OPEN_RULE: PathRule = { verbs: ["get"], nonResourceURLs: OPEN_PATHS };

const ALLOWED: Decision = { allowed: true };
const REASON = "every authenticated user may do everything";

/** Whoever is authenticated may do everything; anybody may ask for health and version. */
export const allowAuthenticated: Authorizer = {
  authorize(user, attributes) {
    if (isAuthenticated(user)) {
      return user.groups.includes("system:masters") ? ALLOWED : { allowed: true, reason: REASON };
    }
    const open = attributes.type === "path" && attributes.verb === "get" &&
      OPEN_PATHS.includes(attributes.path);
    return { allowed: open };
  },
  rules(user) {
    if (!isAuthenticated(user)) {
      return { resourceRules: [], nonResourceRules: [OPEN_RULE], incomplete: false };
    }
    return {
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    };
  },
};

/** A subject named in a review counts as one who has proven it, unless it is said not to. */
function isAuthenticated({ name, groups }: User): boolean {
  if (groups.includes("system:masters") || groups.includes(AUTHENTICATED)) return true;
  return name !== "system:anonymous" && !groups.includes(UNAUTHENTICATED);
}
