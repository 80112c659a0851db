/** Discovery of the fake API server: aggregated (v2, v2beta1) and legacy. */
import { apiVersion, type Resource } from "../../src/kube/mod.ts";
import { statusResponse } from "./faults.ts";

export interface DiscoveryState {
  readonly resources: readonly Resource[];
  /** Group versions whose server does not answer. */
  readonly broken: ReadonlySet<string>;
  /** Which aggregated version is spoken; null: only the legacy documents. */
  readonly aggregated: "v2" | "v2beta1" | null;
}

/** The answer to `/api`, `/apis`, `/api/v1`, `/apis/g/v`; null for other paths. */
export function discoveryResponse(request: Request, path: string, state: DiscoveryState): Response | null {
  if (path === "/api" || path === "/apis") {
    const accept = request.headers.get("accept") ?? "";
    const wanted = state.aggregated !== null &&
      accept.includes(`v=${state.aggregated};as=APIGroupDiscoveryList`);
    return wanted ? aggregated(request, path, state) : Response.json(legacyRoot(path, state));
  }
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))$/.exec(path);
  return match ? groupVersion(match[1] ?? match[2]!, state) : null;
}

function served(path: string, { resources, broken }: DiscoveryState): Map<string, Map<string, Resource[]>> {
  const groups = new Map<string, Map<string, Resource[]>>();
  const open = (group: string, version: string) => {
    if ((group === "") !== (path === "/api")) return;
    if (!groups.has(group)) groups.set(group, new Map());
    if (!groups.get(group)!.has(version)) groups.get(group)!.set(version, []);
  };
  for (const resource of resources) {
    open(resource.group, resource.version);
    groups.get(resource.group)?.get(resource.version)?.push(resource);
  }
  for (const name of broken) open(name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1));
  return groups;
}

function aggregated(request: Request, path: string, state: DiscoveryState): Response {
  const items = [...served(path, state)].map(([group, versions]) => ({
    metadata: group === "" ? {} : { name: group },
    versions: [...versions].map(([version, resources]) => ({
      version,
      resources: resources.map(aggregatedResource),
      freshness: state.broken.has(`${group}/${version}`) ? "Stale" : "Current",
    })),
  }));
  const type = `application/json;g=apidiscovery.k8s.io;v=${state.aggregated};as=APIGroupDiscoveryList`;
  const document = {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${state.aggregated}`,
    items,
  };
  const body = JSON.stringify(document);
  const etag = `"${hash(body)}"`;
  const headers = { "content-type": type, etag, vary: "Accept" };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(body, { headers });
}

function aggregatedResource(resource: Resource): object {
  const responseKind = { group: "", version: "", kind: resource.kind };
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    subresources: resource.subresources.map((name) => ({ subresource: name, responseKind, verbs: ["get"] })),
  };
}

function legacyRoot(path: string, state: DiscoveryState): object {
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  const groups = [...served(path, state)].map(([name, versions]) => {
    const all = [...versions.keys()].map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: all, preferredVersion: all[0] };
  });
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

function groupVersion(name: string, { resources, broken }: DiscoveryState): Response {
  if (broken.has(name)) return statusResponse(503, { message: "service unavailable" });
  const own = resources.filter((r) => apiVersion(r) === name);
  if (own.length === 0) return new Response("404 page not found\n", { status: 404 });
  return Response.json({
    kind: "APIResourceList",
    ...(name === "v1" ? {} : { apiVersion: "v1" }),
    groupVersion: name,
    resources: own.flatMap((r) => [
      {
        name: r.plural,
        singularName: r.singular,
        namespaced: r.namespaced,
        kind: r.kind,
        verbs: r.verbs,
        shortNames: r.shortNames,
        categories: r.categories,
      },
      ...r.subresources.map((sub) => ({
        name: `${r.plural}/${sub}`,
        singularName: "",
        namespaced: r.namespaced,
        kind: r.kind,
        verbs: ["get"],
      })),
    ]),
  });
}

function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16);
}
