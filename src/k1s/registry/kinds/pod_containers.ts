/** Containers of every sort: what they run, see and ask for. */
import { dnsLabel, subdomain } from "../metadata_validation.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { checkResources } from "./container_resources.ts";
import { checkFieldSelector, checkResourceSelector } from "./downward_api.ts";
import { checkLifecycle, checkProbes, type HandlerContext } from "./pod_handlers.ts";
import { checkSecurityContext } from "./pod_security.ts";
import { checkMounts } from "./pod_volumes.ts";
import { each, numberOf, type Problems } from "./problems.ts";
import { configKey, envName, portName, portNumber, PROTOCOLS } from "./rules.ts";

export interface ContainerContext extends HandlerContext {
  readonly volumes: ReadonlyMap<string, JsonObject>;
  readonly restartPolicy: string;
}

function checkPorts(problems: Problems, path: string, container: JsonObject): void {
  const names = new Set<string>();
  for (const { item: port, at } of each(container, "ports", path)) {
    const name = textOf(port, "name");
    if (name !== "") {
      const bad = portName(name);
      problems.invalidEach(`${at}.name`, name, bad);
      if (bad.length === 0 && names.has(name)) problems.duplicate(`${at}.name`, name);
      if (bad.length === 0) names.add(name);
    }
    const [inside, outside] = [numberOf(port, "containerPort"), numberOf(port, "hostPort")];
    if (inside === 0) problems.required(`${at}.containerPort`);
    else problems.invalidEach(`${at}.containerPort`, inside, portNumber(inside));
    if (outside !== 0) problems.invalidEach(`${at}.hostPort`, outside, portNumber(outside));
    problems.requiredOneOf(`${at}.protocol`, port.protocol, PROTOCOLS);
  }
}

function checkKeyRef(problems: Problems, at: string, ref: JsonObject): void {
  const [name, key] = [textOf(ref, "name"), textOf(ref, "key")];
  problems.invalidEach(`${at}.name`, name, subdomain(name, false));
  if (key === "") problems.required(`${at}.key`);
  else problems.invalidEach(`${at}.key`, key, configKey(key));
}

const VALUE_SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

function checkValueFrom(problems: Problems, at: string, variable: JsonObject): void {
  const source = mapOf(variable, "valueFrom");
  if (source === undefined) return;
  for (const kind of VALUE_SOURCES) {
    const ref = mapOf(source, kind);
    if (ref === undefined) continue;
    const path = `${at}.${kind}`;
    if (kind === "fieldRef") checkFieldSelector(problems, path, [ref, "env"]);
    else if (kind === "resourceFieldRef") checkResourceSelector(problems, path, [ref, "env"]);
    else if (kind !== "fileKeyRef") checkKeyRef(problems, path, ref);
  }
  const count = VALUE_SOURCES.filter((kind) => source[kind] !== undefined).length;
  const choices = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
  if (count === 0) problems.invalid(at, "", `must specify one of: ${choices}`);
  else if (textOf(variable, "value") !== "") {
    problems.invalid(at, "", "may not be specified when `value` is not empty");
  } else if (count > 1) problems.invalid(at, "", "may not have more than one field specified at a time");
}

function checkEnvironment(problems: Problems, path: string, container: JsonObject): void {
  for (const { item: variable, at } of each(container, "env", path)) {
    const name = textOf(variable, "name");
    if (name === "") problems.required(`${at}.name`);
    else problems.invalidEach(`${at}.name`, name, envName(name));
    checkValueFrom(problems, `${at}.valueFrom`, variable);
  }
  const all = `${path}.envFrom`;
  for (const { item: source, at } of each(container, "envFrom", path)) {
    const prefix = textOf(source, "prefix");
    if (prefix !== "") problems.invalidEach(`${at}.prefix`, prefix, envName(prefix));
    const kinds = ["configMapRef", "secretRef"].filter((kind) => isObject(source[kind]));
    for (const kind of kinds) {
      const name = textOf(mapOf(source, kind), "name");
      if (name === "") problems.required(`${at}.${kind}.name`);
      else problems.invalidEach(`${at}.${kind}.name`, name, subdomain(name, true));
    }
    if (kinds.length === 0) problems.invalid(all, "", "must specify one of: `configMapRef` or `secretRef`");
    if (kinds.length > 1) problems.invalid(all, "", "may not have more than one field specified at a time");
  }
}

const MESSAGE_POLICIES = ["File", "FallbackToLogsOnError"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

/** What is the same for all sorts. */
function checkCommon(
  problems: Problems,
  at: string,
  [container, context]: [JsonObject, ContainerContext],
): void {
  const name = textOf(container, "name");
  if (name === "") problems.required(`${at}.name`);
  else problems.invalidEach(`${at}.name`, name, dnsLabel(name, false));
  if (textOf(container, "image") === "") problems.required(`${at}.image`);
  const policy = container.terminationMessagePolicy;
  problems.requiredOneOf(`${at}.terminationMessagePolicy`, policy, MESSAGE_POLICIES);
  checkPorts(problems, at, container);
  checkEnvironment(problems, at, container);
  checkMounts(problems, at, [container, context.volumes]);
  problems.requiredOneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES);
  checkResources(problems, `${at}.resources`, mapOf(container, "resources"));
  checkResizePolicy(problems, at, [container, context.restartPolicy]);
  checkSecurityContext(problems, `${at}.securityContext`, mapOf(container, "securityContext"));
}

function checkResizePolicy(
  problems: Problems,
  path: string,
  [container, restartPolicy]: [JsonObject, string],
): void {
  const seen = new Set<string>();
  for (const { item, at } of each(container, "resizePolicy", path)) {
    const name = textOf(item, "resourceName");
    if (seen.has(name)) problems.duplicate(at, name);
    seen.add(name);
    problems.requiredOneOf(`${at}.resourceName`, name, ["cpu", "memory"]);
    problems.requiredOneOf(`${at}.restartPolicy`, item.restartPolicy, ["NotRequired", "RestartContainer"]);
    if (restartPolicy === "Never" && item.restartPolicy === "RestartContainer") {
      problems.notSupported(`${at}.restartPolicy`, "RestartContainer", ["NotRequired"]);
    }
  }
}

function checkHostPorts(problems: Problems, path: string, containers: readonly JsonObject[]): void {
  const taken = new Set<string>();
  for (const [index, container] of containers.entries()) {
    for (const { item: port, at } of each(container, "ports", `${path}[${index}]`)) {
      const host = numberOf(port, "hostPort");
      if (host === 0) continue;
      const claim = `${textOf(port, "protocol")}/${textOf(port, "hostIP")}/${host}`;
      if (taken.has(claim)) problems.duplicate(`${at}.hostPort`, claim);
      taken.add(claim);
    }
  }
}

const RESTART_POLICIES = ["Always", "Never", "OnFailure"];

function checkRestartPolicy(problems: Problems, at: string, container: JsonObject): void {
  const policy = container.restartPolicy;
  if (policy !== undefined && !RESTART_POLICIES.includes(String(policy))) {
    problems.notSupported(`${at}.restartPolicy`, policy, RESTART_POLICIES);
  } else if (policy === undefined && listOf(container, "restartPolicyRules").length > 0) {
    problems.required(`${at}.restartPolicy`, "must specify restartPolicy when restart rules are used");
  }
}

export function checkContainers(
  problems: Problems,
  path: string,
  [spec, context]: [JsonObject, ContainerContext],
): void {
  const containers = listOf(spec, "containers").filter(isObject);
  if (containers.length === 0) return problems.required(`${path}.containers`);
  const names = new Set<string>();
  for (const { item: container, at } of each(spec, "containers", path)) {
    checkCommon(problems, at, [container, context]);
    const name = textOf(container, "name");
    if (names.has(name)) problems.duplicate(`${at}.name`, name);
    names.add(name);
    const lifecycle = mapOf(container, "lifecycle");
    if (lifecycle) checkLifecycle(problems, `${at}.lifecycle`, [lifecycle, context]);
    checkProbes(problems, at, [container, context]);
    checkRestartPolicy(problems, at, container);
  }
  checkHostPorts(problems, `${path}.containers`, containers);
}

const SIDECAR_FIELDS = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"];

export function checkInitContainers(
  problems: Problems,
  path: string,
  [spec, context]: [JsonObject, ContainerContext],
): void {
  const names = new Set(listOf(spec, "containers").filter(isObject).map((one) => textOf(one, "name")));
  for (const { item: container, at } of each(spec, "initContainers", path)) {
    checkCommon(problems, at, [container, context]);
    checkRestartPolicy(problems, at, container);
    const name = textOf(container, "name");
    if (names.has(name)) problems.duplicate(`${at}.name`, name);
    else if (name !== "") names.add(name);
    checkHostPorts(problems, `${path}.initContainers`, [container]);
    if (container.restartPolicy === "Always") {
      const lifecycle = mapOf(container, "lifecycle");
      if (lifecycle) checkLifecycle(problems, `${at}.lifecycle`, [lifecycle, context]);
      checkProbes(problems, at, [container, context]);
      continue;
    }
    for (const field of SIDECAR_FIELDS) {
      if (container[field] === undefined) continue;
      const detail = "may not be set for init containers without restartPolicy=Always";
      problems.forbidden(`${at}.${field}`, detail);
    }
  }
}

/** Fields that ephemeral containers may not have, in the order of the type. */
const NOT_EPHEMERAL = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "restartPolicyRules",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
];

export function checkEphemeralContainers(
  problems: Problems,
  path: string,
  [spec, context]: [JsonObject, ContainerContext],
): void {
  const others = new Set(
    [...listOf(spec, "containers"), ...listOf(spec, "initContainers")].filter(isObject).map((one) =>
      textOf(one, "name")
    ),
  );
  const names = new Set(others);
  for (const { item: container, at } of each(spec, "ephemeralContainers", path)) {
    checkCommon(problems, at, [container, context]);
    checkImagePadding(problems, at, container);
    const [name, target] = [textOf(container, "name"), textOf(container, "targetContainerName")];
    if (names.has(name)) problems.duplicate(`${at}.name`, name);
    names.add(name);
    if (target !== "" && !others.has(target)) problems.notFound(`${at}.targetContainerName`, target);
    for (const field of NOT_EPHEMERAL) {
      const value = container[field];
      const isSet = value !== undefined && !(isObject(value) && Object.keys(value).length === 0);
      if (isSet) problems.forbidden(`${at}.${field}`, "cannot be set for an Ephemeral Container");
    }
    for (const { item: mount, at: mounted } of each(container, "volumeMounts", at)) {
      for (const field of ["subPath", "subPathExpr"]) {
        if (textOf(mount, field) === "") continue;
        problems.forbidden(`${mounted}.${field}`, "cannot be set for an Ephemeral Container");
      }
    }
  }
}

/** Pods themselves, not templates, may not pad an image's name. */
export function checkImagePadding(problems: Problems, at: string, container: JsonObject): void {
  const image = textOf(container, "image");
  if (image !== image.trim()) {
    problems.invalid(`${at}.image`, image, "must not have leading or trailing whitespace");
  }
}
