/**
 * POST `/token` of a service account: a token in its name.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
import { type BoundReference, ISSUER, type TokenSubject } from "../auth/mod.ts";
import { isObject, type JsonObject, mapOf, metaOf, textOf, textsOf, timestamp } from "../registry/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { answer } from "./answer.ts";
import { badRequest, conflict, invalid } from "./api_error.ts";
import { mediaType, readBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { checkNamespaceMatch } from "./decoding.ts";
import { nameOf } from "./rest.ts";

const GROUP = "authentication.k8s.io";
const KIND = "TokenRequest";
const API_VERSION = `${GROUP}/v1`;
const [MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS] = [600, 2 ** 32, 3600];

/** Throws 400, 404, 409, 422. */
export async function answerTokenRequest(exchange: Exchange): Promise<Response> {
  const { server, request, info, form, store } = exchange;
  writeParameters(exchange.query, "CreateOptions");
  const body = await readRequest(exchange);
  const meta = metaOf(body);
  const { name, namespace } = info;
  checkName(textOf(meta, "name"), name);
  const account = metaOf(store.served(await store.get(nameOf(exchange))));
  const uid = textOf(account, "uid");
  checkUid(textOf(meta, "uid"), { name, uid });
  const spec = mapOf(body, "spec") ?? {};
  const seconds = expiration(spec);
  const audiences = textsOf(spec, "audiences");
  const bound = await boundObject(exchange, mapOf(spec, "boundObjectRef"));
  const nowMs = server.clock.now();
  const meant = audiences.length > 0 ? audiences : [ISSUER];
  const token = await server.accountTokens.issue({ namespace, account: { name, uid }, ...bound }, {
    audiences: meant,
    expirationSeconds: seconds,
    nowMs,
  });
  const issued = {
    kind: KIND,
    apiVersion: API_VERSION,
    metadata: { name, namespace, uid, creationTimestamp: timestamp(nowMs) },
    spec: { audiences: meant, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: timestamp(nowMs + seconds * 1000) },
  };
  return answer(request, issued, { status: 201, form });
}

async function readRequest(exchange: Exchange): Promise<JsonObject> {
  const { request, server } = exchange;
  const expected = { apiVersion: API_VERSION, kind: KIND };
  const { object } = await server.bodies.parse(await readBody(request), mediaType(request), expected);
  const kind = textOf(object, "kind") || KIND;
  const apiVersion = textOf(object, "apiVersion") || API_VERSION;
  if (kind !== KIND || apiVersion !== API_VERSION) {
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const audiences = mapOf(object, "spec")?.audiences ?? null;
  if (audiences !== null && !Array.isArray(audiences)) {
    const type = isObject(audiences) ? "object" : typeof audiences;
    throw badRequest(
      `${KIND} in version "v1" cannot be handled as a ${KIND}: json: cannot unmarshal ${type} into Go struct ` +
        "field TokenRequestSpec.spec.audiences of type []string",
    );
  }
  checkNamespaceMatch(exchange, object);
  return object;
}

function refuse(name: string, error: FieldError): never {
  throw invalid({ group: GROUP, kind: KIND }, name, [error]);
}

function checkName(given: string, name: string): void {
  if (given === "" || given === name) return;
  const detail = "must match the service account name if specified";
  refuse(name, { type: "invalid", field: "metadata.name", value: given, detail });
}

function checkUid(given: string, { name, uid }: { name: string; uid: string }): void {
  if (given === "" || given === uid) return;
  const because =
    `the UID in the token request (${given}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: GROUP, plural: KIND }, name, because);
}

function expiration({ expirationSeconds: given }: JsonObject): number {
  if (given === undefined || given === null) return DEFAULT_SECONDS;
  const seconds = Number(given);
  const wrong = (detail: string) =>
    refuse("", { type: "invalid", field: "spec.expirationSeconds", value: seconds, detail });
  if (!(seconds >= MIN_SECONDS)) wrong("may not specify a duration less than 10 minutes");
  if (seconds > MAX_SECONDS) wrong("may not specify a duration larger than 2^32 seconds");
  return seconds;
}

/** What the token is bound to; a pod brings its node along. Throws 400, 404, 409. */
async function boundObject(
  exchange: Exchange,
  reference: JsonObject | undefined,
): Promise<Pick<TokenSubject, "pod" | "secret" | "node">> {
  if (!reference) return {};
  const { registry } = exchange.server;
  const { namespace } = exchange.info;
  const [kind, apiVersion, name] = [
    textOf(reference, "kind"),
    textOf(reference, "apiVersion"),
    textOf(reference, "name"),
  ];
  const plural = apiVersion === "v1" ? BOUND[kind] : undefined;
  if (plural === undefined) {
    const at = apiVersion === "v1" || apiVersion === "" ? `/${apiVersion}` : apiVersion;
    throw badRequest(`cannot bind token to object of type ${at}, Kind=${kind}`);
  }
  const store = registry.builtin("", "v1", plural);
  const object = store.served(await store.get({ namespace: plural === "nodes" ? "" : namespace, name }));
  const uid = textOf(metaOf(object), "uid");
  const spec = mapOf(object, "spec");
  if (plural === "pods" && textOf(spec, "serviceAccountName") !== exchange.info.name) {
    throw badRequest(
      `cannot bind token for serviceaccount ${
        JSON.stringify(exchange.info.name)
      } to pod running with different ` +
        "serviceaccount name.",
    );
  }
  const wanted = textOf(reference, "uid");
  if (wanted !== "" && wanted !== uid) {
    const because = `the UID in the bound object reference (${wanted}) does not match the UID in record. ` +
      "The object might have been deleted and then recreated";
    throw conflict({ group: "", plural: kind }, name, because);
  }
  if (plural === "nodes") return { node: { name, uid } };
  if (plural === "secrets") return { secret: { name, uid } };
  return { pod: { name, uid }, node: await nodeOf(exchange, textOf(spec, "nodeName")) };
}

const BOUND: Readonly<Record<string, "pods" | "secrets" | "nodes">> = {
  Pod: "pods",
  Secret: "secrets",
  Node: "nodes",
};

async function nodeOf({ server }: Exchange, name: string): Promise<BoundReference | undefined> {
  if (name === "") return undefined;
  const found = await server.registry.storage.find({ resource: "nodes", namespace: "", name });
  return found ? { name, uid: found.uid } : { name };
}
