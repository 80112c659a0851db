/** What answers a request for a resource: a verb on objects, a subresource, a review. */
import { answerBinding, answerEviction, answerFinalize } from "./actions.ts";
import { methodNotAllowed, unknownPath } from "./api_error.ts";
import type { Exchange } from "./exchange.ts";
import { answerPodPart } from "./pod_parts.ts";
import { answerProxy } from "./proxy_parts.ts";
import { isTrue, type ResourceRequest } from "./request_info.ts";
import { answerRest, nameOf } from "./rest.ts";
import { answerReview, isReview } from "./reviews.ts";
import { answerTokenRequest } from "./token_request.ts";

/** Answers a request for a served resource. Throws 404, 405 and whatever its parts throw. */
export async function routeResource(exchange: Exchange): Promise<Response> {
  const { info, resource } = exchange;
  if (!isPlaced(exchange)) throw unknownPath();
  if (isReview(resource.served.plural)) return await answerReview(exchange);
  if (info.subresource !== "") return await routeSubresource(exchange, info);
  if (resource.storageName === "bindings") {
    if (info.verb !== "create") throw methodNotAllowed();
    return await answerBinding(exchange);
  }
  return await answerRest(exchange);
}

/** False for paths that no resource has: a namespace where there is none, none where there is one. */
function isPlaced({ info, resource }: Exchange): boolean {
  const { plural, namespaced } = resource.served;
  const { name, namespace } = info;
  if (plural === "namespaces") return namespace === "" || name === namespace;
  if (!namespaced) return namespace === "";
  return namespace !== "" || name === "" || info.verb === "watch";
}

async function routeSubresource(exchange: Exchange, info: ResourceRequest): Promise<Response> {
  const { subresources, custom } = exchange.resource.served;
  if (!subresources.includes(info.subresource)) {
    // of a custom object that is not there the real server says that first
    if (custom) await exchange.store.get(nameOf(exchange));
    throw unknownPath();
  }
  switch (info.subresource) {
    case "status":
    case "ephemeralcontainers":
    case "resize":
    case "approval":
      return await answerRest(exchange);
    case "scale":
      return await answerRest(exchange.through(exchange.server.registry.scaleStore(exchange.resource)));
    case "finalize":
      return await answerFinalize(exchange);
    case "log":
    case "exec":
    case "attach":
    case "portforward":
      return await answerPodPart(exchange);
    case "proxy":
      return await answerProxy(exchange);
  }
  if (info.verb !== "create") throw methodNotAllowed();
  switch (info.subresource) {
    case "binding":
      return await answerBinding(exchange);
    case "eviction":
      return await answerEviction(exchange);
    case "token":
      return await answerTokenRequest(exchange);
  }
  throw unknownPath();
}

/** Watches and streams, which may last for hours: no bound on requests counts them. */
export function isLongRunning(request: Request): boolean {
  const { pathname, searchParams } = new URL(request.url);
  return isTrue(searchParams.get("watch")) || isTrue(searchParams.get("follow")) ||
    /\/watch\/|\/(exec|attach|portforward|proxy)(\/|$)/.test(pathname);
}
