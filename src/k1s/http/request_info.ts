/**
 * What a request's method and path ask for: the same parts that the real server's RequestInfo has.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
import { badRequest } from "./api_error.ts";

export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "update"
  | "patch"
  | "delete"
  | "deletecollection"
  | "connect"
  /** A method that no resource has: HEAD, OPTIONS, and what nobody has heard of. */
  | "none";

export interface ResourceRequest {
  readonly type: "resource";
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  /** The plural in the path. */
  readonly resource: string;
  /** Empty for cluster-scoped resources and for collections over all namespaces. */
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  readonly subresource: string;
}

export interface PathRequest {
  readonly type: "path";
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

/** Subresources of namespaces: `/namespaces/x/status` is about the namespace, not a resource `status` in it. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);
/** Subresources that a client connects to with any method. */
const CONNECT_SUBRESOURCES = new Set(["exec", "attach", "portforward", "proxy"]);

/** Parses a URL; anything but a resource's path is a PathRequest, discovery documents included. */
export function requestInfo(method: string, url: URL): RequestInfo {
  const path = decodedPath(url.pathname);
  // one slash at the end is no segment; empty segments elsewhere are kept, since they name nothing
  const parts = path.slice(1).replace(/\/$/, "").split("/");
  const root = parts.shift();
  const group = root === "apis" ? parts.shift() : root === "api" ? "" : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return { type: "path", path };
  const legacyWatch = parts[0] === "watch" && parts.length > 1;
  if (legacyWatch) parts.shift();
  const target = resourceParts(parts);
  if (target === null) return { type: "path", path };
  return {
    type: "resource",
    verb: verbOf(method, url, { ...target, legacyWatch }),
    group,
    version,
    ...target,
  };
}

/** A path without percent signs: decoded before it is split, so that an encoded slash is a slash. */
function decodedPath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    // bytes that are no UTF-8 become replacement characters
    const bytes = path.replace(/%([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
    return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  }
}

type Target = Pick<ResourceRequest, "resource" | "namespace" | "name" | "subresource">;

function resourceParts(parts: readonly string[]): Target | null {
  const [first = "", second = "", third = "", ...rest] = parts;
  const aboutNamespace = first !== "namespaces" || third === "" ||
    NAMESPACE_SUBRESOURCES.has(third) && rest.length === 0;
  if (aboutNamespace) {
    if (rest.length > 0 && !CONNECT_SUBRESOURCES.has(third)) return null;
    const namespace = first === "namespaces" ? second : "";
    return { resource: first, namespace, name: second, subresource: third };
  }
  const [name = "", subresource = "", ...more] = rest;
  if (more.length > 0 && !CONNECT_SUBRESOURCES.has(subresource)) return null;
  return { resource: third, namespace: second, name, subresource };
}

function verbOf(method: string, url: URL, target: Target & { legacyWatch: boolean }): Verb {
  if (CONNECT_SUBRESOURCES.has(target.subresource)) return "connect";
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return target.name === "" ? "deletecollection" : "delete";
    case "GET": {
      const watching = target.legacyWatch || isTrue(url.searchParams.get("watch"));
      if (watching && target.subresource === "") return "watch";
      return target.name === "" ? "list" : "get";
    }
  }
  return "none";
}

/** The `timeout` parameter, a Go duration; answers come at once, so that it is only checked. Throws 400. */
export function checkTimeout(text: string | null): void {
  if (text === null || text === "" || /^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+)$/.test(text)) return;
  const why = /^[-+]?[\d.]+$/.test(text) ? "missing unit in duration" : "invalid duration";
  throw badRequest(`invalid timeout specified in the request URL - time: ${why} ${JSON.stringify(text)}`);
}

/** Booleans in query parameters: present and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== "false" && value !== "0";
}
