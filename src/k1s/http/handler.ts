/**
 * The API as one function of requests: discovery, health, version, and every verb on what the registry serves.
 *
 * The URL's origin is ignored. A request that nothing serves gets what the real server answers; a fault of ours gets
 * 500 and never an exception.
 */
import { type Clock, systemClock } from "../../base/mod.ts";
import {
  AccountTokens,
  ADMIN,
  allowAuthenticated,
  type Attributes,
  Authenticator,
  type Authorizer,
  type Credentials,
  impersonation,
  type SigningKey,
} from "../auth/mod.ts";
import { ProtobufCodec } from "../codec/protobuf.ts";
import { Registry, type RegistryOptions } from "../registry/mod.ts";
import { answerError, answerPlain, warningHeader } from "./answer.ts";
import { badRequest, forbidden, forbiddenPath, unauthorized, unknownPath } from "./api_error.ts";
import { BodyParser } from "./body.ts";
import { Exchange, type ServerContext, type User } from "./exchange.ts";
import { InFlight } from "./in_flight.ts";
import { Metrics } from "./metrics.ts";
import { PathRoutes } from "./path_routes.ts";
import { checkReachable, podPart } from "./pod_parts.ts";
import type { PodRuntime } from "./pod_runtime.ts";
import { checkTimeout, type RequestInfo, requestInfo } from "./request_info.ts";
import { isLongRunning, routeResource } from "./resource_routes.ts";

export { ADMIN };

export interface ApiServerOptions extends Omit<RegistryOptions, "clock"> {
  readonly clock?: Clock | undefined;
  /** Signs service account tokens; absent: a key of this process alone. */
  readonly signingKey?: SigningKey | undefined;
  /** Absent: whoever is authenticated may do everything. */
  readonly authorizer?: Authorizer | undefined;
  /** Serves logs, exec, attach and port forwarding; absent: no pod runs. */
  readonly pods?: PodRuntime | undefined;
  /** Requests of connections answered at once; as many again, times five, wait. Watches don't count. Default 600. */
  readonly maxInFlight?: number | undefined;
}

export class ApiServer implements AsyncDisposable {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly #context: ServerContext;
  readonly #paths: PathRoutes;
  readonly #inFlight: InFlight;
  readonly #closing = new AbortController();

  /** Reads what the storage holds and creates what every cluster has. */
  static async open(options: ApiServerOptions): Promise<ApiServer> {
    const clock = options.clock ?? systemClock;
    return new ApiServer(await Registry.open({ ...options, clock }), { ...options, clock });
  }

  private constructor(registry: Registry, options: ApiServerOptions & { readonly clock: Clock }) {
    const { clock } = options;
    this.registry = registry;
    const accountTokens = new AccountTokens({ storage: registry.storage, clock, key: options.signingKey });
    this.authenticator = new Authenticator(accountTokens);
    this.metrics = new Metrics(clock);
    this.#inFlight = new InFlight(options.maxInFlight);
    this.#context = {
      registry,
      clock,
      bodies: new BodyParser(new ProtobufCodec(registry.protobuf)),
      metrics: this.metrics,
      authenticator: this.authenticator,
      authorizer: options.authorizer ?? allowAuthenticated,
      accountTokens,
      pods: options.pods,
      signal: this.#closing.signal,
    };
    this.#paths = new PathRoutes({ registry, metrics: this.metrics, accountTokens });
  }

  /** Answers requests of a program in this process, as the admin. */
  readonly handler = (request: Request): Promise<Response> => this.handle(request, ADMIN);

  /** Answers a request that came over a connection: 401 for credentials that are nobody's, 429 when too many wait. */
  async answer(request: Request, credentials: Credentials): Promise<Response> {
    const user = await this.authenticator.user(credentials);
    if (user === undefined) return withAuditId(request, answerError(request, unauthorized()));
    if (isLongRunning(request)) return await this.handle(request, user);
    using place = await this.#inFlight.enter();
    return place === null ? tooManyRequests(request) : await this.handle(request, user);
  }

  /** Answers a request of a known user. Never throws. */
  async handle(request: Request, user: User): Promise<Response> {
    const url = new URL(request.url);
    const info = requestInfo(request.method, url);
    const measured = this.metrics.begin(request.method, info, url.searchParams);
    let response: Response;
    try {
      response = await this.#route({ request, url, info, user });
    } catch (error) {
      response = answerError(request, error);
    }
    measured.end(response.status);
    return withAuditId(request, response);
  }

  /** What a request that changes its protocol is about, for the listener. Throws what it would be answered with. */
  async connect(request: Request, credentials: Credentials): Promise<Exchange> {
    const user = await this.authenticator.user(credentials);
    if (user === undefined) throw unauthorized();
    const url = new URL(request.url);
    const info = requestInfo(request.method, url);
    const exchange = await this.#exchange({ request, url, info, user });
    if (!(exchange instanceof Exchange)) throw unknownPath();
    return exchange;
  }

  /** What runs pods; absent: nothing does. */
  get pods(): PodRuntime | undefined {
    return this.#context.pods;
  }

  /**
   * Streams of a pod's exec, attach or portforward for a program in this process: a port whose messages are those of
   * `v5.channel.k8s.io`, `null` the last of them. Throws ApiError.
   */
  async openStreams(request: Request): Promise<MessagePort> {
    const exchange = await this.connect(request, { trusted: ADMIN });
    const part = await podPart(exchange);
    await checkReachable(exchange, part);
    if (part.type === "log" || this.pods === undefined) throw unknownPath();
    const { port1, port2 } = new MessageChannel();
    const { serveChannels, portSocket } = await import("./pod_channels.ts");
    const options = {
      runtime: this.pods,
      protocol: "v5.channel.k8s.io",
      signal: this.#closing.signal,
    } as const;
    void serveChannels(portSocket(port1), part, options);
    return port2;
  }

  /** Ends every watch. The storage is its owner's to close. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.registry.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #route(asked: Asked): Promise<Response> {
    const exchange = await this.#exchange(asked);
    if (!(exchange instanceof Exchange)) return exchange;
    const { deprecation } = exchange.resource;
    if (deprecation !== undefined) exchange.warnings.add(deprecation);
    const response = await routeResource(exchange).catch((error) => answerError(asked.request, error));
    for (const warning of exchange.warnings) response.headers.append("warning", warningHeader(warning));
    return response;
  }

  /** The exchange about a resource; for anything else the answer itself. */
  async #exchange({ request, url, info, user }: Asked): Promise<Exchange | Response> {
    if (!isLongRunning(request)) checkTimeout(url.searchParams.get("timeout"));
    const asked = impersonation(request.headers);
    if (asked.type === "invalid") throw badRequest(asked.message);
    const by = asked.type === "user" ? asked.user : user;
    if (asked.type === "user") await this.#authorize(user, impersonating(asked.user));
    await this.#authorize(by, attributesOf(request, info));
    if (info.type === "path") return await this.#paths.answer(request, info.path);
    const resource = this.registry.catalog.find(info.group, info.version, info.resource);
    if (resource) return new Exchange(this.#context, request, info, resource, by);
    if (this.#paths.isResources(info.group)) throw unknownPath();
    return answerPlain("404 page not found\n", 404);
  }

  async #authorize(user: User, attributes: Attributes): Promise<void> {
    const decision = await this.#context.authorizer.authorize(user, attributes);
    if (decision.allowed) return;
    if (attributes.type === "path") throw forbiddenPath(user.name, attributes);
    const { group, resource: plural, subresource, verb, name, namespace } = attributes;
    throw forbidden({ user: user.name, verb, resource: { group, plural }, subresource, name, namespace });
  }
}

interface Asked {
  readonly request: Request;
  readonly url: URL;
  readonly info: RequestInfo;
  readonly user: User;
}

function attributesOf(request: Request, info: RequestInfo): Attributes {
  if (info.type === "resource") return info;
  return { type: "path", verb: request.method.toLowerCase(), path: info.path };
}

function impersonating({ name }: User): Attributes {
  const of = { group: "", version: "v1", subresource: "", namespace: "" };
  return { type: "resource", verb: "impersonate", resource: "users", name, ...of };
}

/** Every answer names its request, as it asked to be named or by a new id. */
function withAuditId(request: Request, response: Response): Response {
  response.headers.set("audit-id", request.headers.get("audit-id") ?? crypto.randomUUID());
  return response;
}

/** What priority and fairness answers when its queues are full: plain text, and when to come back. */
function tooManyRequests(request: Request): Response {
  const response = answerPlain("Too many requests, please try again later.\n", 429);
  response.headers.set("retry-after", "1");
  return withAuditId(request, response);
}
