/** Who owns whom by uid, kept up with every write: what deleting an owner has to look at. */
import { isObject, type JsonObject, listOf, metaOf, textOf } from "./object.ts";
import type { ObjectName } from "./resource_store.ts";

/** An object that names an owner. */
export interface Dependent extends ObjectName {
  readonly storageName: string;
}

export class OwnerIndex {
  readonly #dependents = new Map<string, Map<string, Dependent>>();
  readonly #owners = new Map<string, readonly string[]>();

  /** Notes an object as it is now. */
  set(dependent: Dependent, object: JsonObject): void {
    const key = keyOf(dependent);
    const owners = ownersOf(object).map((owner) => textOf(owner, "uid"));
    const before = this.#owners.get(key);
    if (before === undefined && owners.length === 0) return;
    this.delete(dependent);
    if (owners.length === 0) return;
    this.#owners.set(key, owners);
    for (const uid of owners) {
      let dependents = this.#dependents.get(uid);
      if (!dependents) this.#dependents.set(uid, dependents = new Map());
      dependents.set(key, dependent);
    }
  }

  delete(dependent: Dependent): void {
    const key = keyOf(dependent);
    for (const uid of this.#owners.get(key) ?? []) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(key);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
    this.#owners.delete(key);
  }

  /** The owners that an object names, as far as noted. */
  uidsOf(dependent: Dependent): readonly string[] {
    return this.#owners.get(keyOf(dependent)) ?? [];
  }

  /** Objects that name an owner beside the given uids. */
  withoutOwner(uids: ReadonlySet<string>): Dependent[] {
    const found = new Map<string, Dependent>();
    for (const [uid, dependents] of this.#dependents) {
      if (!uids.has(uid)) { for (const [key, dependent] of dependents) found.set(key, dependent); }
    }
    return [...found.values()];
  }

  clear(): void {
    this.#dependents.clear();
    this.#owners.clear();
  }

  /** The objects that name an owner, as far as noted. */
  of(uid: string): Dependent[] {
    return [...this.#dependents.get(uid)?.values() ?? []];
  }
}

export function ownersOf(object: JsonObject): JsonObject[] {
  return listOf(metaOf(object), "ownerReferences").filter(isObject);
}

function keyOf({ storageName, namespace, name }: Dependent): string {
  return `${storageName}/${namespace}/${name}`;
}
