/** The `orka auth can-i` line that asks for the right which a request needed, as the same user. `who`: its flags. */
export function canIHint(method: string, path: string, who: readonly string[] = []): string {
  const url = new URL(path, "http://server");
  const segments = url.pathname.split("/").filter((s) => s !== "").map(decodeURIComponent);
  return ["orka auth can-i", ...question(method, url, segments), ...who].join(" ");
}

function question(method: string, url: URL, segments: readonly string[]): readonly string[] {
  const at = resourceOf(segments);
  if (at === null) return [method.toLowerCase(), url.pathname];
  const scope = at.namespace !== "" ? [`-n ${at.namespace}`] : at.group !== null ? ["-A"] : [];
  return [
    verbOf(method, at.name !== "", url.searchParams),
    at.name === "" ? at.resource : `${at.resource}/${at.name}`,
    ...(at.subresource === "" ? [] : [`--subresource=${at.subresource}`]),
    ...scope,
  ];
}

interface Asked {
  readonly resource: string;
  readonly group: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** null for paths that are no resource's, e.g. `/version`. */
function resourceOf(segments: readonly string[]): Asked | null {
  const core = segments[0] === "api";
  if (!core && segments[0] !== "apis") return null;
  const group = core ? "" : segments[1] ?? "";
  let rest = segments.slice(core ? 2 : 3);
  let namespace = "";
  if (rest[0] === "namespaces" && rest.length > 2) {
    namespace = rest[1]!;
    rest = rest.slice(2);
  }
  const [plural, name = "", subresource = ""] = rest;
  if (plural === undefined) return null;
  const resource = group === "" ? plural : `${plural}.${group}`;
  return { resource, group: name === "" ? group : null, namespace, name, subresource };
}

function verbOf(method: string, named: boolean, query: URLSearchParams): string {
  switch (method.toUpperCase()) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return named ? "delete" : "deletecollection";
  }
  const watch = query.get("watch");
  if (watch === "true" || watch === "1") return "watch";
  return named ? "get" : "list";
}
