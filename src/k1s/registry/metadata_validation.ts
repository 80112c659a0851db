/** What every object's metadata must be, in apimachinery's words. */
import type { FieldError } from "../validation/field_error.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "./object.ts";

/** Problems of a name; empty: none. */
export interface NameRule {
  (name: string, prefix: boolean): string[];
  /** True for kinds whose finalizers need no domain. */
  readonly takesAnyFinalizer?: boolean;
  /** True for kinds that don't look at changed metadata themselves: what all kinds have in common is looked at. */
  readonly leavesChanges?: boolean;
}

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
/** All annotations of an object together. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

function anchored(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
const [LABEL_RE, SUBDOMAIN_RE, QUALIFIED_RE, VALUE_RE, DNS_1035_RE] = [
  LABEL,
  SUBDOMAIN,
  QUALIFIED,
  LABEL_VALUE,
  DNS_1035,
].map(anchored) as [RegExp, RegExp, RegExp, RegExp, RegExp];

function tooLong(length: number): string {
  return `must be no more than ${length} bytes`;
}

/** Names are told their limit in characters, keys and values of labels in bytes. */
export function nameTooLong(length: number): string {
  return `must be no more than ${length} characters`;
}

/** What a generateName is checked as: with something behind it. */
function complete(name: string, prefix: boolean): string {
  return prefix && name.endsWith("-") ? `${name.slice(0, -1)}a` : name;
}

export const subdomain: NameRule = (given, prefix) => {
  const name = complete(given, prefix);
  const problems = name.length > 253 ? [nameTooLong(253)] : [];
  if (!SUBDOMAIN_RE.test(name)) {
    problems.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must " +
        `start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  return problems;
};

export const dnsLabel: NameRule = (given, prefix) => {
  const name = complete(given, prefix);
  const problems = name.length > 63 ? [nameTooLong(63)] : [];
  if (SUBDOMAIN_RE.test(name) && name.includes(".")) problems.push("must not contain dots");
  else if (!LABEL_RE.test(name)) {
    problems.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
        `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
    );
  }
  return problems;
};

export const dns1035Label: NameRule = (given, prefix) => {
  const name = complete(given, prefix);
  const problems = name.length > 63 ? [nameTooLong(63)] : [];
  if (!DNS_1035_RE.test(name)) {
    problems.push(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
        `and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${DNS_1035}')`,
    );
  }
  return problems;
};

export const pathSegment: NameRule = (name) => {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
};

/** A key of labels or annotations: an optional subdomain and a name. */
export function qualifiedName(text: string): string[] {
  const parts = text.split("/");
  const name = parts[parts.length - 1]!;
  if (parts.length > 2) {
    return [
      "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
      `alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}') ` +
      "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const problems: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === "") problems.push("prefix part must be non-empty");
    else {problems.push(
        ...subdomain(parts[0]!, false).map((problem) =>
          `prefix part ${problem === nameTooLong(253) ? tooLong(253) : problem}`
        ),
      );}
  }
  if (name === "") problems.push("name part must be non-empty");
  else if (name.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!QUALIFIED_RE.test(name)) {
    problems.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        `alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`,
    );
  }
  return problems;
}

export function labelValue(value: string): string[] {
  const problems = value.length > 63 ? [tooLong(63)] : [];
  if (!VALUE_RE.test(value)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
        `validation is '${LABEL_VALUE}')`,
    );
  }
  return problems;
}

function invalid(field: string, value: unknown, details: readonly string[]): FieldError[] {
  return details.map((detail) => ({ type: "invalid", field, value, detail }));
}

/** Everything wrong with an object's metadata. */
export function metadataErrors(object: JsonObject, rule: NameRule): FieldError[] {
  const meta = metaOf(object);
  const generateName = textOf(meta, "generateName");
  const name = textOf(meta, "name");
  const errors: FieldError[] = [];
  if (generateName !== "") {
    errors.push(...invalid("metadata.generateName", generateName, rule(generateName, true)));
  }
  if (name === "") {
    errors.push({ type: "required", field: "metadata.name", detail: "name or generateName is required" });
  } else errors.push(...invalid("metadata.name", name, rule(name, false)));
  errors.push(...labelErrors(mapOf(meta, "labels") ?? {}, "metadata.labels"));
  errors.push(...annotationErrors(mapOf(meta, "annotations") ?? {}));
  errors.push(...ownerErrors(meta));
  for (const finalizer of textsOf(meta, "finalizers")) {
    errors.push(...invalid("metadata.finalizers", finalizer, qualifiedName(finalizer)));
  }
  return rule.takesAnyFinalizer ? errors : [...errors, ...standardErrors(textsOf(meta, "finalizers"))];
}

/** Built-in kinds take no names of finalizers without a domain but the server's own. */
function standardErrors(finalizers: readonly string[]): FieldError[] {
  const detail = "name is neither a standard finalizer name nor is it fully qualified";
  return finalizers.flatMap((value, index): FieldError[] =>
    value.includes("/") || STANDARD_FINALIZERS.has(value)
      ? []
      : [{ type: "invalid", field: `metadata.finalizers[${index}]`, value, detail }]
  );
}

const STANDARD_FINALIZERS = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function labelErrors(labels: JsonObject, field: string): FieldError[] {
  return Object.keys(labels).sort().flatMap((key) => [
    ...invalid(field, key, qualifiedName(key)),
    ...invalid(field, labels[key], labelValue(String(labels[key]))),
  ]);
}

export function annotationErrors(
  annotations: JsonObject,
  field = "metadata.annotations",
): FieldError[] {
  const errors = Object.keys(annotations).sort().flatMap((key) =>
    invalid(field, key, qualifiedName(key.toLowerCase()))
  );
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) size += key.length + String(value).length;
  if (size > MAX_ANNOTATIONS_BYTES) {
    const detail = `may not be more than ${MAX_ANNOTATIONS_BYTES} bytes`;
    errors.push({ type: "tooLong", field, detail });
  }
  return errors;
}

function ownerErrors(meta: JsonObject): FieldError[] {
  const field = "metadata.ownerReferences";
  const errors: FieldError[] = [];
  const owners = listOf(meta, "ownerReferences").filter(isObject).map(ownOrder);
  for (const owner of owners) {
    for (const key of ["apiVersion", "kind", "name", "uid"]) {
      if (textOf(owner, key) !== "") continue;
      const detail = key === "apiVersion" ? "version must not be empty" : "must not be empty";
      errors.push({ type: "invalid", field: `${field}.${key}`, value: "", detail });
    }
    if (owner.apiVersion === "v1" && owner.kind === "Event") {
      const detail = "/v1, Kind=Event is disallowed from being an owner";
      errors.push({ type: "invalid", field, value: owner, detail });
    }
  }
  const controllers = owners.filter((owner) => owner.controller === true);
  if (controllers.length > 1) {
    const named = controllers.slice(0, 2).map((owner) => `${textOf(owner, "kind")}/${textOf(owner, "name")}`);
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${
      named.join(" and ")
    }`;
    errors.push({ type: "invalid", field, value: owners, detail });
  }
  return errors;
}

/** An owner with its fields in the order of the type. */
function ownOrder(owner: JsonObject): JsonObject {
  const ordered: JsonObject = {};
  for (const field of ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"]) {
    if (owner[field] !== undefined) ordered[field] = owner[field];
  }
  return ordered;
}

/** What an update may not change. */
const IMMUTABLE = [
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

/**
 * Everything wrong with changed metadata; both objects carry what the server filled in. The real server looks at the
 * change twice, before the kind's own checks and among them, and tells everything twice.
 */
export function metadataUpdateErrors(object: JsonObject, old: JsonObject, rule: NameRule): FieldError[] {
  const errors = changeErrors(object, old);
  if (!rule.leavesChanges) return [...metadataErrors(object, rule), ...errors, ...errors];
  const meta = metaOf(object);
  return [
    ...labelErrors(mapOf(meta, "labels") ?? {}, "metadata.labels"),
    ...annotationErrors(mapOf(meta, "annotations") ?? {}),
    ...ownerErrors(meta),
    ...errors,
  ];
}

function changeErrors(object: JsonObject, old: JsonObject): FieldError[] {
  const [meta, before] = [metaOf(object), metaOf(old)];
  const errors: FieldError[] = IMMUTABLE.filter((field) => meta[field] !== before[field]).map((field) => ({
    type: "invalid",
    field: `metadata.${field}`,
    value: meta[field],
    detail: "field is immutable",
  }));
  if (before.deletionTimestamp !== undefined) {
    const known = new Set(textsOf(before, "finalizers"));
    const added = textsOf(meta, "finalizers").filter((finalizer) => !known.has(finalizer));
    if (added.length > 0) {
      const detail =
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${
          added.map((finalizer) => JSON.stringify(finalizer)).join(", ")
        }}`;
      errors.push({ type: "forbidden", field: "metadata.finalizers", detail });
    }
  }
  errors.push(...labelErrors(mapOf(meta, "labels") ?? {}, "metadata.labels"));
  errors.push(...annotationErrors(mapOf(meta, "annotations") ?? {}));
  errors.push(...ownerErrors(meta));
  return errors;
}
