/** Paths that are no resource's: the index, discovery, OpenAPI, health, metrics, version, token keys. */
import { apiVersion } from "../../kube/mod.ts";
import { type AccountTokens, ISSUER } from "../auth/mod.ts";
import type { Registry } from "../registry/mod.ts";
import { answer, answerPlain, answerText } from "./answer.ts";
import { methodNotAllowed, notAcceptable, unknownPath } from "./api_error.ts";
import { DiscoveryRoutes } from "./discovery_routes.ts";
import { healthAnswer, healthPaths } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { acceptsJson } from "./negotiate.ts";
import { OpenApiRoutes } from "./openapi_routes.ts";
import { versionInfo } from "./version.ts";

export interface PathRoutesOptions {
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly accountTokens: AccountTokens;
}

const FIXED = [
  "/.well-known/openid-configuration",
  "/api",
  "/api/v1",
  "/apis",
  "/apis/",
  "/metrics",
  "/openapi/v2",
  "/openapi/v3",
  "/openapi/v3/",
  "/openid/v1/jwks",
  "/version",
];

export class PathRoutes {
  readonly #options: PathRoutesOptions;
  readonly #discovery: DiscoveryRoutes;
  readonly #openapi: OpenApiRoutes;

  constructor(options: PathRoutesOptions) {
    this.#options = options;
    this.#discovery = new DiscoveryRoutes(options.registry);
    this.#openapi = new OpenApiRoutes(options.registry);
  }

  /** Throws 404 and 405; paths of no kind are plain text. */
  async answer(request: Request, path: string): Promise<Response> {
    const known = await this.#answer(request, path);
    const [, root = "", group = ""] = path.split("/");
    if (known && !(known.status === 404 && root === "api")) return known;
    const isResource = root === "api" && path !== "/api" || root === "apis" && this.isResources(group);
    if (isResource || root === "version") throw unknownPath();
    return answerPlain("404 page not found\n", 404);
  }

  /** True for the core and the built-in groups: what they lack is a resource, whatever its version. */
  isResources(group: string): boolean {
    return this.#options.registry.catalog.all().some(({ served }) =>
      served.group === group && !served.custom
    );
  }

  async #answer(request: Request, path: string): Promise<Response | undefined> {
    const health = await healthAnswer(request, path, () => this.#options.registry.storage.currentRevision());
    if (health) return health;
    if (path === "/metrics") return await this.#metrics();
    const schema = await this.#openapi.answer(request, path);
    if (schema) return schema;
    const known = await this.#discovery.answer(request, path) ?? await this.#document(request, path);
    // a path that is known but answers no document, as plain 404 pages do, allows every method
    if (known && known.status !== 404 && request.method !== "GET") throw methodNotAllowed();
    return known;
  }

  async #document(request: Request, path: string): Promise<Response | undefined> {
    switch (path) {
      case "/":
        return answer(request, { paths: this.#paths() });
      case "/version":
      case "/version/":
        if (!acceptsJson(request)) throw notAcceptable(["application/json"]);
        return answer(request, versionInfo());
      case "/openid/v1/jwks": {
        const headers = {
          "cache-control": "public, max-age=3600",
          "content-type": "application/jwk-set+json",
        };
        return answerText(request, JSON.stringify(await this.#options.accountTokens.keySet()), { headers });
      }
      case "/.well-known/openid-configuration": {
        const headers = { "cache-control": "public, max-age=3600" };
        return answerText(request, JSON.stringify(openIdConfiguration(request)), { headers });
      }
    }
    return undefined;
  }

  #paths(): string[] {
    const paths = new Set([...FIXED, ...healthPaths()]);
    for (const { served } of this.#options.registry.catalog.all()) {
      if (served.group === "") continue;
      paths.add(`/apis/${served.group}`);
      paths.add(`/apis/${apiVersion(served)}`);
    }
    return [...paths].sort();
  }

  async #metrics(): Promise<Response> {
    const { registry, metrics } = this.#options;
    const counts = await Promise.all(
      registry.catalog.stored().map(async ({ served, storageName }) => ({
        group: served.group,
        resource: served.plural,
        count: await registry.storage.count({ resource: storageName }),
      })),
    );
    return new Response(metrics.text(counts), {
      headers: {
        "cache-control": "no-cache, private",
        "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      },
    });
  }
}

function openIdConfiguration(request: Request): unknown {
  return {
    issuer: ISSUER,
    jwks_uri: `https://${new URL(request.url).host}/openid/v1/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
}
