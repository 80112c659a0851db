/**
 * Log, exec, attach and portforward of a pod: what is asked for is checked as the real server checks it, and a
 * PodRuntime answers it. Without one, the answer is the real server's for a pod whose node can't be reached.
 */
import { isObject, type JsonObject, listOf, mapOf, metaOf, textOf } from "../registry/mod.ts";
import type { FieldError } from "../validation/field_error.ts";
import { STREAMED } from "./answer.ts";
import { ApiError, badRequest, invalid, methodNotAllowed, notFound } from "./api_error.ts";
import type { Exchange } from "./exchange.ts";
import type { ExecOptions, LogOptions } from "./pod_runtime.ts";
import { integer } from "./parameters.ts";
import { isTrue } from "./request_info.ts";
import { nameOf } from "./rest.ts";

/** A pod part that the node would serve, checked. */
export type PodPart =
  | { readonly type: "log"; readonly pod: JsonObject; readonly options: LogOptions }
  | { readonly type: "exec" | "attach"; readonly pod: JsonObject; readonly options: ExecOptions }
  | { readonly type: "portforward"; readonly pod: JsonObject; readonly ports: readonly number[] };

/** Throws 400, 404, 405, 422, 500. */
export async function answerPodPart(exchange: Exchange): Promise<Response> {
  const { info, request, server } = exchange;
  const isLog = info.subresource === "log";
  const { method } = request;
  if (isLog ? method !== "GET" : method !== "GET" && method !== "POST") throw methodNotAllowed();
  const part = await podPart(exchange);
  if (part.type !== "log") {
    if (server.pods === undefined) await nodeAddress(exchange, part.pod);
    // what changes its protocol has been taken by the listener before
    throw badRequest("Upgrade request required");
  }
  if (server.pods === undefined) {
    if (textOf(mapOf(part.pod, "spec"), "nodeName") === "") return new Response(null, { status: 204 });
    await checkReachable(exchange, part);
  }
  const signal = AbortSignal.any([request.signal, server.signal]);
  const response = new Response(await server.pods!.logs(part.pod, part.options, signal), {
    headers: { "cache-control": "no-cache, private", "content-type": "text/plain" },
  });
  STREAMED.add(response);
  return response;
}

/** The pod and what is asked of it. Throws 400, 404, 422. */
export async function podPart(exchange: Exchange): Promise<PodPart> {
  const { info, store, query } = exchange;
  const type = info.subresource as PodPart["type"];
  const [logs, ports] = [type === "log" ? logQuery(query) : undefined, query.getAll("ports").map(portNumber)];
  if (logs) checkLogs(logs, { query, name: info.name });
  const pod = store.served(await store.get(nameOf(exchange)));
  if (type === "portforward") return { type, pod, ports };
  const container = containerOf(pod, query.get("container") ?? "");
  if (logs) return { type: "log", pod, options: { ...logs, container } };
  const asks = (name: string) => isTrue(query.get(name));
  return {
    type: type as "exec" | "attach",
    pod,
    options: {
      container,
      command: query.getAll("command"),
      stdin: asks("stdin"),
      stdout: asks("stdout"),
      stderr: asks("stderr"),
      tty: asks("tty"),
    },
  };
}

/** Throws what the real server answers for a node that it can't reach, unless a runtime is there. */
export async function checkReachable(exchange: Exchange, part: PodPart): Promise<void> {
  if (exchange.server.pods !== undefined) return;
  const { pod, type } = part;
  const address = await nodeAddress(exchange, pod);
  const { namespace = "", name = "" } = metaOf(pod);
  const path = type === "portforward"
    ? `portForward/${namespace}/${name}`
    : `${type === "log" ? "containerLogs" : type}/${namespace}/${name}/${part.options.container}`;
  const at = `${address}:10250`;
  throw new ApiError(500, "", `Get "https://${at}/${path}": dial tcp ${at}: connect: connection refused`);
}

/** Where the pod's node would be asked. Throws 400, 404, 500. */
async function nodeAddress({ server, info }: Exchange, pod: JsonObject): Promise<string> {
  const nodeName = textOf(mapOf(pod, "spec"), "nodeName");
  if (nodeName === "") throw badRequest(`pod ${info.name} does not have a host assigned`);
  const node = await server.registry.builtin("", "v1", "nodes").find({ namespace: "", name: nodeName });
  // the real server says "pods", since that is what it was asked for
  if (!node) throw notFound({ group: "", plural: "pods" }, nodeName);
  const addresses = listOf(mapOf(JSON.parse(node.value), "status"), "addresses").filter(isObject);
  const address = addresses.map((entry) => textOf(entry, "address")).find((text) => text !== "");
  if (address !== undefined) return address;
  throw new ApiError(500, "", "no preferred addresses found; known addresses: []");
}

type LogQuery = Omit<LogOptions, "container">;

function logQuery(query: URLSearchParams): LogQuery {
  const number = (name: string) => integer(query.get(name));
  return {
    follow: isTrue(query.get("follow")),
    previous: isTrue(query.get("previous")),
    timestamps: isTrue(query.get("timestamps")),
    sinceSeconds: number("sinceSeconds"),
    sinceMs: timeOf(query.get("sinceTime")),
    tailLines: number("tailLines"),
    limitBytes: number("limitBytes"),
  };
}

function timeOf(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/.test(text)) return Date.parse(text);
  const shown = JSON.stringify(text);
  const why = /^\d{4}/.test(text) ? "" : `: cannot parse ${shown} as "2006"`;
  throw badRequest(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00"${why}`);
}

function checkLogs(logs: LogQuery, { query, name }: { query: URLSearchParams; name: string }): void {
  const errors: FieldError[] = [];
  const atLeast = (field: "tailLines" | "limitBytes" | "sinceSeconds", least: 0 | 1) => {
    const value = logs[field];
    if (value === undefined || value >= least) return;
    const detail = least === 0 ? "must be greater than or equal to 0" : "must be greater than 0";
    errors.push({ type: "invalid", field, value, detail });
  };
  atLeast("tailLines", 0);
  atLeast("limitBytes", 1);
  if (logs.sinceSeconds !== undefined && logs.sinceMs !== undefined) {
    const detail = "at most one of `sinceTime` or `sinceSeconds` may be specified";
    errors.push({ type: "forbidden", field: "[]", detail });
  } else atLeast("sinceSeconds", 1);
  // splitting streams is behind a feature gate that is off
  if (query.has("stream")) {
    errors.push({ type: "forbidden", field: "stream", detail: "may not be specified" });
  }
  if (errors.length > 0) throw invalid({ group: "", kind: "PodLogOptions" }, name, errors);
}

function portNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** The container that is meant: the only one, the one that is named, or the pod's default one. Throws 400. */
function containerOf(pod: JsonObject, asked: string): string {
  const spec = mapOf(pod, "spec");
  const named = (field: string) => listOf(spec, field).filter(isObject).map((entry) => textOf(entry, "name"));
  const [init, main, ephemeral] = [
    named("initContainers"),
    named("containers"),
    named("ephemeralContainers"),
  ];
  const name = textOf(metaOf(pod), "name");
  if (asked === "") {
    if (main.length === 1) return main[0]!;
    const choices = [...init, ...main].join(" ");
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${choices}]`);
  }
  if (![...init, ...main, ...ephemeral].includes(asked)) {
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  return asked;
}
