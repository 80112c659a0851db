/**
 * kubectl's spellings of a kind against what a server serves.
 *
 * A spelling is resolved in the order that kubectl's mappers do it: a plural, else a short name, else a
 * singular or kind; `name.version.group` before `name.group`; a group may be cut short (`deployments.app`).
 * Of several matches the one whose version its group prefers wins, then discovery order, core group first.
 */
import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "./near_miss.ts";
import { apiVersion, groupResource, type Resource, resourceKey } from "./resource.ts";

/** The resource that a spelling means; throws `unknown-kind` (with a near miss as hint), or `ambiguous-kind`, also for a category. */
export function resolveResource(spelling: string, resources: readonly Resource[]): Resource {
  const found = findResource(spelling, resources);
  if (found) return found;
  throw unknownKind(spelling, resources);
}

/** As `resolveResource`, but undefined for an unknown spelling. Still throws `ambiguous-kind`. */
export function findResource(spelling: string, resources: readonly Resource[]): Resource | undefined {
  if (spelling === "") return undefined;
  if (spelling.includes("/")) return findByApiVersion(spelling, resources);
  const lower = spelling.toLowerCase();
  const first = lower.indexOf(".");
  if (first < 0) return byName({ name: lower }, resources, spelling);
  const name = lower.slice(0, first);
  const rest = lower.slice(first + 1);
  const second = rest.indexOf(".");
  if (second >= 0) {
    const versioned = { name, version: rest.slice(0, second), group: rest.slice(second + 1) };
    const found = byName(versioned, resources, spelling);
    if (found) return found;
  }
  return byName({ name, group: rest }, resources, spelling);
}

interface Spelled {
  /** Lower case. */
  readonly name: string;
  readonly version?: string;
  readonly group?: string;
}

/** `v1/Pod`, `apps/v1/Deployment`, `apps/v1/deployments`; and `group/kind`, which is as clear. */
function findByApiVersion(spelling: string, resources: readonly Resource[]): Resource | undefined {
  const at = spelling.lastIndexOf("/");
  const scope = spelling.slice(0, at);
  const name = spelling.slice(at + 1).toLowerCase();
  const exact = resources.filter((r) => apiVersion(r) === scope);
  const pool = exact.length > 0 ? exact : resources.filter((r) => r.group !== "" && r.group === scope);
  return byName({ name }, pool, spelling);
}

function byName(spelled: Spelled, resources: readonly Resource[], spelling: string): Resource | undefined {
  const plural = resources.filter((r) => r.plural === spelled.name && inGroup(r, spelled));
  if (plural.length > 0) return preferredOf(plural, spelling);
  const short = shortNamed(spelled, resources);
  if (short) return short;
  const singular = resources.filter((r) => isSingular(r, spelled.name) && inGroup(r, spelled));
  return singular.length > 0 ? preferredOf(singular, spelling) : undefined;
}

/** A short name stands for the first resource that has it, whichever else shares it: kubectl only warns. */
function shortNamed(spelled: Spelled, resources: readonly Resource[]): Resource | undefined {
  const all = resources.filter((r) => r.shortNames.includes(spelled.name) && inGroup(r, spelled));
  const exact = all.filter((r) => spelled.group === undefined || r.group === spelled.group);
  const first = exact[0] ?? all[0];
  if (!first) return undefined;
  const same = all.filter((r) => r.group === first.group && r.plural === first.plural);
  return same.find((r) => r.preferred) ?? first;
}

function isSingular(resource: Resource, name: string): boolean {
  return resource.singular === name || resource.kind.toLowerCase() === name;
}

/** A version asks for the exact group; a group alone matches as a prefix, as `deployments.app` does. */
function inGroup(resource: Resource, { version, group }: Spelled): boolean {
  if (version !== undefined) return resource.version === version && resource.group === group;
  return group === undefined || (group === "" ? resource.group === "" : resource.group.startsWith(group));
}

function preferredOf(matches: readonly Resource[], spelling: string): Resource {
  const preferred = matches.filter((r) => r.preferred);
  const pool = preferred.length > 0 ? preferred : matches;
  const first = pool.find((r) => r.group === "") ?? pool[0]!;
  const rivals = pool.filter((r) => apiVersion(r) === apiVersion(first) && r.plural !== first.plural);
  if (rivals.length === 0) return first;
  const all = [first, ...rivals].map(groupResource).join(", ");
  throw new OrkaError("ambiguous-kind", `"${spelling}" means several resources: ${all}`, {
    hint: `name one in full, e.g. ${groupResource(first)}`,
  });
}

function unknownKind(spelling: string, resources: readonly Resource[]): OrkaError {
  const category = categoryResources(spelling, resources);
  if (category.length > 0) return severalKinds(spelling, category);
  const shown = spelling.includes("/") ? spelling : spelling.split(".")[0]!;
  const word = shown.slice(shown.lastIndexOf("/") + 1);
  const others = [...kindWords(resources)].filter((other) => other !== word.toLowerCase());
  const guess = nearMiss(word, others);
  return new OrkaError("unknown-kind", `the server doesn't have a resource type "${shown}"`, {
    hint: guess === undefined ? undefined : `did you mean "${guess}"?`,
  });
}

/** A category where one kind is wanted. */
function severalKinds(category: string, kinds: readonly Resource[]): OrkaError {
  const names = kinds.map((kind) => kind.plural).join(", ");
  return new OrkaError("ambiguous-kind", `"${category}" is several kinds, name one: ${names}`);
}

function* kindWords(resources: readonly Resource[]): Iterable<string> {
  for (const r of resources) {
    yield r.plural;
    if (r.singular !== "") yield r.singular;
    yield* r.shortNames;
  }
  for (const r of resources) yield* r.categories;
}

/** The resources of a category (`all`), one version each, in discovery order; empty when there is none such. */
export function categoryResources(category: string, resources: readonly Resource[]): Resource[] {
  const chosen = new Map<string, Resource>();
  for (const resource of resources) {
    if (!resource.categories.includes(category)) continue;
    const key = groupResource(resource);
    const known = chosen.get(key);
    if (!known || (resource.preferred && !known.preferred)) chosen.set(key, resource);
  }
  return [...chosen.values()];
}

/** A resource as a verb was asked for it; without a name, the collection. */
export interface ResourceArg {
  readonly resource: Resource;
  readonly name?: string;
}

/**
 * The positional arguments of `get`, `describe` and their kin: `pods`, `pods,svc`, `all`, `pod web-0 web-1`,
 * `pod/web-0 svc/web`. Throws `usage` in kubectl's words for mixed forms, `unknown-kind` for unknown kinds.
 * A collection is listed once, even when two spellings name it.
 */
export function parseResourceArgs(args: readonly string[], resources: readonly Resource[]): ResourceArg[] {
  const types = args[0];
  if (types === undefined) throw new OrkaError("usage", "You must specify the type of resource to get.");
  const slashed = args.filter((arg) => isTypeAndName(arg, resources));
  if (slashed.length === args.length) return args.flatMap((arg) => splitTypeAndName(arg, resources));
  if (slashed.length > 0) throw mixedForms();
  const kinds = expandTypes(types, resources);
  if (args.length === 1) return kinds.map((resource) => ({ resource }));
  return kinds.flatMap((resource) => args.slice(1).map((name) => ({ resource, name })));
}

/** True for `pod/web-0`, false for kinds such as `v1/Pod` and `apps/v1/Deployment`. */
function isTypeAndName(arg: string, resources: readonly Resource[]): boolean {
  return arg.includes("/") && !arg.split(",").every((part) => findResource(part, resources) !== undefined);
}

function splitTypeAndName(arg: string, resources: readonly Resource[]): ResourceArg[] {
  const at = arg.lastIndexOf("/");
  const type = arg.slice(0, at);
  const name = arg.slice(at + 1);
  if (type === "" || name === "" || type.includes(",")) {
    throw new OrkaError("usage", "arguments in resource/name form must have a single resource and name");
  }
  if (!type.includes("/")) return [{ resource: resolveResource(type, resources), name }];
  const resource = findResource(type, resources);
  if (resource) return [{ resource, name }];
  const isGroupVersion = /^[\w.-]+\/v\d+((alpha|beta)\d+)?$/.test(type);
  if (isGroupVersion || resources.some((r) => type === apiVersion(r))) throw unknownKind(arg, resources);
  throw new OrkaError("usage", "arguments in resource/name form may not have more than one slash");
}

function expandTypes(types: string, resources: readonly Resource[]): Resource[] {
  const chosen = new Map<string, Resource>();
  for (const spelling of types.split(",")) {
    const inCategory = categoryResources(spelling, resources);
    const kinds = inCategory.length > 0 ? inCategory : [resolveResource(spelling, resources)];
    for (const kind of kinds) chosen.set(resourceKey(kind), kind);
  }
  return [...chosen.values()];
}

function mixedForms(): OrkaError {
  return new OrkaError(
    "usage",
    "there is no need to specify a resource type as a separate argument when passing arguments in " +
      "resource/name form (e.g. 'orka get resource/<resource_name>' instead of " +
      "'orka get resource resource/<resource_name>'",
  );
}
