/**
 * The `orka auth can-i` line that asks for the right which a refusal says is missing for what a path names, as the same
 * user (`who`: its flags). None where it is another's refusal (a quota's, an admission's), or is about something else
 * than the path (an impersonation), which says all there is to say.
 */
export function canIHint(message: string, path: string, who: readonly string[] = []): string | undefined {
  const url = new URL(path, "http://server");
  const at = resourceOf(url.pathname.split("/").filter((s) => s !== "").map(decodeURIComponent));
  const verb = missingVerb(message, at);
  return verb === null ? undefined : ["orka auth can-i", ...question(verb, url, at), ...who].join(" ");
}

/** What a refusal by RBAC names: `User "jane" cannot create resource "pods/exec" …`, `… cannot get path "/metrics"`. */
const REFUSED = /\bUser "(?:[^"\\]|\\.)*" cannot (\S+) (?:resource "([^"]*)"|path )/;

function missingVerb(message: string, at: Asked | null): string | null {
  const [, verb = null, resource] = REFUSED.exec(message) ?? [];
  if (resource === undefined || at === null) return resource === undefined && at === null ? verb : null;
  return resource === (at.subresource === "" ? at.plural : `${at.plural}/${at.subresource}`) ? verb : null;
}

function question(verb: string, url: URL, at: Asked | null): readonly string[] {
  if (at === null) return [verb, url.pathname];
  const scope = at.namespace !== "" ? [`-n ${at.namespace}`] : at.group !== null ? ["-A"] : [];
  return [
    verb,
    at.name === "" ? at.resource : `${at.resource}/${at.name}`,
    ...(at.subresource === "" ? [] : [`--subresource=${at.subresource}`]),
    ...scope,
  ];
}

interface Asked {
  readonly plural: string;
  /** With its group. */
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
  return { plural, resource, group: name === "" ? group : null, namespace, name, subresource };
}
