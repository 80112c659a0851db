/** Security contexts of pods and containers. */
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { each, type Problems } from "./problems.ts";
import { descendingPath, systemId } from "./rules.ts";

const PROFILE_TYPES = ["Localhost", "RuntimeDefault", "Unconfined"];

function checkSeccomp(problems: Problems, at: string, profile: JsonObject | undefined): void {
  if (profile === undefined) return;
  const type = textOf(profile, "type");
  const local = profile.localhostProfile;
  if (type === "") problems.required(`${at}.type`, "type is required when seccompProfile is set");
  else problems.oneOf(`${at}.type`, type, PROFILE_TYPES);
  if (type === "Localhost") {
    if (local === undefined) {
      problems.required(`${at}.localhostProfile`, "must be set when seccomp type is Localhost");
    } else problems.invalidEach(`${at}.localhostProfile`, local, descendingPath(String(local)));
  } else if (local !== undefined) {
    const shown = { Type: type, LocalhostProfile: local };
    problems.invalid(`${at}.localhostProfile`, shown, "can only be set when seccomp type is Localhost");
  }
}

function checkAppArmor(problems: Problems, at: string, profile: JsonObject | undefined): void {
  if (profile === undefined) return;
  const type = textOf(profile, "type");
  const local = profile.localhostProfile;
  if (type === "") problems.required(`${at}.type`, "type is required when appArmorProfile is set");
  else problems.oneOf(`${at}.type`, type, PROFILE_TYPES);
  if (type === "Localhost") {
    if (typeof local !== "string" || local === "") {
      problems.required(`${at}.localhostProfile`, "must be set when AppArmor type is Localhost");
    } else if (local !== local.trim()) {
      problems.invalid(`${at}.localhostProfile`, local, "must not be padded with whitespace");
    }
  } else if (local !== undefined && PROFILE_TYPES.includes(type)) {
    problems.invalid(`${at}.localhostProfile`, local, "can only be set when AppArmor type is Localhost");
  }
}

function checkId(problems: Problems, field: string, value: unknown): void {
  if (typeof value === "number") problems.invalidEach(field, value, systemId(value));
}

/** A container's. */
export function checkSecurityContext(problems: Problems, at: string, context: JsonObject | undefined): void {
  if (context === undefined) return;
  for (const field of ["runAsUser", "runAsGroup"]) checkId(problems, `${at}.${field}`, context[field]);
  if (context.procMount !== undefined) {
    problems.oneOf(`${at}.procMount`, context.procMount, ["Default", "Unmasked"]);
    if (context.procMount === "Unmasked") {
      problems.invalid(`${at}.procMount`, "Unmasked", "`hostUsers` must be false to use `Unmasked`");
    }
  }
  checkSeccomp(problems, `${at}.seccompProfile`, mapOf(context, "seccompProfile"));
  if (context.allowPrivilegeEscalation === false) {
    const cannot = "cannot set `allowPrivilegeEscalation` to false and";
    if (context.privileged === true) {
      problems.invalid(at, internalContext(context), `${cannot} \`privileged\` to true`);
    }
    if (listOf(mapOf(context, "capabilities"), "add").includes("CAP_SYS_ADMIN")) {
      problems.invalid(at, internalContext(context), `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`);
    }
  }
  checkAppArmor(problems, `${at}.appArmorProfile`, mapOf(context, "appArmorProfile"));
}

/** The fields of the server's own type, which has no names of the API. */
const INTERNAL_FIELDS = [
  "capabilities",
  "privileged",
  "seLinuxOptions",
  "windowsOptions",
  "runAsUser",
  "runAsGroup",
  "runAsNonRoot",
  "readOnlyRootFilesystem",
  "allowPrivilegeEscalation",
  "procMount",
  "seccompProfile",
  "appArmorProfile",
];

function internalContext(context: JsonObject): Record<string, unknown> {
  const shown = INTERNAL_FIELDS.map((field) => [capital(field), internal(context[field])]);
  return Object.fromEntries(shown.map(([field, value]) => [field, complete(String(field), value)]));
}

/** Types whose every field is shown, set or not. */
function complete(field: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (field === "Capabilities") return { Add: null, Drop: null, ...value };
  if (field === "SeccompProfile" || field === "AppArmorProfile") {
    return { Type: "", LocalhostProfile: null, ...value };
  }
  return value;
}

function capital(field: string): string {
  return field === "seLinuxOptions" ? "SELinuxOptions" : field[0]!.toUpperCase() + field.slice(1);
}

function internal(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [capital(field), internal(inner)]));
}

const SYSCTL = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL_NAME = `^(${SYSCTL}[\\./])*${SYSCTL}$`;
const SYSCTL_RE = new RegExp(SYSCTL_NAME);

function checkSysctls(problems: Problems, path: string, [context, spec]: [JsonObject, JsonObject]): void {
  const names = new Set<string>();
  for (const { item, at } of each(context, "sysctls", path)) {
    const name = textOf(item, "name");
    if (name === "") problems.required(`${at}.name`);
    else if (name.length > 253 || !SYSCTL_RE.test(name)) {
      const detail = `must have at most 253 characters and match regex ${SYSCTL_NAME}`;
      problems.invalid(`${at}.name`, name, detail);
    } else if (names.has(name)) problems.duplicate(`${at}.name`, name);
    if (spec.hostNetwork === true && /^net[./]/.test(name)) {
      problems.invalid(`${at}.name`, name, "may not be specified when 'hostNetwork' is true");
    } else if (spec.hostIPC === true && /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/.test(name)) {
      problems.invalid(`${at}.name`, name, "may not be specified when 'hostIPC' is true");
    }
    names.add(name);
  }
}

/** A pod's own. */
export function checkPodSecurity(problems: Problems, at: string, spec: JsonObject): void {
  const context = mapOf(spec, "securityContext");
  if (context === undefined) return;
  for (const field of ["fsGroup", "runAsUser", "runAsGroup"]) {
    checkId(problems, `${at}.${field}`, context[field]);
  }
  for (const [index, group] of listOf(context, "supplementalGroups").entries()) {
    checkId(problems, `${at}.supplementalGroups[${index}]`, group);
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = "ShareProcessNamespace and HostPID cannot both be enabled";
    problems.invalid(`${at}.shareProcessNamespace`, true, detail);
  }
  checkSysctls(problems, at, [context, spec]);
  const choices: readonly (readonly [string, readonly string[]])[] = [
    ["fsGroupChangePolicy", ["Always", "OnRootMismatch"]],
    ["supplementalGroupsPolicy", ["Merge", "Strict"]],
    ["seLinuxChangePolicy", ["MountOption", "Recursive"]],
  ];
  const check = ([field, values]: readonly [string, readonly string[]]) => {
    if (context[field] !== undefined) problems.oneOf(`${at}.${field}`, context[field], values);
  };
  check(choices[0]!);
  checkSeccomp(problems, `${at}.seccompProfile`, mapOf(context, "seccompProfile"));
  checkAppArmor(problems, `${at}.appArmorProfile`, mapOf(context, "appArmorProfile"));
  check(choices[1]!);
  check(choices[2]!);
}
