/** PersistentVolume: what it holds, where it can be used, and what of it stays. */
import { equal } from "../../patch/mod.ts";
import { metadataErrors, subdomain } from "../metadata_validation.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { ACCESS_MODES, checkClassName, checkSize, VOLUME_MODES } from "./persistent_volume_claim.ts";
import { checkNodeSelector } from "./pod_placement.ts";
import { checkVolumeSource, isVolumeSource } from "./pod_volumes.ts";
import type { Problems } from "./problems.ts";
import { IMMUTABLE } from "./rules.ts";

const RECLAIM_POLICIES = ["Delete", "Recycle", "Retain"];
/** Sources that pods don't have, and what they need. */
const LOCAL = "local";

function checkCapacity(problems: Problems, spec: JsonObject): void {
  const capacity = mapOf(spec, "capacity");
  const known = Object.keys(capacity ?? {}).sort();
  const shown = capacity ? Object.fromEntries(known.map((name) => [name, capacity[name]!])) : null;
  if (known.length !== 1 || known[0] !== "storage") {
    problems.notSupported("spec.capacity", shown, ["storage"]);
  }
  for (const [name, size] of Object.entries(capacity ?? {})) {
    checkSize(problems, `spec.capacity[${name}]`, size);
  }
}

function checkAccess(problems: Problems, spec: JsonObject): void {
  const modes = listOf(spec, "accessModes").map(String);
  if (modes.length === 0) problems.required("spec.accessModes");
  if (Object.keys(mapOf(spec, "capacity") ?? {}).length === 0) problems.required("spec.capacity");
  for (const mode of modes) problems.oneOf("spec.accessModes", mode, ACCESS_MODES);
  if (modes.includes("ReadWriteOncePod") && modes.some((mode) => mode !== "ReadWriteOncePod")) {
    problems.forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes");
  }
}

function checkNodes(problems: Problems, affinity: JsonObject | undefined): void {
  if (!affinity) return;
  const [at, required] = ["spec.nodeAffinity.required", mapOf(affinity, "required")];
  if (required) checkNodeSelector(problems, at, required);
  else problems.required(at, "must specify required node constraints");
}

/** The fields of a volume that say where its bytes are. */
function sourcesOf(spec: JsonObject): string[] {
  return Object.keys(spec).filter((field) =>
    (field === LOCAL || isVolumeSource(field)) && isObject(spec[field])
  );
}

function checkSources(problems: Problems, spec: JsonObject): void {
  const sources = sourcesOf(spec);
  // the host's path is looked at first
  sources.sort((a, b) => Number(b === "hostPath") - Number(a === "hostPath"));
  for (const [index, source] of sources.entries()) {
    const at = `spec.${source}`;
    if (index > 0) problems.forbidden(at, "may not specify more than 1 volume type");
    else if (source === LOCAL) {
      if (textOf(mapOf(spec, LOCAL), "path") === "") problems.required(`${at}.path`);
    } else checkVolumeSource(problems, at, [source, mapOf(spec, source)!]);
  }
  if (sources.length === 0) problems.required("spec", "must specify a volume type");
  if (sources.includes(LOCAL) && !mapOf(spec, "nodeAffinity")) {
    problems.required("spec.nodeAffinity", "Local volume requires node affinity");
  }
}

export function validateVolume(problems: Problems, volume: JsonObject): void {
  const spec = mapOf(volume, "spec") ?? {};
  checkAccess(problems, spec);
  checkCapacity(problems, spec);
  const policy = textOf(spec, "persistentVolumeReclaimPolicy");
  if (policy !== "") problems.oneOf("spec.persistentVolumeReclaimPolicy", policy, RECLAIM_POLICIES);
  checkNodes(problems, mapOf(spec, "nodeAffinity"));
  checkSources(problems, spec);
  if (policy === "Recycle" && /^\/+$/.test(textOf(mapOf(spec, "hostPath"), "path"))) {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    problems.forbidden("spec.persistentVolumeReclaimPolicy", detail);
  }
  checkClassName(problems, "spec.storageClassName", spec.storageClassName);
  if (spec.volumeMode !== undefined) problems.oneOf("spec.volumeMode", spec.volumeMode, VOLUME_MODES);
}

/** A changed volume is looked at twice as such, with its metadata, and told of twice. */
export function validateVolumeUpdate(problems: Problems, volume: JsonObject, oldVolume: JsonObject): void {
  for (let time = 0; time < 2; time++) {
    problems.list.push(...metadataErrors(volume, subdomain));
    validateVolume(problems, volume);
  }
  const [spec, old] = [mapOf(volume, "spec") ?? {}, mapOf(oldVolume, "spec") ?? {}];
  const fields = new Set([...sourcesOf(spec), ...sourcesOf(old)]);
  if ([...fields].some((field) => !equal(spec[field] ?? null, old[field] ?? null))) {
    const detail = "spec.persistentvolumesource is immutable after creation";
    problems.forbidden("spec.persistentvolumesource", detail);
  }
  if (spec.volumeMode !== old.volumeMode) problems.invalid("volumeMode", spec.volumeMode ?? null, IMMUTABLE);
  const affinity = spec.nodeAffinity ?? null;
  if (old.nodeAffinity !== undefined && !equal(affinity, old.nodeAffinity)) {
    problems.invalid(
      "nodeAffinity",
      affinity,
      "field is immutable, except for updating from beta label to GA",
    );
  }
}
