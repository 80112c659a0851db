/** `/api`, `/apis` and below: discovery in each form that clients ask for, made once for each state of the catalog. */
import {
  aggregated,
  type AggregatedVersion,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  entityTag,
} from "../discovery/mod.ts";
import { jsonText } from "../registry/mod.ts";
import type { Registry } from "../registry/mod.ts";
import { answer, answerPlain, answerText } from "./answer.ts";
import { negotiate, parseAccept } from "./negotiate.ts";

interface Aggregated {
  readonly text: string;
  readonly tag: string;
}

export class DiscoveryRoutes {
  readonly #registry: Registry;
  #generation = -1;
  #documents = new Map<string, Promise<Aggregated>>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The answer to a discovery path, or undefined for any other. */
  async answer(request: Request, path: string): Promise<Response | undefined> {
    const parts = path.split("/").filter((part) => part !== "");
    const [root, group = "", version] = parts;
    if (root === "api" && parts.length === 1) return await this.#root(request, "/api");
    if (root === "apis" && parts.length === 1) return await this.#root(request, "/apis");
    if (root === "api" && parts.length === 2) return await this.#resources(request, "", group);
    if (root === "apis" && parts.length === 2) {
      const document = apiGroup(this.#served(), group);
      return document ? answer(request, document) : answerPlain("404 page not found\n", 404);
    }
    if (root === "apis" && parts.length === 3) return await this.#resources(request, group, version!);
    return undefined;
  }

  #served() {
    return this.#registry.catalog.all().map((resource) => resource.served);
  }

  async #resources(request: Request, group: string, version: string): Promise<Response> {
    const document = await apiResourceList(this.#served(), { group, version });
    return document ? answer(request, document) : answerPlain("404 page not found\n", 404);
  }

  async #root(request: Request, root: "/api" | "/apis"): Promise<Response> {
    const version = aggregatedVersion(request.headers.get("accept"));
    if (version === null) {
      void negotiate(request.headers.get("accept"));
      const document = root === "/api"
        ? apiVersions(new URL(request.url).host)
        : apiGroupList(this.#served());
      return answer(request, document, { headers: { vary: "Accept" } });
    }
    const { text, tag } = await this.#document(root, version);
    const headers = {
      "cache-control": "public",
      "content-type": `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      etag: tag,
      vary: "Accept",
    };
    if (request.headers.get("if-none-match") === tag) return new Response(null, { status: 304, headers });
    return answerText(request, text, { headers });
  }

  #document(root: "/api" | "/apis", version: AggregatedVersion): Promise<Aggregated> {
    const { generation } = this.#registry.catalog;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#documents = new Map();
    }
    const key = `${root} ${version}`;
    let document = this.#documents.get(key);
    if (!document) {
      const text = jsonText(aggregated(this.#served(), { root, version }));
      document = entityTag(text).then((tag) => ({ text, tag }));
      this.#documents.set(key, document);
    }
    return document;
  }
}

/** The aggregated form that is wanted most, or null for the old one. */
function aggregatedVersion(accept: string | null): AggregatedVersion | null {
  for (const { type, parameters } of parseAccept(accept)) {
    const { g, v, as } = parameters;
    const wanted = g === "apidiscovery.k8s.io" && as === "APIGroupDiscoveryList";
    if (type === "application/json" && wanted && (v === "v2" || v === "v2beta1")) return v;
    if (as === undefined && (type === "application/json" || type === "*/*" || type === "application/*")) {
      return null;
    }
  }
  return null;
}
