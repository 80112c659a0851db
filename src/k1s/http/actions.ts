/** Subresources that are actions: binding and eviction of pods, tokens of service accounts, finalizing namespaces. */
import {
  deleteObject,
  type JsonObject,
  mapOf,
  metaOf,
  propagationOf,
  textOf,
  timestamp,
} from "../registry/mod.ts";
import { answer } from "./answer.ts";
import { badRequest, conflict, methodNotAllowed } from "./api_error.ts";
import { mediaType, readBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { presentStored } from "./present.ts";
import { nameOf } from "./rest.ts";

const SUCCESS = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" } as const;

async function bodyOf({ request, server }: Exchange, apiVersion: string, kind: string): Promise<JsonObject> {
  return (await server.bodies.parse(await readBody(request), mediaType(request), { apiVersion, kind }))
    .object;
}

/** POST `/binding` of a pod, or of `bindings`: it is on a node from now on. Throws 409 for a pod that already is. */
export async function answerBinding(exchange: Exchange): Promise<Response> {
  const { dryRun, fieldManager } = writeParameters(exchange.query, "CreateOptions");
  const binding = await bodyOf(exchange, "v1", "Binding");
  const pod = exchange.info.name || textOf(metaOf(binding), "name");
  const target = textOf(mapOf(binding, "target"), "name");
  if (target === "") throw badRequest("target.name: Required value");
  const pods = exchange.server.registry.builtin("", "v1", "pods");
  const name = { namespace: exchange.info.namespace, name: pod };
  await pods.update(name, (current) => {
    const next = structuredClone(current);
    const spec = mapOf(next, "spec") as JsonObject;
    const node = textOf(spec, "nodeName");
    if (node !== "") {
      const because = `pod ${pod} is already assigned to node "${node}"`;
      throw conflict({ group: "", plural: "pods/binding" }, pod, because);
    }
    spec.nodeName = target;
    addCondition(
      next,
      { type: "PodScheduled", status: "True", lastProbeTime: null },
      exchange.server.clock.now(),
    );
    return next;
  }, { dryRun, manager: exchange.manager(fieldManager), subresource: "binding", internal: true });
  return answer(exchange.request, { ...SUCCESS }, { status: 201, form: exchange.form });
}

function addCondition(pod: JsonObject, condition: JsonObject, nowMs: number): void {
  const status = (pod.status ??= {}) as JsonObject;
  const others = Array.isArray(status.conditions) ? status.conditions : [];
  status.conditions = [...others, { ...condition, lastTransitionTime: timestamp(nowMs) }];
}

/** POST `/eviction`: a deletion that keeps to disruption budgets. Throws 429. */
export async function answerEviction(exchange: Exchange): Promise<Response> {
  const eviction = await bodyOf(exchange, "policy/v1", "Eviction");
  const { dryRun, fieldManager } = writeParameters(exchange.query, "CreateOptions");
  const options = mapOf(eviction, "deleteOptions") ?? {};
  const preconditions = mapOf(options, "preconditions");
  const pod = exchange.store.served(await exchange.store.get(nameOf(exchange)));
  await exchange.server.registry.admitEviction(pod, { dryRun });
  await deleteObject(exchange.store, nameOf(exchange), {
    dryRun,
    manager: exchange.manager(fieldManager),
    gracePeriodSeconds: typeof options.gracePeriodSeconds === "number"
      ? options.gracePeriodSeconds
      : undefined,
    propagation: propagationOf(options),
    uid: textOf(preconditions, "uid") || undefined,
    resourceVersion: textOf(preconditions, "resourceVersion") || undefined,
    nowMs: exchange.server.clock.now(),
  });
  return answer(exchange.request, { ...SUCCESS }, { status: 201, form: exchange.form });
}

/** PUT `/finalize`: the finalizers of a namespace's spec are what the body says. */
export async function answerFinalize(exchange: Exchange): Promise<Response> {
  if (exchange.info.verb !== "update") throw methodNotAllowed();
  const { dryRun, fieldManager } = writeParameters(exchange.query, "UpdateOptions");
  const body = await bodyOf(exchange, "v1", "Namespace");
  const version = textOf(metaOf(body), "resourceVersion");
  const { stored } = await exchange.store.update(nameOf(exchange), (current) => {
    const next = structuredClone(current);
    if (version !== "") metaOf(next).resourceVersion = version;
    const { finalizers } = mapOf(body, "spec") ?? {};
    next.spec = {
      ...mapOf(next, "spec"),
      ...(Array.isArray(finalizers) && finalizers.length > 0 ? { finalizers } : {}),
    };
    if (!Array.isArray(finalizers) || finalizers.length === 0) delete (next.spec as JsonObject).finalizers;
    return next;
  }, { dryRun, manager: exchange.manager(fieldManager), subresource: "finalize", internal: true });
  return presentStored(exchange, stored);
}
