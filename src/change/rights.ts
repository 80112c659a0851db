/**
 * What the user may do, asked of the server before it is offered: one rules review for a namespace, and an access review
 * where its rules are not the whole truth. A hint for people: the server decides again when it is done.
 */
import { type Clock, isCancelled } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { groupResource, type Resource } from "../kube/mod.ts";

/** One thing that may be allowed: `delete pods`, `create pods/exec`. */
export interface Right {
  readonly verb: string;
  readonly resource: Pick<Resource, "group" | "plural" | "namespaced">;
  readonly subresource?: string | undefined;
  /** Empty for cluster-scoped kinds, and for all namespaces. */
  readonly namespace: string;
  /** Some rights are of named objects only. */
  readonly name?: string | undefined;
}

/** `delete pods`, `update deployments.apps/scale`: what is missing, as RBAC spells it. */
export function rightText({ verb, resource, subresource }: Right): string {
  return `${verb} ${groupResource(resource)}${subresource ? `/${subresource}` : ""}`;
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** As long as an answer counts: roles change seldom, and a refusal tells at once. */
const FRESH_MS = 60_000;

interface Kept<T> {
  readonly answer: Promise<T>;
  readonly atMs: number;
}

export interface RightsOptions {
  readonly clock: Clock;
}

/**
 * 1. Questions that are asked at the same time share one request.
 * 2. What can't be found out (no answer, an old server) counts as allowed: the server will say.
 */
export class Rights {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #rules = new Map<string, Kept<readonly Rule[] | null>>();
  readonly #access = new Map<string, Kept<boolean>>();
  /** Settled answers, for those who can't wait. */
  readonly #known = new Map<string, boolean>();

  constructor(client: Client, { clock }: RightsOptions) {
    this.#client = client;
    this.#clock = clock;
  }

  async may(right: Right): Promise<boolean> {
    const rules = right.namespace === "" ? null : await this.#rulesOf(right.namespace);
    const isAllowed = rules === null ? await this.#ask(right) : rules.some((rule) => allows(rule, right));
    this.#known.set(keyOf(right), isAllowed);
    return isAllowed;
  }

  /** The last answer; undefined when none has come yet. */
  known(right: Right): boolean | undefined {
    return this.#known.get(keyOf(right));
  }

  /** Forgets everything: a role was changed, or the server refused what was thought to be allowed. */
  forget(): void {
    this.#rules.clear();
    this.#access.clear();
    this.#known.clear();
  }

  /** null: they are not the whole truth. */
  #rulesOf(namespace: string): Promise<readonly Rule[] | null> {
    return this.#fresh(this.#rules, namespace, () => this.#review(namespace));
  }

  async #review(namespace: string): Promise<readonly Rule[] | null> {
    const status = await this.#post("selfsubjectrulesreviews", "SelfSubjectRulesReview", { namespace });
    if (status === null || status.incomplete === true || !Array.isArray(status.resourceRules)) return null;
    return status.resourceRules.map(readRule);
  }

  #ask(right: Right): Promise<boolean> {
    return this.#fresh(this.#access, keyOf(right), async () => {
      const { verb, resource: { group, plural: resource }, subresource, namespace, name } = right;
      const resourceAttributes = { verb, group, resource, subresource, namespace, name };
      const status = await this.#post("selfsubjectaccessreviews", "SelfSubjectAccessReview", {
        resourceAttributes,
      });
      return status?.allowed !== false;
    });
  }

  /** null: no answer is to be had. */
  async #post(plural: string, kind: string, spec: object): Promise<Readonly<Record<string, unknown>> | null> {
    const body = JSON.stringify({ apiVersion: "authorization.k8s.io/v1", kind, spec });
    const headers = { "content-type": "application/json" };
    try {
      const path = `/apis/authorization.k8s.io/v1/${plural}`;
      const answer = await this.#client.json(path, { method: "POST", body, headers }) as
        | { status?: object }
        | null;
      return (answer?.status ?? null) as Record<string, unknown> | null;
    } catch (error) {
      if (isCancelled(error)) throw error;
      return null;
    }
  }

  #fresh<T>(kept: Map<string, Kept<T>>, key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    const before = kept.get(key);
    if (before !== undefined && now - before.atMs < FRESH_MS) return before.answer;
    const answer = ask();
    kept.set(key, { answer, atMs: now });
    answer.catch(() => kept.delete(key));
    return answer;
  }
}

function readRule(rule: unknown): Rule {
  const fields = (rule ?? {}) as Record<string, unknown>;
  const list = (name: string) => Array.isArray(fields[name]) ? fields[name].map(String) : [];
  return {
    verbs: list("verbs"),
    apiGroups: list("apiGroups"),
    resources: list("resources"),
    resourceNames: list("resourceNames"),
  };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
function allows(rule: Rule, { verb, resource: { group, plural }, subresource, name }: Right): boolean {
  const has = (list: readonly string[], word: string) => list.includes("*") || list.includes(word);
  const whole = subresource ? `${plural}/${subresource}` : plural;
  const isNamed = has(rule.resources, whole) ||
    (subresource !== undefined && rule.resources.includes(`*/${subresource}`));
  const isForName = rule.resourceNames.length === 0 ||
    (name !== undefined && rule.resourceNames.includes(name));
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && isNamed && isForName;
}

function keyOf({ verb, resource, subresource = "", namespace, name = "" }: Right): string {
  return JSON.stringify([verb, groupResource(resource), subresource, namespace, name]);
}
