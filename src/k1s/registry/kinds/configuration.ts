/** ConfigMap, Secret, Namespace, Lease: what programs read and hold. */
import { equal } from "../../patch/mod.ts";
import { qualifiedName } from "../metadata_validation.ts";
import { type JsonObject, mapOf, metaOf, textOf, textsOf } from "../object.ts";
import { parseProblem } from "./go_json_error.ts";
import type { Problems } from "./problems.ts";
import { configKey, IMMUTABLE, NEGATIVE } from "./rules.ts";

/** All values of a ConfigMap or Secret together. */
const MAX_BYTES = 1024 * 1024;
const FROZEN = "field is immutable when `immutable` is set";

/** Bytes of a text in UTF-8; a text that is short enough is not counted. */
function byteLength(text: string): number {
  return text.length * 3 <= 1024 ? text.length : new TextEncoder().encode(text).length;
}

/** Bytes that base64 text stands for. */
function decodedLength(text: string): number {
  return Math.floor(text.length * 3 / 4) - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
}

export function validateConfigMap(problems: Problems, object: JsonObject): void {
  const [data, binary] = [mapOf(object, "data") ?? {}, mapOf(object, "binaryData") ?? {}];
  let size = 0;
  for (const key of Object.keys(data).sort()) {
    problems.invalidEach(`data[${key}]`, key, configKey(key));
    if (Object.hasOwn(binary, key)) {
      problems.invalid(`data[${key}]`, key, "duplicate of key present in binaryData");
    }
    size += byteLength(String(data[key]));
  }
  for (const key of Object.keys(binary).sort()) {
    problems.invalidEach(`binaryData[${key}]`, key, configKey(key));
    size += decodedLength(String(binary[key]));
  }
  if (size > MAX_BYTES) problems.tooLong("[]", MAX_BYTES);
}

function checkFrozen(
  problems: Problems,
  fields: readonly string[],
  [object, old]: [JsonObject, JsonObject],
): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true) problems.forbidden("immutable", FROZEN);
  for (const field of fields) {
    if (!equal(object[field] ?? null, old[field] ?? null)) problems.forbidden(field, FROZEN);
  }
}

export function validateConfigMapUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  checkFrozen(problems, ["data", "binaryData"], [object, old]);
}

/** A file of registry credentials: JSON of an object. */
function checkDockerFile(problems: Problems, data: JsonObject, key: string): void {
  const value = data[key];
  if (value === undefined) return problems.required(`data[${key}]`);
  const text = new TextDecoder("latin1").decode(Uint8Array.fromBase64(String(value)));
  const problem = parseProblem(text);
  if (problem !== null) problems.invalid(`data[${key}]`, "<secret contents redacted>", problem);
}

function checkNeeded(problems: Problems, data: JsonObject, keys: readonly string[]): void {
  for (const key of keys) if (data[key] === undefined) problems.required(`data[${key}]`);
}

type CheckType = (problems: Problems, data: JsonObject, secret: JsonObject) => void;

const SECRET_TYPES: Readonly<Record<string, CheckType>> = {
  "kubernetes.io/service-account-token": (problems, _data, secret) => {
    const name = "kubernetes.io/service-account.name";
    if (textOf(mapOf(metaOf(secret), "annotations"), name) === "") {
      problems.required(`metadata.annotations[${name}]`);
    }
  },
  "kubernetes.io/dockercfg": (problems, data) => checkDockerFile(problems, data, ".dockercfg"),
  "kubernetes.io/dockerconfigjson": (problems, data) => checkDockerFile(problems, data, ".dockerconfigjson"),
  "kubernetes.io/basic-auth": (problems, data) => {
    if (data.username === undefined && data.password === undefined) {
      checkNeeded(problems, data, ["username", "password"]);
    }
  },
  "kubernetes.io/ssh-auth": (problems, data) => {
    if (textOf(data, "ssh-privatekey") === "") problems.required("data[ssh-privatekey]");
  },
  "kubernetes.io/tls": (problems, data) => checkNeeded(problems, data, ["tls.crt", "tls.key"]),
};

export function validateSecret(problems: Problems, secret: JsonObject): void {
  const data = mapOf(secret, "data") ?? {};
  let size = 0;
  for (const key of Object.keys(data).sort()) {
    problems.invalidEach(`data[${key}]`, key, configKey(key));
    size += decodedLength(String(data[key]));
  }
  if (size > MAX_BYTES) problems.tooLong("data", MAX_BYTES);
  SECRET_TYPES[textOf(secret, "type")]?.(problems, data, secret);
}

export function validateSecretUpdate(problems: Problems, secret: JsonObject, old: JsonObject): void {
  if (secret.type !== old.type) problems.invalid("type", secret.type ?? "", IMMUTABLE);
  checkFrozen(problems, ["data"], [secret, old]);
}

export function validateNamespace(problems: Problems, namespace: JsonObject): void {
  for (const finalizer of textsOf(mapOf(namespace, "spec"), "finalizers")) {
    problems.invalidEach("spec.finalizers", finalizer, qualifiedName(finalizer));
    if (!finalizer.includes("/") && finalizer !== "kubernetes") {
      const detail = "name is neither a standard finalizer name nor is it fully qualified";
      problems.invalid("spec.finalizers", finalizer, detail);
    }
  }
}

export function validateLease(problems: Problems, lease: JsonObject): void {
  const spec = mapOf(lease, "spec");
  const [seconds, transitions] = [spec?.leaseDurationSeconds, spec?.leaseTransitions];
  if (typeof seconds === "number" && seconds <= 0) {
    problems.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  }
  if (typeof transitions === "number" && transitions < 0) {
    problems.invalid("spec.leaseTransitions", transitions, NEGATIVE);
  }
}
