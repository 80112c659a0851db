/** The scale subresource: one small object in place of a workload's or a custom resource's own fields. */
import { formatLabelSelector, selectorOfObject } from "../../kube/mod.ts";
import {
  isObject,
  type JsonObject,
  mapOf,
  metaOf,
  parsed,
  type ScalePaths,
  textOf,
} from "../registry/mod.ts";
import { answer } from "./answer.ts";
import { badRequest, invalid, methodNotAllowed } from "./api_error.ts";
import { mediaType, readBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { readPatch } from "./patching.ts";
import { nameOf } from "./rest.ts";

const BUILTIN: ScalePaths = { spec: ".spec.replicas", status: ".status.replicas", selector: undefined };
const SCALE = { apiVersion: "autoscaling/v1", kind: "Scale" };

/** GET, PUT and PATCH of `/scale`. */
export async function answerScale(exchange: Exchange): Promise<Response> {
  const { info, store, request, form } = exchange;
  const name = nameOf(exchange);
  if (info.verb === "get") {
    return answer(request, scaleOf(exchange, store.served(await store.get(name))), { form });
  }
  if (info.verb !== "update" && info.verb !== "patch") throw methodNotAllowed();
  const parameters = writeParameters(
    exchange.query,
    info.verb === "update" ? "UpdateOptions" : "PatchOptions",
  );
  const wanted = await scaleChange(exchange);
  const { stored } = await store.update(name, (current) => {
    const scale = wanted(scaleOf(exchange, current));
    const next = structuredClone(current);
    const version = textOf(metaOf(scale), "resourceVersion");
    if (version !== "") metaOf(next).resourceVersion = version;
    setReplicas(next, pathsOf(exchange).spec, replicasOf(scale, info.name));
    return next;
  }, {
    dryRun: parameters.dryRun,
    manager: exchange.manager(parameters.fieldManager),
    subresource: "scale",
  });
  const object = exchange.resource.converted ? store.served(stored) : parsed(stored);
  return answer(request, scaleOf(exchange, object), { form });
}

/** The scale that a request's body makes of the present one. */
async function scaleChange({ info, request, server }: Exchange): Promise<(scale: JsonObject) => JsonObject> {
  const body = await readBody(request);
  if (info.verb === "patch") {
    const type = mediaType(request);
    // Scale has no lists to merge: strategic merge is a merge patch there
    return readPatch(
      body,
      type === "application/strategic-merge-patch+json" ? "application/merge-patch+json" : type,
      null,
    );
  }
  const { object } = await server.bodies.parse(body, mediaType(request), SCALE);
  if (textOf(metaOf(object), "name") !== info.name) {
    throw badRequest(
      `the name of the object (${
        textOf(metaOf(object), "name")
      }) does not match the name on the URL (${info.name})`,
    );
  }
  return () => object;
}

function replicasOf(scale: JsonObject, name: string): number {
  const replicas = mapOf(scale, "spec")?.replicas ?? 0;
  if (typeof replicas === "number" && Number.isInteger(replicas) && replicas >= 0) return replicas;
  const detail = "must be greater than or equal to 0";
  throw invalid({ group: "autoscaling", kind: "Scale" }, name, [
    { type: "invalid", field: "spec.replicas", value: replicas, detail },
  ]);
}

function pathsOf({ resource }: Exchange): ScalePaths {
  return resource.scale ?? BUILTIN;
}

function scaleOf(exchange: Exchange, object: JsonObject): JsonObject {
  const meta = metaOf(object);
  const paths = pathsOf(exchange);
  const metadata: JsonObject = {};
  for (const field of ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]) {
    if (meta[field] !== undefined) metadata[field] = meta[field];
  }
  const replicas = valueAt(object, paths.spec);
  const seen = valueAt(object, paths.status);
  const selector = exchange.resource.scale === undefined
    ? builtinSelector(object)
    : paths.selector === undefined
    ? ""
    : String(valueAt(object, paths.selector) ?? "");
  return {
    kind: SCALE.kind,
    apiVersion: SCALE.apiVersion,
    metadata,
    spec: typeof replicas === "number" && replicas !== 0 ? { replicas } : {},
    status: { replicas: typeof seen === "number" ? seen : 0, ...(selector === "" ? {} : { selector }) },
  };
}

/** ReplicationControllers select by a plain map, the others by a LabelSelector. */
function builtinSelector(object: JsonObject): string {
  const selector = mapOf(mapOf(object, "spec"), "selector");
  if (!selector) return "";
  const isPlain = selector.matchLabels === undefined && selector.matchExpressions === undefined;
  return formatLabelSelector(
    selectorOfObject(isPlain ? { matchLabels: selector as Record<string, string> } : selector),
  );
}

function valueAt(object: JsonObject, path: string): unknown {
  let current: unknown = object;
  for (const key of path.split(".").filter((part) => part !== "")) {
    if (!isObject(current as JsonObject)) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}

function setReplicas(object: JsonObject, path: string, replicas: number): void {
  const keys = path.split(".").filter((part) => part !== "");
  const last = keys.pop()!;
  let current = object;
  for (const key of keys) current = (mapOf(current, key) ?? (current[key] = {})) as JsonObject;
  current[last] = replicas;
}
