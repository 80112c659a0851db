/** What a pod may be told of itself: fieldRef and resourceFieldRef of variables and files. */
import { qualifiedName } from "../metadata_validation.ts";
import { type JsonObject, textOf } from "../object.ts";
import type { Problems } from "./problems.ts";

const FIELDS = {
  env: [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
  ],
  volume: ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"],
} as const;

export type Place = keyof typeof FIELDS;

/** Every field label that pods convert. */
const KNOWN = new Set<string>([
  ...FIELDS.env,
  ...FIELDS.volume,
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
  "spec.host",
]);
const SUBSCRIPTED = /^(.*)\['(.*)'\]$/;

export function checkFieldSelector(
  problems: Problems,
  at: string,
  [selector, place]: [JsonObject, Place],
): void {
  const path = textOf(selector, "fieldPath");
  const version = textOf(selector, "apiVersion");
  if (version === "") return problems.required(`${at}.apiVersion`);
  if (path === "") return problems.required(`${at}.fieldPath`);
  const subscript = SUBSCRIPTED.exec(path);
  const label = subscript?.[1] ?? path;
  if (version !== "v1") {
    const detail = `error converting fieldPath: unsupported pod version: ${version}`;
    return problems.invalid(`${at}.fieldPath`, path, detail);
  }
  if (subscript && label !== "metadata.annotations" && label !== "metadata.labels") {
    const detail = `error converting fieldPath: field label does not support subscript: ${path}`;
    return problems.invalid(`${at}.fieldPath`, path, detail);
  }
  if (!KNOWN.has(label)) {
    const detail = `error converting fieldPath: field label not supported: ${path}`;
    return problems.invalid(`${at}.fieldPath`, path, detail);
  }
  if (subscript) {
    const key = label === "metadata.annotations" ? subscript[2]!.toLowerCase() : subscript[2]!;
    problems.invalidEach(at, key, qualifiedName(key));
  } else if (!(FIELDS[place] as readonly string[]).includes(path)) {
    problems.notSupported(`${at}.fieldPath`, path, FIELDS[place]);
  }
}

const RESOURCES = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const BYTE_DIVISORS = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
const KIND_WORDS: Readonly<Record<string, string>> = {
  "memory": "memory",
  "ephemeral-storage": "local ephemeral storage",
  "hugepages": "hugepages",
};

export function checkResourceSelector(
  problems: Problems,
  at: string,
  [selector, place]: [JsonObject, Place],
): void {
  const resource = textOf(selector, "resource");
  const isHuge = /^(limits|requests)\.hugepages-/.test(resource);
  if (place === "volume" && textOf(selector, "containerName") === "") {
    problems.required(`${at}.containerName`);
  } else if (resource === "") problems.required(`${at}.resource`);
  else if (!RESOURCES.includes(resource) && !isHuge) {
    problems.notSupported(`${at}.resource`, resource, RESOURCES);
  }
  checkDivisor(problems, at, [resource, textOf(selector, "divisor")]);
}

function checkDivisor(problems: Problems, at: string, [resource, divisor]: [string, string]): void {
  if (divisor === "" || divisor === "0") return;
  const kind = resource.replace(/^(limits|requests)\./, "").replace(/^hugepages-.*/, "hugepages");
  if (kind === "cpu") {
    if (divisor === "1" || divisor === "1m") return;
    const detail = "only divisor's values 1m and 1 are supported with the cpu resource";
    problems.invalid(`${at}.divisor`, resource, detail);
  } else if (KIND_WORDS[kind] !== undefined && !BYTE_DIVISORS.includes(divisor)) {
    const detail = `only divisor's values ${BYTE_DIVISORS.join(", ")} are supported with the ${
      KIND_WORDS[kind]
    } resource`;
    problems.invalid(`${at}.divisor`, resource, detail);
  }
}
