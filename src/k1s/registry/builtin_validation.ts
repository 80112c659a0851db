/** Validation of everyday built-in kinds beyond their metadata and types, in the real server's words and order. */
import { equal } from "../patch/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, textOf } from "./object.ts";

type Validate = (object: JsonObject) => FieldError[];
type ValidateUpdate = (object: JsonObject, old: JsonObject) => FieldError[];

const CONFIG_KEY = "[-._a-zA-Z0-9]+";
const CONFIG_KEY_RE = new RegExp(`^${CONFIG_KEY}$`);
const BAD_CONFIG_KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
  `or 'key-name', regex used for validation is '${CONFIG_KEY}')`;
/** All values of a ConfigMap or Secret together. */
const MAX_DATA_BYTES = 1024 * 1024;

function keyErrors(object: JsonObject, field: string): FieldError[] {
  return Object.keys(mapOf(object, field) ?? {}).sort().filter((key) => !CONFIG_KEY_RE.test(key)).map((
    key,
  ) => ({
    type: "invalid",
    field: `${field}[${key}]`,
    value: key,
    detail: BAD_CONFIG_KEY,
  }));
}

function sizeErrors(object: JsonObject, fields: readonly string[], at: string): FieldError[] {
  let size = 0;
  for (const field of fields) {
    for (const value of Object.values(mapOf(object, field) ?? {})) size += String(value).length;
  }
  if (size <= MAX_DATA_BYTES) return [];
  return [{ type: "tooLong", field: at, detail: `may not be more than ${MAX_DATA_BYTES} bytes` }];
}

function required(field: string, detail = ""): FieldError {
  return { type: "required", field, ...(detail === "" ? {} : { detail }) };
}

function containerErrors(template: JsonObject | undefined, path: string): FieldError[] {
  const containers = listOf(mapOf(template, "spec"), "containers").filter(isObject);
  if (containers.length === 0) return [required(`${path}.containers`)];
  const seen = new Set<string>();
  return containers.flatMap((container, index) => {
    const at = `${path}.containers[${index}]`;
    const errors: FieldError[] = [];
    const name = textOf(container, "name");
    if (name === "") errors.push(required(`${at}.name`));
    else if (seen.has(name)) errors.push({ type: "duplicate", field: `${at}.name`, value: name });
    seen.add(name);
    if (textOf(container, "image") === "") errors.push(required(`${at}.image`));
    return errors;
  });
}

/** Workloads with a selector that must match their template's labels. */
function workloadErrors(object: JsonObject): FieldError[] {
  const spec = mapOf(object, "spec");
  const template = mapOf(spec, "template");
  const errors: FieldError[] = [];
  const replicas = spec?.replicas;
  if (typeof replicas === "number" && replicas < 0) {
    const detail = "must be greater than or equal to 0";
    errors.push({ type: "invalid", field: "spec.replicas", value: replicas, detail });
  }
  const selector = mapOf(spec, "selector");
  const labels = mapOf(mapOf(template, "metadata"), "labels");
  const wanted = mapOf(selector, "matchLabels") ?? {};
  if (selector === undefined) errors.push(required("spec.selector"));
  else if (Object.keys(wanted).length + listOf(selector, "matchExpressions").length === 0) {
    const detail = "empty selector is invalid for deployment";
    errors.push({ type: "invalid", field: "spec.selector", value: selector, detail });
  }
  const matches = selector !== undefined &&
    Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
  if (!matches) {
    const detail = "`selector` does not match template `labels`";
    errors.push({ type: "invalid", field: "spec.template.metadata.labels", value: labels ?? null, detail });
  }
  return [...errors, ...containerErrors(template, "spec.template.spec")];
}

/** What a definition must say before anything can be served by it. */
function definitionErrors(object: JsonObject): FieldError[] {
  const spec = mapOf(object, "spec");
  const names = mapOf(spec, "names");
  const name = textOf(mapOf(object, "metadata"), "name");
  const errors: FieldError[] = [];
  if (name !== `${textOf(names, "plural")}.${textOf(spec, "group")}`) {
    const detail = 'must be spec.names.plural+"."+spec.group';
    errors.push({ type: "invalid", field: "metadata.name", value: name, detail });
  }
  if (textOf(spec, "group") === "") errors.push(required("spec.group"));
  errors.push(...scopeErrors(textOf(spec, "scope")));
  const versions = listOf(spec, "versions").filter(isObject);
  if (versions.filter((version) => version.storage === true).length !== 1) {
    const detail = "must have exactly one version marked as storage version";
    errors.push({ type: "invalid", field: "spec.versions", value: spec?.versions, detail });
  }
  for (const [index, version] of versions.entries()) {
    if (mapOf(mapOf(version, "schema"), "openAPIV3Schema")) continue;
    errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
  }
  for (const field of ["plural", "singular", "kind", "listKind"]) {
    if (textOf(names, field) === "") errors.push(required(`spec.names.${field}`));
  }
  if (listOf(mapOf(object, "status"), "storedVersions").length === 0) {
    const detail = "must have at least one stored version";
    errors.push({ type: "invalid", field: "status.storedVersions", value: null, detail });
  }
  return errors;
}

function scopeErrors(scope: string): FieldError[] {
  if (scope === "") return [required("spec.scope")];
  if (scope === "Cluster" || scope === "Namespaced") return [];
  const detail = 'supported values: "Cluster", "Namespaced"';
  return [{ type: "notSupported", field: "spec.scope", value: scope, detail }];
}

const VALIDATE: Readonly<Record<string, Validate>> = {
  "/configmaps": (object) => {
    const both = Object.keys(mapOf(object, "data") ?? {}).filter((key) =>
      mapOf(object, "binaryData")?.[key] !== undefined
    );
    return [
      ...keyErrors(object, "data"),
      ...both.map((key): FieldError => ({
        type: "invalid",
        field: `data[${key}]`,
        value: key,
        detail: `duplicate of key present in binaryData`,
      })),
      ...keyErrors(object, "binaryData"),
      ...sizeErrors(object, ["data", "binaryData"], ""),
    ];
  },
  "/secrets": (object) => [...keyErrors(object, "data"), ...sizeErrors(object, ["data"], "data")],
  "apiextensions.k8s.io/customresourcedefinitions": definitionErrors,
  "/pods": (object) => containerErrors(object, "spec"),
  "/services": (object) => {
    const spec = mapOf(object, "spec");
    const headless = spec?.clusterIP === "None";
    if (spec?.type === "ExternalName" || headless || listOf(spec, "ports").length > 0) return [];
    return [required("spec.ports")];
  },
  "apps/deployments": workloadErrors,
  "apps/replicasets": workloadErrors,
  "apps/statefulsets": workloadErrors,
  "apps/daemonsets": workloadErrors,
  "batch/jobs": (object) => containerErrors(mapOf(mapOf(object, "spec"), "template"), "spec.template.spec"),
};

function immutable(field: string, value: Json | undefined, before: Json | undefined): FieldError[] {
  if (equal(value ?? null, before ?? null)) return [];
  return [{ type: "invalid", field, value: value ?? null, detail: "field is immutable" }];
}

function immutableData(object: JsonObject, old: JsonObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push({ type: "forbidden", field: "immutable", detail });
  for (const field of fields) {
    if (!equal(object[field] ?? null, old[field] ?? null)) errors.push({ type: "forbidden", field, detail });
  }
  return errors;
}

function immutableSelector(object: JsonObject, old: JsonObject): FieldError[] {
  return immutable("spec.selector", mapOf(object, "spec")?.selector, mapOf(old, "spec")?.selector);
}

const VALIDATE_UPDATE: Readonly<Record<string, ValidateUpdate>> = {
  "/configmaps": (object, old) => immutableData(object, old, ["data", "binaryData"]),
  "/secrets": (object, old) => [
    ...immutable("type", object.type, old.type),
    ...immutableData(object, old, ["data"]),
  ],
  "apps/deployments": immutableSelector,
  "apps/replicasets": immutableSelector,
  "apps/daemonsets": immutableSelector,
  "rbac.authorization.k8s.io/rolebindings": roleRef,
  "rbac.authorization.k8s.io/clusterrolebindings": roleRef,
};

function roleRef(object: JsonObject, old: JsonObject): FieldError[] {
  if (equal(object.roleRef ?? null, old.roleRef ?? null)) return [];
  return [{ type: "invalid", field: "roleRef", value: object.roleRef, detail: "cannot change roleRef" }];
}

export function validateBuiltin(object: JsonObject, key: string): FieldError[] {
  return VALIDATE[key]?.(object) ?? [];
}

export function validateBuiltinUpdate(object: JsonObject, old: JsonObject, key: string): FieldError[] {
  return VALIDATE_UPDATE[key]?.(object, old) ?? [];
}
