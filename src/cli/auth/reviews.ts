/** The server's own answers to what the user may do and who they are; questions by POST that keep nothing. */
import type { ChangeSession } from "../change/change_context.ts";

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly evaluationError: string;
}

export interface RulesAnswer {
  readonly rules: readonly PolicyRule[];
  readonly incomplete: boolean;
  readonly evaluationError: string;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */
export async function reviewAccess(session: Asking, spec: object): Promise<AccessAnswer> {
  const status = await review(session, { kind: "SelfSubjectAccessReview", group: "authorization", spec });
  return {
    allowed: status.allowed === true,
    reason: String(status.reason ?? ""),
    evaluationError: String(status.evaluationError ?? ""),
  };
}

export async function reviewRules(session: Asking, namespace: string): Promise<RulesAnswer> {
  const spec = { namespace };
  const status = await review(session, { kind: "SelfSubjectRulesReview", group: "authorization", spec });
  return {
    rules: [...rulesOf(status.resourceRules), ...rulesOf(status.nonResourceRules)],
    incomplete: status.incomplete === true,
    evaluationError: String(status.evaluationError ?? ""),
  };
}

/** The whole review, as `-o` prints it. */
export async function reviewSelf(session: Asking): Promise<Readonly<Record<string, unknown>>> {
  return await post(session, { kind: "SelfSubjectReview", group: "authentication" });
}

type Asking = Pick<ChangeSession, "io" | "cluster">;

interface Review {
  readonly kind: string;
  readonly group: string;
  readonly spec?: object;
}

async function review(session: Asking, asked: Review): Promise<Readonly<Record<string, unknown>>> {
  return ((await post(session, asked)).status ?? {}) as Record<string, unknown>;
}

async function post(
  { io, cluster: { client } }: Asking,
  { kind, group, spec }: Review,
): Promise<Readonly<Record<string, unknown>>> {
  const apiVersion = `${group}.k8s.io/v1`;
  return await client.json(`/apis/${apiVersion}/${kind.toLowerCase()}s`, {
    method: "POST",
    body: JSON.stringify({ apiVersion, kind, spec }),
    headers: { "content-type": "application/json" },
    signal: io.signal,
  }) as Record<string, unknown>;
}

function rulesOf(list: unknown): PolicyRule[] {
  if (!Array.isArray(list)) return [];
  return list.map((rule: Readonly<Record<string, unknown>> | null) => {
    const words = (name: string) => {
      const found = rule?.[name];
      return Array.isArray(found) ? found.map(String) : [];
    };
    return {
      verbs: words("verbs"),
      apiGroups: words("apiGroups"),
      resources: words("resources"),
      resourceNames: words("resourceNames"),
      nonResourceURLs: words("nonResourceURLs"),
    };
  });
}
