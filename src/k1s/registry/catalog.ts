/**
 * What is served right now: built-in kinds and those of CustomResourceDefinitions, looked up by group, version and
 * plural. Custom ones come and go while the server runs; `generation` tells discovery when.
 */
import type { ServedResource } from "../builtin/mod.ts";
import type { CellWriter } from "../codec/cells/mod.ts";
import type { ReplicasPaths } from "../smd/mod.ts";
import type { Strategy } from "./strategy.ts";

/** A served resource with its rules. Two versions of one kind share `storageName`. */
export interface RegisteredResource {
  readonly served: ServedResource;
  readonly strategy: Strategy;
  /** `pods`, `deployments.apps`: the first part of storage keys. */
  readonly storageName: string;
  /** How stored text begins; lists of built-in kinds leave it out of their items. */
  readonly stored: { readonly apiVersion: string; readonly kind: string };
  readonly listKind: string;
  /** True where objects are served other than they are stored. */
  readonly converted: boolean;
  /** A custom kind's schema as its definition has it. */
  readonly openApiSchema: unknown;
  /** One row of a Table. */
  readonly cells: CellWriter;
  /** What its clients are warned of, where it is on its way out. */
  readonly deprecation?: string | undefined;
  /** JSONPaths of a custom kind's scale subresource. */
  readonly scale: ScalePaths | undefined;
}

export interface ScalePaths {
  readonly spec: string;
  readonly status: string;
  readonly selector: string | undefined;
  /** Of each version, for owners of replicas. */
  readonly owned: ReplicasPaths;
}

export class Catalog {
  readonly #builtin: ReadonlyMap<string, RegisteredResource>;
  readonly #order: readonly RegisteredResource[];
  #custom = new Map<string, readonly RegisteredResource[]>();
  #customIndex = new Map<string, RegisteredResource>();
  #generation = 0;

  constructor(builtin: readonly RegisteredResource[]) {
    this.#order = builtin;
    this.#builtin = new Map(builtin.map((resource) => [keyOf(resource.served), resource]));
  }

  /** Raised with every change of what is served. */
  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string, plural: string): RegisteredResource | undefined {
    const key = `${group}/${version}/${plural}`;
    return this.#builtin.get(key) ?? this.#customIndex.get(key);
  }

  /** Everything served, built-in kinds first. */
  all(): readonly RegisteredResource[] {
    return [...this.#order, ...this.#customIndex.values()];
  }

  /** One version of every stored kind: what controllers walk over. */
  stored(): readonly RegisteredResource[] {
    const seen = new Map<string, RegisteredResource>();
    for (const resource of this.all()) {
      if (!resource.served.verbs.includes("list") || !resource.served.verbs.includes("create")) continue;
      const isView = resource.converted && !resource.served.custom;
      if (!isView && !seen.has(resource.storageName)) seen.set(resource.storageName, resource);
    }
    return [...seen.values()];
  }

  /** True when any version of a group is served. */
  hasGroup(group: string): boolean {
    return group === "" || this.all().some(({ served }) => served.group === group);
  }

  hasVersion(group: string, version: string): boolean {
    return this.all().some(({ served }) => served.group === group && served.version === version);
  }

  /** Puts the versions of one definition in place of its former ones; none: it is no longer served. */
  setCustom(definition: string, resources: readonly RegisteredResource[]): void {
    const next = new Map(this.#custom);
    if (resources.length > 0) next.set(definition, resources);
    else if (!next.delete(definition)) return;
    this.#custom = next;
    const sorted = [...next.values()].flat().sort((a, b) => order(a.served, b.served));
    this.#customIndex = new Map(sorted.map((resource) => [keyOf(resource.served), resource]));
    this.#generation++;
  }
}

function keyOf({ group, version, plural }: ServedResource): string {
  return `${group}/${version}/${plural}`;
}

/** Groups by name; versions in the order of their definition; kinds by plural. */
function order(a: ServedResource, b: ServedResource): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  if (a.version !== b.version) return 0;
  return a.plural < b.plural ? -1 : a.plural > b.plural ? 1 : 0;
}
