/** `/proxy` of pods, services and nodes: nothing listens behind them here, and the answers are the real server's for that. */
import { type JsonObject, mapOf, textOf } from "../registry/mod.ts";
import { ApiError, badRequest } from "./api_error.ts";
import type { Exchange } from "./exchange.ts";

interface Target {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

/** Throws 400, 404, 500, 503. */
export async function answerProxy(exchange: Exchange): Promise<Response> {
  const { resource, info, store } = exchange;
  const { plural, singular } = resource.served;
  const { name, port } = target(info.name, singular);
  const namespace = resource.served.namespaced ? info.namespace : "";
  const object = store.served(await store.get({ namespace, name }));
  if (plural === "services") {
    throw new ApiError(503, "ServiceUnavailable", `no endpoints available for service "${name}"`);
  }
  const address = addressOf(object, plural);
  // without an address there is nothing to connect to, which the real server refuses as it refuses loopback
  if (address === "") {
    throw plural === "pods"
      ? badRequest("address not allowed")
      : new ApiError(500, "", "no preferred addresses found; known addresses: []");
  }
  const at = `${address}:${port || (plural === "pods" ? "80" : "10250")}`;
  const message = `error trying to reach service: dial tcp ${at}: connect: connection refused`;
  throw new ApiError(503, "ServiceUnavailable", message);
}

/** `name`, `name:port`, `scheme:name:port`. Throws 400. */
function target(text: string, kind: string): Target {
  const parts = text.split(":");
  const [scheme, name, port] = parts.length === 3 ? parts : ["", parts[0], parts[1] ?? ""];
  const isKnown = parts.length <= 3 && ["", "http", "https"].includes(scheme!);
  if (!isKnown) throw badRequest(`invalid ${kind} request "${text}"`);
  return { scheme: scheme!, name: name!, port: port! };
}

function addressOf(object: JsonObject, plural: string): string {
  const status = mapOf(object, "status");
  if (plural === "pods") return textOf(status, "podIP");
  const addresses = Array.isArray(status?.addresses) ? status.addresses as JsonObject[] : [];
  return addresses.map((entry) => textOf(entry, "address")).find((text) => text !== "") ?? "";
}
