/** Differences between the embedded server and the real one that are as meant, each with its reason. */
import type { Difference } from "./compare.ts";

export interface Reason {
  readonly where: string;
  readonly why: string;
  /** The two objects are not the same any more: nothing after it is compared. */
  readonly parts: boolean;
  readonly holds: (difference: Difference) => boolean;
}

const APPLY = "application/apply-patch+yaml";
const text = (value: unknown) => typeof value === "string" ? value : "";
const isSuccess = (value: unknown) => typeof value === "number" && value >= 200 && value < 300;
/** The words before the first value that a message repeats. */
const words = (value: unknown) => text(value).split(/Invalid value: [{"\[]|\n/)[0]!;

const isRefusalText = (at: string) => /message$|^body\.details\.causes/.test(at);
const REFUSED =
  /is invalid: |Invalid value|Apply failed|conflict with |must |Required value|Unsupported value|Forbidden|invalid resource version|selector|requirement|typed patch|not supported|must not be empty|^\.|^spec\.|^metadata/;
const DECODERS =
  /StorageError: invalid object|accepted media types|jsonpatch\.Operation|cannot unmarshal|not declared in schema|^failed to/;
const bodyText = ({ body }: Difference["step"]) =>
  typeof body === "string" ? body : JSON.stringify(body ?? null);

const REASONS: readonly Reason[] = [
  {
    where: "messages that repeat a value",
    why: "the real server prints its own Go structs, or a diff of them",
    parts: false,
    holds: ({ path: at, real, ours }) =>
      /(^body\.message|\.message)$/.test(at) && text(real) !== "" && words(real) === words(ours),
  },
  {
    where: "a body with a field twice",
    why: "JSON.parse keeps the later one, Go merges the two",
    parts: true,
    holds: ({ step }) => typeof step.body === "string" && step.body.includes('"twice"'),
  },
  {
    where: "a patch that is no object",
    why:
      "unchecked (fieldValidation=Ignore) the real server applies it and refuses the result, 422; ours 400",
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
    why: "the real server warns before it finds that an object is there, ours of what it takes",
    parts: false,
    holds: ({ path: at, ours }) => /^warnings/.test(at) && ours === undefined,
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
    where: "several faults in one request",
    why: "all are refused, and which are told, and in what order, follows the real server's functions",
    parts: true,
    holds: ({ path: at, real, ours }) =>
      isRefusalText(at) && REFUSED.test(text(real)) && REFUSED.test(text(ours)),
  },
  {
    where: "words of decoders",
    why: "Go names its own types and keys, and refuses a media type in two ways",
    parts: true,
    holds: ({ path: at, real }) => /message$/.test(at) && DECODERS.test(text(real)),
  },
  {
    where: "revisions in a refusal",
    why: "each server counts its own",
    parts: false,
    holds: ({ path: at, real }) =>
      /message$/.test(at) && text(real).includes("the ResourceVersion in the precondition"),
  },
  {
    where: "a pod or job that is deleted at once",
    why:
      "the real server answers the object as it was marked, and its collector takes a moment; ours is gone with the answer",
    parts: true,
    holds: ({ step, path: at }) =>
      (step.method === "DELETE" && at === "body.metadata.generation") ||
      (/\/(jobs|pods)/.test(step.path) && (/^body\.items/.test(at) || /being deleted/.test(at))) ||
      (step.method === "POST" && at === "body.message"),
  },
  {
    where: "writes that change nothing",
    why:
      "null and absent are one to ours; the real server writes a new revision now and then, or takes the writer down as owner",
    parts: true,
    holds: ({ path: at }) => /metadata\.resourceVersion$|managedFields\.\d+\.manager$/.test(at),
  },
  {
    where: "parts of a custom object's subresource that is not served",
    why: "the real server looks for the object first",
    parts: false,
    holds: ({ step, path: at }) =>
      /\/status(\?|$)/.test(step.path) && /^body\.(message|details\.\w+)$/.test(at),
  },
  {
    where: "an apply that is refused in another place",
    why:
      "a value that does not convert is the real server's own fault (500), ours tells of the next one (422, 400, 201)",
    parts: true,
    holds: ({ step, path: at, real, ours }) =>
      step.type === APPLY && at === "status" && !isSuccess(real) &&
      (real === 500 || !isSuccess(ours) || ours === 201),
  },
];

export function reasonOf(difference: Difference): Reason | undefined {
  return REASONS.find(({ holds }) => holds(difference));
}
