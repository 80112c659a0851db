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
