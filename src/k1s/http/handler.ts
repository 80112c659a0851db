/**
 * The API as one function of requests: discovery, health, version, and every verb on what the registry serves.
 *
 * The URL's origin is ignored. A request that nothing serves gets what the real server answers; a fault of ours gets
 * 500 and never an exception.
 */
import { type Clock, systemClock } from "../../base/mod.ts";
import { ProtobufCodec } from "../codec/protobuf.ts";
import { Registry, type RegistryOptions } from "../registry/mod.ts";
import { answerBinding, answerEviction, answerFinalize } from "./actions.ts";
import { answer, answerError, answerPlain } from "./answer.ts";
import { methodNotAllowed, unknownPath } from "./api_error.ts";
import { BodyParser } from "./body.ts";
import { DiscoveryRoutes } from "./discovery_routes.ts";
import { Exchange, type ServerContext, type User } from "./exchange.ts";
import { healthAnswer } from "./health.ts";
import { type RequestInfo, requestInfo, type ResourceRequest } from "./request_info.ts";
import { answerRest } from "./rest.ts";
import { answerReview, isReview } from "./reviews.ts";
import { answerScale } from "./scale.ts";
import { OpenApiRoutes } from "./openapi_routes.ts";
import { versionInfo } from "./version.ts";

export interface ApiServerOptions extends Omit<RegistryOptions, "clock"> {
  readonly clock?: Clock | undefined;
}

/** Who in-process requests are by, and those of clients with the admin's credentials. */
export const ADMIN: User = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };

export class ApiServer implements AsyncDisposable {
  readonly registry: Registry;
  readonly #context: ServerContext;
  readonly #discovery: DiscoveryRoutes;
  readonly #openapi: OpenApiRoutes;
  readonly #closing = new AbortController();

  /** Reads what the storage holds and creates what every cluster has. */
  static async open(options: ApiServerOptions): Promise<ApiServer> {
    const clock = options.clock ?? systemClock;
    return new ApiServer(await Registry.open({ ...options, clock }), clock);
  }

  private constructor(registry: Registry, clock: Clock) {
    this.registry = registry;
    this.#discovery = new DiscoveryRoutes(registry);
    this.#openapi = new OpenApiRoutes(registry);
    const bodies = new BodyParser(new ProtobufCodec(registry.protobuf));
    this.#context = { registry, clock, bodies, signal: this.#closing.signal };
  }

  /** Answers requests of a program in this process, as the admin. */
  readonly handler = (request: Request): Promise<Response> => this.handle(request, ADMIN);

  /** Answers a request of a known user. Never throws. */
  async handle(request: Request, user: User): Promise<Response> {
    try {
      return await this.#route(request, user);
    } catch (error) {
      return answerError(request, error);
    }
  }

  /** Ends every watch. The storage is its owner's to close. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.registry.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #route(request: Request, user: User): Promise<Response> {
    const info: RequestInfo = requestInfo(request.method, new URL(request.url));
    if (info.type === "path") return await this.#path(request, info.path);
    const resource = this.registry.catalog.find(info.group, info.version, info.resource);
    if (!resource) {
      if (this.registry.catalog.hasVersion(info.group, info.version)) throw unknownPath();
      return answerPlain("404 page not found\n", 404);
    }
    return await route(new Exchange(this.#context, request, info, resource, user));
  }

  async #path(request: Request, path: string): Promise<Response> {
    const known = await this.#discovery.answer(request, path) ?? healthAnswer(path) ??
      await this.#openapi.answer(request, path) ??
      (path === "/version" || path === "/version/" ? answer(request, versionInfo()) : undefined);
    if (!known) {
      // deep paths under a served version are resources' that it does not have
      const [, root, group = "", version = ""] = path.split("/");
      const isResource = root === "api" && group === "v1" ||
        root === "apis" && this.registry.catalog.hasVersion(group, version);
      if (isResource) throw unknownPath();
      return answerPlain("404 page not found\n", 404);
    }
    if (request.method !== "GET" && request.method !== "HEAD") throw methodNotAllowed();
    return known;
  }
}

/** What answers a request for a resource. */
async function route(exchange: Exchange): Promise<Response> {
  const { info, resource } = exchange;
  const { plural, namespaced } = resource.served;
  if (!namespaced && info.namespace !== "" && plural !== "namespaces") throw unknownPath();
  if (isReview(plural)) return await answerReview(exchange);
  if (info.subresource !== "") return await routeSubresource(exchange, info);
  if (resource.storageName === "bindings") {
    if (info.verb !== "create") throw methodNotAllowed();
    return await answerBinding(exchange);
  }
  return await answerRest(exchange);
}

async function routeSubresource(exchange: Exchange, info: ResourceRequest): Promise<Response> {
  const known = exchange.resource.served.subresources.includes(info.subresource);
  if (!known) throw unknownPath();
  switch (info.subresource) {
    case "status":
      return await answerRest(exchange);
    case "scale":
      return await answerScale(exchange);
    case "finalize":
      return await answerFinalize(exchange);
    case "binding":
      if (info.verb !== "create") throw methodNotAllowed();
      return await answerBinding(exchange);
    case "eviction":
      if (info.verb !== "create") throw methodNotAllowed();
      return await answerEviction(exchange);
    case "ephemeralcontainers":
    case "resize":
    case "approval":
      return await answerRest(exchange);
  }
  throw unknownPath();
}
