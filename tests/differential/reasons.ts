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

const bodyText = ({ body }: Difference["step"]) =>
  typeof body === "string" ? body : JSON.stringify(body ?? null);

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
    where: "service addresses",
    why: "an address is taken before the object is validated, so that of two mistakes the other is told",
    parts: true,
    holds: ({ step, path: at, real }) =>
      /\/services(\/|\?|$)/.test(step.path) &&
      (at === "status" ? real === 422 : /^body\.(message|details)/.test(at)),
  },
  {
    where: "an empty list where there was none",
    why: "Go's comparison tells them apart: generation, resourceVersion and owners count it as a change",
    parts: true,
    holds: ({ step, path: at }) =>
      bodyText(step).includes("[]") && /generation|resourceVersion|managedFields|^status$/.test(at),
  },
  {
    where: "metadata that only the server sets, sent by a client",
    why:
      "the real server carries deletionTimestamp and generation of a body further than ours before it drops them",
    parts: true,
    holds: ({ step }) => bodyText(step).includes('"deletionTimestamp"'),
  },
  {
    where: "which refusal comes first",
    why:
      "a request with several faults: a selector, a version, a media type, an admission plugin or a subresource",
    parts: true,
    holds: ({ path: at, real, ours }) =>
      at === "status" && !isSuccess(real) && !isSuccess(ours) && real !== 500 && ours !== 500,
  },
  {
    where: "a custom object without its kind",
    why: "two decoders of the real server word it in two ways",
    parts: false,
    holds: ({ path: at, real }) => /message$/.test(at) && text(real).includes("Object 'Kind' is missing"),
  },
  {
    where: "strategic patch directives on maps of strings",
    why: "the real server refuses $retainKeys there, ours takes it as a no-op",
    parts: true,
    holds: ({ step }) => step.method === "PATCH" && bodyText(step).includes("$retainKeys"),
  },
  {
    where: "a JSON or merge patch that is null",
    why: "the real server's decoder makes an empty patch of it",
    parts: true,
    holds: ({ step }) => step.method === "PATCH" && step.body === "null",
  },
  {
    where: "the manager that a conflict names",
    why: "of several owners of a field the order differs",
    parts: false,
    holds: ({ path: at, real, ours }) =>
      /message$/.test(at) && text(real).includes("conflict with ") && text(ours).includes("conflict with "),
  },
  {
    where: "podIPs of a pod's written status",
    why: "the real server fills them from podIP and notes an owner",
    parts: false,
    holds: ({ path: at }) => /podIPs/.test(at),
  },
  {
    where: "a namespace in an apply to a cluster-scoped kind",
    why: "the real server drops it, ours refuses it",
    parts: true,
    holds: ({ step, real, ours, path: at }) =>
      step.type === APPLY && at === "status" && isSuccess(real) && ours === 422,
  },
  {
    where: "rows of an empty Table",
    why: "null or an empty list, as the real server's cache has it",
    parts: false,
    holds: ({ path: at, real, ours }) =>
      at === "body.rows" && real === null && Array.isArray(ours) && ours.length === 0,
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
