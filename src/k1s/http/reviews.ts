/**
 * Access and subject reviews. There is no authorizer: whoever reaches the server may do everything, and the reviews
 * say so.
 */
import { type JsonObject, mapOf, textOf } from "../registry/mod.ts";
import { answer } from "./answer.ts";
import { methodNotAllowed } from "./api_error.ts";
import { mediaType, readBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";

const ALL_RULES = {
  resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
  incomplete: false,
};

type Reply = (exchange: Exchange, spec: JsonObject) => JsonObject;

const allowed: Reply = () => ({ allowed: true });

const REPLIES: Readonly<Record<string, Reply>> = {
  selfsubjectaccessreviews: allowed,
  subjectaccessreviews: allowed,
  localsubjectaccessreviews: allowed,
  selfsubjectrulesreviews: () => ALL_RULES as unknown as JsonObject,
  selfsubjectreviews: ({ user }) => ({ userInfo: { username: user.name, groups: [...user.groups] } }),
  tokenreviews: (_exchange, spec) =>
    textOf(spec, "token") === ""
      ? { user: {} }
      : { user: {}, error: "invalid bearer token, token lookup failed" },
};

/** True for kinds that are questions: they are answered, never stored. */
export function isReview(plural: string): boolean {
  return Object.hasOwn(REPLIES, plural);
}

/** POST of a review. Throws 400, 405. */
export async function answerReview(exchange: Exchange): Promise<Response> {
  const { info, request, resource, server, apiVersion, form } = exchange;
  if (info.verb !== "create" || info.name !== "") throw methodNotAllowed();
  const { kind, plural } = resource.served;
  const { object } = await server.bodies.parse(await readBody(request), mediaType(request), {
    apiVersion,
    kind,
  });
  const spec = mapOf(object, "spec") ?? {};
  const review = { kind, apiVersion, metadata: mapOf(object, "metadata") ?? {} };
  const status = REPLIES[plural]!(exchange, spec);
  const body = plural === "selfsubjectreviews" ? { ...review, status } : { ...review, spec, status };
  return answer(request, body, { status: 201, form });
}
