/** Probes and lifecycle hooks of containers. */
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { each, numberOf, type Problems } from "./problems.ts";
import { checkPort, httpHeaderName } from "./rules.ts";

/** What a handler's time is measured against. */
export interface HandlerContext {
  readonly graceSeconds: number;
  readonly os: string;
}

type CheckAction = (problems: Problems, at: string, action: JsonObject, graceSeconds: number) => void;

const ACTIONS: readonly (readonly [string, CheckAction])[] = [
  ["exec", (problems, at, action) => {
    if (listOf(action, "command").length === 0) problems.required(`${at}.command`);
  }],
  ["httpGet", (problems, at, action) => {
    if (textOf(action, "path") === "") problems.required(`${at}.path`);
    checkPort(problems, `${at}.port`, action.port);
    problems.oneOf(`${at}.scheme`, action.scheme, ["HTTP", "HTTPS"]);
    for (const { item } of each(action, "httpHeaders", at)) {
      const name = textOf(item, "name");
      problems.invalidEach(`${at}.httpHeaders`, name, httpHeaderName(name));
    }
  }],
  ["tcpSocket", (problems, at, action) => checkPort(problems, `${at}.port`, action.port)],
  ["grpc", (problems, at, action) => checkPort(problems, `${at}.port`, numberOf(action, "port"))],
  ["sleep", (problems, at, action, graceSeconds) => {
    const seconds = numberOf(action, "seconds");
    if (seconds >= 0 && seconds <= graceSeconds) return;
    const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
    problems.invalid(at, seconds, detail);
  }],
];

function checkHandler(problems: Problems, at: string, [handler, graceSeconds]: [JsonObject, number]): void {
  let count = 0;
  for (const [kind, check] of ACTIONS) {
    const action = mapOf(handler, kind);
    if (action === undefined) continue;
    if (count++ > 0) problems.forbidden(`${at}.${kind}`, "may not specify more than 1 handler type");
    else check(problems, `${at}.${kind}`, action, graceSeconds);
  }
  if (count === 0) problems.required(at, "must specify a handler type");
}

const PROBE_NUMBERS = [
  "initialDelaySeconds",
  "timeoutSeconds",
  "periodSeconds",
  "successThreshold",
  "failureThreshold",
];

function checkProbe(problems: Problems, at: string, [probe, context]: [JsonObject, HandlerContext]): void {
  checkHandler(problems, at, [probe, context.graceSeconds]);
  for (const field of PROBE_NUMBERS) problems.nonNegative(`${at}.${field}`, probe[field]);
  const grace = probe.terminationGracePeriodSeconds;
  if (typeof grace === "number" && grace <= 0) {
    problems.invalid(`${at}.terminationGracePeriodSeconds`, grace, "must be greater than 0");
  }
}

/** A container's three probes. */
export function checkProbes(
  problems: Problems,
  at: string,
  [container, context]: [JsonObject, HandlerContext],
): void {
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = mapOf(container, kind);
    if (probe === undefined) continue;
    const path = `${at}.${kind}`;
    checkProbe(problems, path, [probe, context]);
    if (kind === "readinessProbe") {
      const grace = probe.terminationGracePeriodSeconds;
      if (grace !== undefined) {
        problems.invalid(
          `${path}.terminationGracePeriodSeconds`,
          grace,
          "must not be set for readinessProbes",
        );
      }
    } else if (numberOf(probe, "successThreshold") !== 1) {
      problems.invalid(`${path}.successThreshold`, numberOf(probe, "successThreshold"), "must be 1");
    }
  }
}

/** A container's hooks, where it has any. */
export function checkLifecycle(
  problems: Problems,
  at: string,
  [lifecycle, { graceSeconds, os }]: [JsonObject, HandlerContext],
): void {
  for (const hook of ["postStart", "preStop"]) {
    const handler = mapOf(lifecycle, hook);
    if (handler) checkHandler(problems, `${at}.${hook}`, [handler, graceSeconds]);
  }
  const signal = lifecycle.stopSignal;
  if (signal === undefined) return;
  if (os === "") {
    problems.forbidden(`${at}.stopSignal`, "may not be set for containers with empty `spec.os.name`");
  } else if (os === "windows") problems.oneOf(`${at}.stopSignal`, signal, ["SIGKILL", "SIGTERM"]);
}
