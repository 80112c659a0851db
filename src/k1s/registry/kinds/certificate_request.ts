/** CertificateSigningRequest: what it asks of which signer, and what was decided of it. */
import { dnsLabel, subdomain } from "../metadata_validation.ts";
import { equal } from "../../patch/mod.ts";
import type { FieldError } from "../../validation/field_error.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { each, Problems } from "./problems.ts";

const USAGES = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];
const LEGACY = "kubernetes.io/legacy-unknown";
const LEAST_SECONDS = 600;
const MAX_DOMAIN = 253;
const MAX_PATH = 253 + 63 + 1;
const HAS_REQUEST =
  /-----BEGIN CERTIFICATE REQUEST-----\r?\n[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----/;

function checkSigner(problems: Problems, signer: string): void {
  const field = "spec.signerName";
  if (signer === "") return problems.required(field);
  const [domain = "", path = "", ...more] = signer.split("/");
  if (!signer.includes("/") || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return problems.invalid(field, signer, detail);
  }
  if (domain.length > MAX_DOMAIN) problems.tooLong(field, MAX_DOMAIN);
  checkLabels(problems, field, [domain, dnsLabel]);
  if (!domain.includes(".")) {
    problems.invalid(field, domain, "should be a domain with at least two segments separated by dots");
  }
  checkLabels(problems, field, [path, subdomain]);
  if (signer.length > MAX_DOMAIN + 1 + MAX_PATH) problems.tooLong(field, MAX_DOMAIN + 1 + MAX_PATH);
}

/** The first label that is none is told of. */
function checkLabels(
  problems: Problems,
  field: string,
  [text, rule]: readonly [string, (label: string, prefix: boolean) => string[]],
): void {
  const bad = text.split(".").find((label) => rule(label, false).length > 0);
  if (bad === undefined) return;
  const details = rule(bad, false).map((detail) => `validating label ${JSON.stringify(bad)}: ${detail}`);
  problems.invalidEach(field, text, details);
}

function checkUsages(problems: Problems, spec: JsonObject): void {
  const usages = textsOf(spec, "usages");
  if (usages.length === 0) problems.required("spec.usages");
  for (const [index, usage] of usages.entries()) {
    if (!USAGES.includes(usage)) problems.notSupported(`spec.usages[${index}]`, usage, USAGES);
  }
  for (const [index, usage] of usages.entries()) {
    if (usages.indexOf(usage) < index) problems.duplicate(`spec.usages[${index}]`, usage);
  }
}

export function validateCertificateRequest(problems: Problems, object: JsonObject): void {
  const spec = mapOf(object, "spec") ?? {};
  if (!HAS_REQUEST.test(decoded(textOf(spec, "request")))) {
    problems.invalid("spec.request", spec.request ?? null, "PEM block type must be CERTIFICATE REQUEST");
  }
  checkUsages(problems, spec);
  const signer = textOf(spec, "signerName");
  if (signer === LEGACY) {
    problems.invalid("spec.signerName", signer, "the legacy signerName is not allowed via this API version");
  } else checkSigner(problems, signer);
  const seconds = spec.expirationSeconds;
  if (typeof seconds === "number" && seconds < LEAST_SECONDS) {
    const detail = "may not specify a duration less than 600 seconds (10 minutes)";
    problems.invalid("spec.expirationSeconds", seconds, detail);
  }
  checkConditions(problems, object);
}

function decoded(text: string): string {
  return new TextDecoder("latin1").decode(Uint8Array.fromBase64(text));
}

/** What was decided: only ever true, and for good. */
const DECISIONS = ["Approved", "Denied", "Failed"];

function typesOf(object: JsonObject): string[] {
  return listOf(mapOf(object, "status"), "conditions").filter(isObject).map((one) => textOf(one, "type"));
}

function checkConditions(problems: Problems, object: JsonObject): void {
  const types = typesOf(object);
  for (const { item, at, index } of each(mapOf(object, "status"), "conditions", "status")) {
    const [type, value] = [textOf(item, "type"), textOf(item, "status")];
    if (type === "") problems.required(`${at}.type`);
    const values = DECISIONS.includes(type) ? ["True"] : ["False", "True", "Unknown"];
    problems.requiredOneOf(`${at}.status`, value, values);
    const other = { Approved: "Denied", Denied: "Approved" }[type];
    if (other !== undefined && types.slice(0, index).includes(other)) {
      problems.invalid("status.conditions", type, "Approved and Denied conditions are mutually exclusive");
    }
    if (types.indexOf(type) < index) problems.duplicate(`${at}.type`, type);
  }
}

export function validateCertificateRequestUpdate(
  problems: Problems,
  object: JsonObject,
  old: JsonObject,
): void {
  const types = typesOf(object);
  for (const type of DECISIONS) {
    if (!typesOf(old).includes(type) || types.includes(type)) continue;
    problems.forbidden(
      "status.conditions",
      `updates may not remove a condition of type ${JSON.stringify(type)}`,
    );
  }
}

/** Whether a request is granted is said in its own place, `/approval`; status may not. */
export function undecidedErrors(object: JsonObject, old: JsonObject): FieldError[] {
  const problems = new Problems();
  for (const type of ["Approved", "Denied"]) {
    const [now, before] = [conditionsOf(object, type), conditionsOf(old, type)];
    const does = now.length > before.length
      ? "add"
      : now.length === before.length && !equal(now, before)
      ? "modify"
      : "";
    if (does === "") continue;
    const detail = `updates may not ${does} a condition of type ${JSON.stringify(type)}`;
    problems.forbidden("status.conditions", detail);
  }
  return problems.list;
}

function conditionsOf(object: JsonObject, type: string): JsonObject[] {
  return listOf(mapOf(object, "status"), "conditions").filter(isObject).filter((one) => one.type === type);
}
