/** CustomResourceDefinition. */
import { equal } from "../../patch/mod.ts";
import { dns1035Label, subdomain } from "../metadata_validation.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "../object.ts";
import { checkSchema, depthOf, MAX_DEPTH, pointsTo } from "./definition_schema.ts";
import { structureErrors } from "./definition_structure.ts";
import { each, type Problems } from "./problems.ts";
import { IMMUTABLE } from "./rules.ts";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
const MAX_SELECTABLE = 8;
const MAX_WARNING = 256;

/** All problems of a label in one message, as definitions tell them. */
function checkLabel(problems: Problems, field: string, [name, before]: [string, string]): void {
  const bad = dns1035Label(before === "" ? name : name.toLowerCase(), false);
  if (bad.length > 0) problems.invalid(field, name, `${before}${bad.join(",")}`);
}

const MIXED = "may have mixed case, but should otherwise match: ";

function checkNames(problems: Problems, at: string, names: JsonObject | undefined): void {
  for (const [field, before] of [["plural", ""], ["singular", ""], ["kind", MIXED], ["listKind", MIXED]]) {
    const name = textOf(names, field!);
    if (name !== "") checkLabel(problems, `${at}.${field}`, [name, before!]);
  }
  for (const [index, name] of textsOf(names, "shortNames").entries()) {
    checkLabel(problems, `${at}.shortNames[${index}]`, [name, ""]);
  }
  const kind = textOf(names, "kind");
  if (kind !== "" && kind === textOf(names, "listKind")) {
    problems.invalid(`${at}.listKind`, kind, "kind and listKind may not be the same");
  }
  for (const [index, name] of textsOf(names, "categories").entries()) {
    checkLabel(problems, `${at}.categories[${index}]`, [name, ""]);
  }
}

function checkWarning(problems: Problems, at: string, version: JsonObject): void {
  const warning = version.deprecationWarning;
  if (typeof warning !== "string") return;
  const field = `${at}.deprecationWarning`;
  if (version.deprecated !== true) {
    return problems.invalid(field, warning, "can only be set for deprecated versions");
  }
  if (warning.length > MAX_WARNING) problems.invalid(field, warning, "must be <= 256 characters long");
  if (warning === "") problems.invalid(field, warning, "must not be an empty string");
}

/** What the root of a schema may have where status is separate. */
const ROOT_FIELDS = new Set([
  "description",
  "type",
  "format",
  "title",
  "maximum",
  "exclusiveMaximum",
  "minimum",
  "exclusiveMinimum",
  "maxLength",
  "minLength",
  "pattern",
  "maxItems",
  "minItems",
  "uniqueItems",
  "multipleOf",
  "required",
  "items",
  "properties",
  "externalDocs",
  "example",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
]);

/** A field as the server's own type names it. */
function internalName(field: string): string {
  const name = field.replace("x-kubernetes-", "x-").replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
  return name[0]!.toUpperCase() + name.slice(1);
}

function checkVersionSchema(
  problems: Problems,
  at: string,
  { schema, hasStatus }: { schema: JsonObject; hasStatus: boolean },
): void {
  if (depthOf(schema) > MAX_DEPTH) {
    return problems.invalidPlace(at, `must not be nested deeper than ${MAX_DEPTH} levels`);
  }
  const type = textOf(schema, "type");
  if (hasStatus && type !== "" && type !== "object") {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    problems.invalid(`${at}.type`, type, detail);
  }
  const other = hasStatus && Object.keys(schema).some((field) => !ROOT_FIELDS.has(field));
  if (other) {
    const detail = `only [${
      [...ROOT_FIELDS].map(internalName).join(" ")
    }] fields are allowed at the root of the schema if the status subresource is enabled`;
    problems.invalid(at, schema, detail);
  }
  if (schema.nullable === true) problems.forbidden(`${at}.nullable`, "nullable cannot be true at the root");
  problems.list.push(...structureErrors(at, schema));
  checkSchema(problems, at, { schema, isRoot: true, inMeta: false });
}

function checkSimplePath(problems: Problems, field: string, path: string): boolean {
  if (path.startsWith(".")) return true;
  problems.invalid(field, path, "must be a simple json path starting with .");
  return false;
}

function checkScale(problems: Problems, at: string, scale: JsonObject | undefined): void {
  if (!scale) return;
  for (const [field, start] of [["specReplicasPath", ".spec."], ["statusReplicasPath", ".status."]]) {
    const path = textOf(scale, field!);
    const place = `${at}.scale.${field}`;
    if (path === "") problems.required(place);
    else if (checkSimplePath(problems, place, path) && !path.startsWith(start!)) {
      problems.invalid(place, path, `should be a json path under ${start!.slice(0, -1)}`);
    }
  }
  const selector = textOf(scale, "labelSelectorPath");
  const field = `${at}.scale.labelSelectorPath`;
  if (selector === "" || !checkSimplePath(problems, field, selector)) return;
  if (/^\.(spec|status)\./.test(selector)) return;
  problems.invalid(field, selector, "should be a json path under either .spec or .status");
}

function checkColumn(problems: Problems, at: string, column: JsonObject): void {
  const [type, format, path] = ["type", "format", "jsonPath"].map((field) => textOf(column, field)) as [
    string,
    string,
    string,
  ];
  if (textOf(column, "name") === "") problems.required(`${at}.name`);
  const types = `must be one of ${COLUMN_TYPES.join(",")}`;
  if (type === "") problems.required(`${at}.type`, types);
  else if (!COLUMN_TYPES.includes(type)) problems.invalid(`${at}.type`, type, types);
  if (format !== "" && !COLUMN_FORMATS.includes(format)) {
    problems.invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(",")}`);
  }
  if (path === "") problems.required(`${at}.JSONPath`);
  else checkSimplePath(problems, `${at}.JSONPath`, path);
}

function checkSelectable(problems: Problems, path: string, version: JsonObject): void {
  const schema = mapOf(mapOf(version, "schema"), "openAPIV3Schema");
  if (!schema) {
    const detail = "may only be set when `version.schema.openAPIV3Schema` is not included";
    return problems.invalid(`${path}.selectableFields`, "", detail);
  }
  const seen = new Set<string>();
  for (const { item, at } of each(version, "selectableFields", path)) {
    const field = textOf(item, "jsonPath");
    const place = `${at}.jsonPath`;
    if (field === "") {
      problems.required(place);
      continue;
    }
    const found = pointsTo(schema, field);
    if (!/^[.[]/.test(field)) {
      const got = /^[^.[\]]*/.exec(field)![0] || field[0]!;
      problems.invalid(place, field, `is an invalid path: expected [ or . but got: ${got}`);
      continue;
    }
    if (!found) {
      problems.invalid(place, field, "is an invalid path: does not refer to a valid field");
      continue;
    }
    if (/^\.metadata(\.|$)/.test(field)) {
      problems.invalid(place, field, "must not point to fields in metadata");
    }
    if (!["string", "boolean", "integer"].includes(textOf(found, "type"))) {
      const detail =
        "must point to a field of type string, boolean or integer. Enum string fields and strings " +
        "with formats are allowed.";
      problems.invalid(place, field, detail);
    }
    if (seen.has(field)) problems.duplicate(place, field);
    seen.add(field);
  }
  if (seen.size <= MAX_SELECTABLE) return;
  const detail = `must have at most ${MAX_SELECTABLE} items`;
  problems.list.push({ type: "tooMany", field: `${path}.selectableFields`, value: seen.size, detail });
}

function checkVersion(problems: Problems, at: string, version: JsonObject): void {
  const name = textOf(version, "name");
  checkLabel(problems, `${at}.name`, [name, ""]);
  checkWarning(problems, at, version);
  const schema = mapOf(mapOf(version, "schema"), "openAPIV3Schema");
  const subresources = mapOf(version, "subresources");
  const hasStatus = mapOf(subresources, "status") !== undefined;
  if (schema) checkVersionSchema(problems, `${at}.schema.openAPIV3Schema`, { schema, hasStatus });
  checkScale(problems, `${at}.subresources`, mapOf(subresources, "scale"));
  for (const { item, at: place } of each(version, "additionalPrinterColumns", at)) {
    checkColumn(problems, place, item);
  }
  if (listOf(version, "selectableFields").length > 0) checkSelectable(problems, at, version);
}

function checkVersions(problems: Problems, spec: JsonObject): void {
  const versions = listOf(spec, "versions").filter(isObject);
  for (const { item, at } of each(spec, "versions", "spec")) {
    if (!mapOf(mapOf(item, "schema"), "openAPIV3Schema")) problems.required(`${at}.schema.openAPIV3Schema`);
  }
  if (spec.preserveUnknownFields === true && hasDefaults(versions)) {
    const detail = "must be false in order to use defaults in the schema";
    problems.invalid("spec.preserveUnknownFields", true, detail);
  }
  for (const { item, at } of each(spec, "versions", "spec")) checkVersion(problems, at, item);
  const names = versions.map((version) => textOf(version, "name"));
  const stored = versions.filter((version) => version.storage === true);
  const shown = spec.versions ?? null;
  if (new Set(names).size < names.length) {
    problems.invalid("spec.versions", shown, "must contain unique version names");
  }
  if (stored.length !== 1) {
    problems.invalid("spec.versions", shown, "must have exactly one version marked as storage version");
  }
}

function hasDefaults(versions: readonly Json[]): boolean {
  return JSON.stringify(versions).includes('"default":');
}

function checkConversion(problems: Problems, spec: JsonObject): void {
  const conversion = mapOf(spec, "conversion");
  const at = "spec.conversion";
  problems.requiredOneOf(`${at}.strategy`, conversion?.strategy, ["None", "Webhook"]);
  const webhook = mapOf(conversion, "webhook");
  const client = mapOf(webhook, "clientConfig");
  if (conversion?.strategy !== "Webhook") {
    const detail = "should not be set when strategy is not set to Webhook";
    if (client) problems.forbidden(`${at}.webhookClientConfig`, detail);
    const reviews = listOf(webhook, "conversionReviewVersions");
    if (reviews.length > 0) problems.forbidden(`${at}.conversionReviewVersions`, detail);
    return;
  }
  if (!client) problems.required(`${at}.webhookClientConfig`, "required when strategy is set to Webhook");
  else if ((client.url === undefined) === (client.service === undefined)) {
    problems.required(`${at}.webhookClientConfig`, "exactly one of url or service is required");
  } else if (typeof client.url === "string" && !client.url.startsWith("https://")) {
    const detail = "'https' is the only allowed URL scheme; desired format: https://host[/path]";
    const scheme = /^[a-z]+(?=:)/.exec(client.url)?.[0] ?? "";
    problems.invalid(`${at}.webhookClientConfig.url`, scheme, detail);
  }
  checkReviewVersions(problems, `${at}.conversionReviewVersions`, webhook);
}

function checkReviewVersions(problems: Problems, field: string, webhook: JsonObject | undefined): void {
  const versions = textsOf(webhook, "conversionReviewVersions");
  if (versions.length === 0) return problems.required(field);
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index) {
      problems.invalid(`${field}[${index}]`, version, "duplicate version");
    } else problems.invalidEach(`${field}[${index}]`, version, dns1035Label(version, false));
  }
  if (!versions.some((version) => version === "v1" || version === "v1beta1")) {
    problems.invalid(field, versions, "must include at least one of v1, v1beta1");
  }
}

function checkSpec(problems: Problems, spec: JsonObject): void {
  const group = textOf(spec, "group");
  const bad = subdomain(group, false);
  if (group === "") problems.required("spec.group");
  else if (bad.length > 0) problems.invalid("spec.group", group, bad.join(","));
  else if (!group.includes(".")) {
    problems.invalid("spec.group", group, "should be a domain with at least one dot");
  }
  problems.requiredOneOf("spec.scope", spec.scope, ["Cluster", "Namespaced"]);
  checkVersions(problems, spec);
  const [first] = listOf(spec, "versions").filter(isObject);
  const version = textOf(first, "name");
  if (version !== "") checkLabel(problems, "spec.version", [version, ""]);
  const names = mapOf(spec, "names");
  for (const field of ["plural", "singular", "kind", "listKind"]) {
    if (textOf(names, field) === "") problems.required(`spec.names.${field}`);
  }
  checkNames(problems, "spec.names", names);
  checkConversion(problems, spec);
}

function checkStored(problems: Problems, definition: JsonObject): void {
  const stored = textsOf(mapOf(definition, "status"), "storedVersions");
  const field = "status.storedVersions";
  if (stored.length === 0) return problems.invalid(field, null, "must have at least one stored version");
  const versions = listOf(mapOf(definition, "spec"), "versions").filter(isObject);
  for (const version of versions) {
    const name = textOf(version, "name");
    if (version.storage === true && !stored.includes(name)) {
      problems.invalid(field, stored, `must have the storage version ${name}`);
    }
  }
  for (const [index, name] of stored.entries()) {
    if (versions.some((version) => version.name === name)) continue;
    const detail =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until ` +
      `a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    problems.invalid(`${field}[${index}]`, name, detail);
  }
}

const APPROVED = "api-approved.kubernetes.io";

/** Groups of the Kubernetes project itself want a word of approval. */
function checkApproval(problems: Problems, definition: JsonObject): void {
  const group = textOf(mapOf(definition, "spec"), "group");
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const approval = mapOf(metaOf(definition), "annotations")?.[APPROVED];
  const field = `metadata.annotations[${APPROVED}]`;
  const hint = "see https://github.com/kubernetes/enhancements/pull/1111";
  if (approval === undefined) {
    problems.required(field, `protected groups must have approval annotation "${APPROVED}", ${hint}`);
  } else if (!String(approval).startsWith("unapproved") && !URL.canParse(String(approval))) {
    const detail =
      `protected groups must have approval annotation "${APPROVED}" with either a URL or a reason starting with ` +
      `"unapproved", ${hint}`;
    problems.invalid(field, approval, detail);
  }
}

function checkAll(problems: Problems, definition: JsonObject): void {
  checkSpec(problems, mapOf(definition, "spec") ?? {});
  checkNames(problems, "status.acceptedNames", mapOf(mapOf(definition, "status"), "acceptedNames"));
}

export function validateNewDefinition(problems: Problems, definition: JsonObject): void {
  const spec = mapOf(definition, "spec");
  const name = textOf(metaOf(definition), "name");
  if (name !== "" && name !== `${textOf(mapOf(spec, "names"), "plural")}.${textOf(spec, "group")}`) {
    problems.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group');
  }
  checkAll(problems, definition);
  checkStored(problems, definition);
  checkApproval(problems, definition);
  if (spec?.preserveUnknownFields === true) {
    const detail =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    problems.invalid("spec.preserveUnknownFields", true, detail);
  }
}

export function validateDefinitionUpdate(problems: Problems, definition: JsonObject, old: JsonObject): void {
  const [spec, before] = [mapOf(definition, "spec"), mapOf(old, "spec")];
  checkSpec(problems, spec ?? {});
  const established = listOf(mapOf(old, "status"), "conditions").filter(isObject).some((condition) =>
    condition.type === "Established" && condition.status === "True"
  );
  const fixed = [...established ? ["scope", "names.kind"] : [], "group", "names.plural"];
  for (const path of fixed) {
    const [now, was] = [valueAt(spec, path), valueAt(before, path)];
    if (!equal(now, was)) problems.invalid(`spec.${path}`, now, IMMUTABLE);
  }
  checkNames(problems, "status.acceptedNames", mapOf(mapOf(definition, "status"), "acceptedNames"));
  checkStored(problems, definition);
  if (spec?.preserveUnknownFields === true && before?.preserveUnknownFields !== true) {
    const detail =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    problems.invalid("spec.preserveUnknownFields", true, detail);
  }
}

function valueAt(spec: JsonObject | undefined, path: string): Json {
  return path.split(".").reduce<Json>((at, part) => isObject(at) ? at[part] ?? "" : "", spec ?? {});
}
