/** Access, rules, token and subject reviews: questions that are answered by the server's own authorizer and authenticator. */
import { type Attributes, type User, userInfo } from "../auth/mod.ts";
import { type JsonObject, mapOf, metaOf, textOf, textsOf, timestamp } from "../registry/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { answer } from "./answer.ts";
import { badRequest, invalid, methodNotAllowed } from "./api_error.ts";
import type { Exchange } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { checkNamespaceMatch, readObject } from "./decoding.ts";

type Reply = (exchange: Exchange, spec: JsonObject) => JsonObject | Promise<JsonObject>;

const REPLIES: Readonly<Record<string, Reply>> = {
  selfsubjectaccessreviews: (exchange, spec) => access(exchange, spec, exchange.user),
  subjectaccessreviews: (exchange, spec) => access(exchange, spec, namedUser(spec)),
  localsubjectaccessreviews: (exchange, spec) => access(exchange, spec, namedUser(spec)),
  selfsubjectrulesreviews: rules,
  selfsubjectreviews: ({ user }) => ({ userInfo: userInfo(user) }),
  tokenreviews: token,
};

/** True for kinds that are questions: they are answered, never stored. */
export function isReview(plural: string): boolean {
  return Object.hasOwn(REPLIES, plural);
}

/** POST of a review. Throws 400, 405, 422. */
export async function answerReview(exchange: Exchange): Promise<Response> {
  const { info, request, resource, apiVersion, form, server } = exchange;
  if (info.verb !== "create" || info.name !== "" || resource.served.namespaced && info.namespace === "") {
    throw methodNotAllowed();
  }
  const { kind, plural } = resource.served;
  const parameters = writeParameters(exchange.query, "CreateOptions");
  const object = await readObject(exchange, parameters);
  checkNamespaceMatch(exchange, object);
  const spec = mapOf(object, "spec") ?? {};
  const status = await REPLIES[plural]!(exchange, spec);
  const metadata = { ...metaOf(object) };
  if (plural === "localsubjectaccessreviews") metadata.namespace = info.namespace;
  const body: JsonObject = plural === "selfsubjectreviews"
    ? { kind, apiVersion, metadata: { creationTimestamp: timestamp(server.clock.now()) }, status }
    : { kind, apiVersion, metadata, spec, status };
  return answer(request, body, { status: 201, form });
}

function namedUser(spec: JsonObject): User {
  const extra: Record<string, string[]> = {};
  for (const key of Object.keys(mapOf(spec, "extra") ?? {})) extra[key] = textsOf(mapOf(spec, "extra"), key);
  return { name: textOf(spec, "user"), uid: textOf(spec, "uid"), groups: textsOf(spec, "groups"), extra };
}

async function access(exchange: Exchange, spec: JsonObject, user: User): Promise<JsonObject> {
  const { plural } = exchange.resource.served;
  const errors = accessErrors(spec, plural);
  if (errors.length > 0) throw invalid({ group: "authorization.k8s.io", kind: "" }, "", errors);
  const { allowed, reason } = await exchange.server.authorizer.authorize(user, attributesOf(spec));
  return { allowed, ...(reason === undefined ? {} : { reason }) };
}

function accessErrors(spec: JsonObject, plural: string): FieldError[] {
  const errors: FieldError[] = [];
  const resource = mapOf(spec, "resourceAttributes");
  const path = mapOf(spec, "nonResourceAttributes");
  const shown = { Path: textOf(path, "path"), Verb: textOf(path, "verb") };
  const refusePath = (detail: string) =>
    errors.push({ type: "invalid", field: "spec.nonResourceAttributes", value: shown, detail });
  if (resource && path) refusePath("cannot be specified in combination with resourceAttributes");
  if (!resource && !path) {
    const detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    errors.push({ type: "invalid", field: "spec.resourceAttributes", value: null, detail });
  }
  const isNamed = textOf(spec, "user") !== "" || textsOf(spec, "groups").length > 0;
  if (plural !== "selfsubjectaccessreviews" && !isNamed) {
    const detail = "at least one of user or group must be specified";
    errors.push({ type: "invalid", field: "spec.user", value: "", detail });
  }
  if (plural === "localsubjectaccessreviews" && path) refusePath("disallowed on this kind of request");
  return errors;
}

function attributesOf(spec: JsonObject): Attributes {
  const resource = mapOf(spec, "resourceAttributes");
  if (!resource) {
    const path = mapOf(spec, "nonResourceAttributes");
    return { type: "path", verb: textOf(path, "verb"), path: textOf(path, "path") };
  }
  const text = (field: string) => textOf(resource, field);
  return {
    type: "resource",
    verb: text("verb"),
    group: text("group"),
    version: text("version"),
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name"),
  };
}

async function rules({ server, user }: Exchange, spec: JsonObject): Promise<JsonObject> {
  const namespace = textOf(spec, "namespace");
  if (namespace === "") throw badRequest("no namespace on request");
  return await server.authorizer.rules(user, namespace) as unknown as JsonObject;
}

async function token({ server }: Exchange, spec: JsonObject): Promise<JsonObject> {
  const text = textOf(spec, "token");
  if (text === "") throw badRequest("token is required for TokenReview in authentication");
  const verdict = await server.authenticator.verify(text, textsOf(spec, "audiences"));
  if ("error" in verdict) return { user: {}, error: verdict.error };
  return { authenticated: true, user: userInfo(verdict.user), audiences: [...verdict.audiences] };
}
