/** PersistentVolumeClaim, and the claims that templates make. */
import { equal } from "../../patch/mod.ts";
import { annotationErrors, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { checkQuantity, quantityOf } from "./container_resources.ts";
import { checkLabels, checkSelector } from "./label_selectors.ts";
import type { Problems } from "./problems.ts";

export const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
export const VOLUME_MODES = ["Block", "Filesystem"];

function checkAccessModes(problems: Problems, at: string, spec: JsonObject | undefined): void {
  const modes = textsOf(spec, "accessModes");
  for (const mode of modes) problems.oneOf(`${at}.accessModes`, mode, ACCESS_MODES);
  const known = modes.filter((mode) => ACCESS_MODES.includes(mode));
  if (known.includes("ReadWriteOncePod") && known.some((mode) => mode !== "ReadWriteOncePod")) {
    problems.forbidden(`${at}.accessModes`, "may not use ReadWriteOncePod with other access modes");
  }
}

/** A size that must be there and above zero. */
export function checkSize(problems: Problems, field: string, size: unknown): void {
  if (size === undefined) return problems.required(field);
  if ((quantityOf(size) ?? 0) <= 0) return problems.invalid(field, size, "must be greater than zero");
  checkQuantity(problems, field, ["storage", size]);
}

function checkDataSource(problems: Problems, at: string, source: JsonObject): void {
  const [group, kind] = [textOf(source, "apiGroup"), textOf(source, "kind")];
  if (textOf(source, "name") === "") problems.required(`${at}.name`);
  if (kind === "") problems.required(`${at}.kind`);
  if (group === "" && kind !== "PersistentVolumeClaim") {
    problems.invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  if (group !== "") problems.invalidEach(`${at}.apiGroup`, group, subdomain(group, false));
}

export function checkClaimSpec(problems: Problems, at: string, spec: JsonObject | undefined): void {
  if (listOf(spec, "accessModes").length === 0) {
    problems.required(`${at}.accessModes`, "at least 1 access mode is required");
  }
  checkSelector(problems, `${at}.selector`, mapOf(spec, "selector"));
  checkAccessModes(problems, at, spec);
  checkSize(problems, `${at}.resources[storage]`, mapOf(mapOf(spec, "resources"), "requests")?.storage);
  checkClassName(problems, `${at}.storageClassName`, spec?.storageClassName);
  if (spec?.volumeMode !== undefined) problems.oneOf(`${at}.volumeMode`, spec.volumeMode, VOLUME_MODES);
  for (const field of ["dataSource", "dataSourceRef"]) {
    const source = mapOf(spec, field);
    if (source) checkDataSource(problems, `${at}.${field}`, source);
  }
  checkSameSource(problems, at, spec);
  checkClassName(problems, `${at}.volumeAttributesClassName`, spec?.volumeAttributesClassName);
}

/** The older field says what the newer does; the real server shows the place of the value, which has no text. */
function checkSameSource(problems: Problems, at: string, spec: JsonObject | undefined): void {
  const [source, ref] = [mapOf(spec, "dataSource"), mapOf(spec, "dataSourceRef")];
  if (!source || !ref) return;
  if (textOf(ref, "namespace") !== "") {
    problems.invalid(at, {}, "may not be specified when dataSourceRef.namespace is specified");
  } else if (["apiGroup", "kind", "name"].some((field) => (source[field] ?? "") !== (ref[field] ?? ""))) {
    problems.invalid(at, {}, "must match dataSourceRef");
  }
}

export function checkClassName(problems: Problems, field: string, name: unknown): void {
  if (typeof name === "string" && name !== "") problems.invalidEach(field, name, subdomain(name, false));
}

const TEMPLATE_META = new Set(["labels", "annotations", "creationTimestamp"]);

/** Templates inside pods may carry labels and annotations, nothing else. */
export function checkTemplateMeta(problems: Problems, at: string, claim: JsonObject): void {
  const meta = mapOf(claim, "metadata");
  problems.list.push(...annotationErrors(mapOf(meta, "annotations") ?? {}, `${at}.metadata.annotations`));
  checkLabels(problems, `${at}.metadata.labels`, mapOf(meta, "labels"));
  for (const field of Object.keys(meta ?? {})) {
    if (!TEMPLATE_META.has(field)) problems.forbidden(`${at}.metadata.${field}`, "cannot be set");
  }
}

export function validateClaim(problems: Problems, claim: JsonObject): void {
  checkClaimSpec(problems, "spec", mapOf(claim, "spec"));
}

const CLAIM_IMMUTABLE =
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

export function validateClaimUpdate(problems: Problems, claim: JsonObject, old: JsonObject): void {
  const [spec, before] = [mapOf(claim, "spec") ?? {}, mapOf(old, "spec") ?? {}];
  const bound = textOf(mapOf(claim, "status"), "phase") === "Bound";
  const compared = structuredClone(spec);
  const allowed = bound ? ["volumeName", "volumeAttributesClassName"] : ["volumeName"];
  for (const field of allowed) {
    if (field === "volumeName" && textOf(before, field) !== "") continue;
    if (before[field] === undefined) delete compared[field];
    else compared[field] = before[field];
  }
  const [requests, sizes] = [compared, before].map((one) => mapOf(mapOf(one, "resources"), "requests")) as [
    JsonObject | undefined,
    JsonObject | undefined,
  ];
  const [size, oldSize] = [requests?.storage, sizes?.storage];
  if (bound && requests && oldSize !== undefined) requests.storage = oldSize;
  if (!equal(compared, before)) problems.forbidden("spec", CLAIM_IMMUTABLE);
  const [now, was] = [quantityOf(size) ?? 0, quantityOf(oldSize) ?? 0];
  const capacity = quantityOf(mapOf(mapOf(old, "status"), "capacity")?.storage) ?? 0;
  if (now < was && now <= capacity) {
    problems.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
  }
  if (!equal(spec.volumeMode ?? null, before.volumeMode ?? null)) {
    problems.invalid("volumeMode", spec.volumeMode, "field is immutable");
  }
}
