/** Differences between the embedded server and the real one that are as meant, each with its reason. */
import type { Difference } from "./compare.ts";

export interface Reason {
  readonly where: string;
  readonly why: string;
  /** The two objects are not the same any more: nothing after it is compared. */
  readonly parts: boolean;
  readonly holds: (difference: Difference) => boolean;
}

/** Kinds that take what their schema takes. */
const SCHEMA_ONLY =
  /\/(ingresses|roles|rolebindings|clusterroles|networkpolicies|endpointslices|priorityclasses|horizontalpodautoscalers|controllerrevisions|leases|podtemplates)\b/;
const APPLY = "application/apply-patch+yaml";
const text = (value: unknown) => typeof value === "string" ? value : "";
const path = ({ step }: Difference) => step.path.replace(/\?.*/, "");
const isSuccess = (value: unknown) => typeof value === "number" && value >= 200 && value < 300;
/** The words before the first value that a message repeats. */
const words = (value: unknown) => text(value).split(/Invalid value: [{"\[]|\n/)[0]!;

export const REASONS: readonly Reason[] = [
  {
    where: "kinds without native validation (Ingress, RBAC, NetworkPolicy, autoscalers and more)",
    why: "they take what their schema takes; rules across fields are the real server's alone",
    parts: true,
    holds: (found) =>
      found.path === "status" && found.real === 422 && isSuccess(found.ours) && SCHEMA_ONLY.test(path(found)),
  },
  {
    where: "messages that repeat a value",
    why: "the real server prints its own Go structs, or a diff of them",
    parts: false,
    holds: ({ path: at, real, ours }) =>
      /(^body\.message|\.message)$/.test(at) && text(real) !== "" && words(real) === words(ours),
  },
  {
    where: "several mistakes in one object",
    why: "their order and number follow the real server's validation functions, ours the schema's",
    parts: false,
    holds: ({ path: at, real, ours, step }) =>
      SCHEMA_ONLY.test(step.path) && (/^body\.details\.causes/.test(at) ||
        at === "body.message" && / is invalid: /.test(text(real)) && / is invalid: /.test(text(ours))),
  },
  {
    where: "a body with a field twice",
    why: "JSON.parse keeps the later one, Go merges the two",
    parts: true,
    holds: ({ step }) => typeof step.body === "string" && step.body.includes('"twice"'),
  },
  {
    where: "a patch whose result is not of the kind's type",
    why: "the real server repeats the patch or the whole object in a 422, ours says what was wrong in a 400",
    parts: true,
    holds: ({ step, real, ours, path: at }) =>
      step.method === "PATCH" && step.type !== APPLY && at === "status" && real === 422 && ours === 400,
  },
  {
    where: "managedFields of a list that is given empty",
    why: "the real server's create sees it before its storage makes it null",
    parts: false,
    holds: ({ path: at }) => /fieldsV1.*\.f:(endpoints|ports|rules|subjects)$/.test(at),
  },
  {
    where: "warnings of a refused write",
    why: "ours tells what is unknown with a write that it takes",
    parts: false,
    holds: ({ path: at, ours }) => /^warnings/.test(at) && ours === undefined,
  },
  {
    where: "apply through /scale",
    why: "replicas are set by update and by merge patch",
    parts: true,
    holds: ({ step, path: at }) => at === "status" && /\/scale\?/.test(step.path) && step.type === APPLY,
  },
];

export function reasonOf(difference: Difference): Reason | undefined {
  return REASONS.find(({ holds }) => holds(difference));
}
