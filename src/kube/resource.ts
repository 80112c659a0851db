/** One served resource in one version, as discovery tells of it. Plain data: it is posted between Workers. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The URL's segment: `pods`, `certificates`. */
  readonly plural: string;
  /** Lower case; may be empty on old servers. */
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** `status`, `scale`, `log`, … */
  readonly subresources: readonly string[];
  /** True when this is the version that the server prefers for this resource. */
  readonly preferred: boolean;
}

/** `v1`, `apps/v1`. */
export function apiVersion(resource: Pick<Resource, "group" | "version">): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** `pods`, `deployments.apps`: unique over groups; kubectl's name for a resource in messages. */
export function groupResource(resource: Pick<Resource, "group" | "plural">): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `v1/pods`, `apps/v1/deployments`: unique over groups and versions; the key of every per-kind map. */
export function resourceKey(resource: Pick<Resource, "group" | "version" | "plural">): string {
  return `${apiVersion(resource)}/${resource.plural}`;
}

/** Path of a collection or of one object, e.g. `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export function resourcePath(
  resource: Pick<Resource, "group" | "version" | "plural" | "namespaced">,
  at: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined } = {},
): string {
  const root = resource.group === ""
    ? `/api/${resource.version}`
    : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : "";
  const object = at.name === undefined ? "" : `/${encodeURIComponent(at.name)}`;
  const sub = at.subresource === undefined ? "" : `/${at.subresource}`;
  return `${root}${scope}/${resource.plural}${object}${sub}`;
}
