/**
 * Owner references: what goes with its owner, what an owner waits for, what it leaves behind.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 *
 * 1. Whether an owner is there is asked of the store and never of the index: the index only tells where to look.
 * 2. An owner of a kind that isn't served can't be told to be gone: what it owns stays.
 * 3. Every step may be done again, by this process or another: one that was killed half way is made up for by a sweep.
 */
import { apiVersion } from "../../kube/mod.ts";
import type { RegisteredResource } from "../registry/catalog.ts";
import { assign, type JsonObject, metaOf, parsed, textOf, textsOf } from "../registry/object.ts";
import { ownersOf } from "../registry/owners.ts";
import type { Change, ObjectName, ResourceStore } from "../registry/resource_store.ts";
import { type ChangeIndex, FOREGROUND, ORPHAN } from "./change_index.ts";
import { type ControllerHost, deleteQuietly, type ObjectPlace, rewrite, storeNamed } from "./host.ts";
import { warnOfForeignOwner } from "./owner_events.ts";

/** `waiting`: it goes once its dependents have; `unknown`: nothing serves its kind, or it can't be an owner. */
type OwnerState = "solid" | "waiting" | "absent" | "unknown";

export class GarbageCollector {
  readonly #host: ControllerHost;
  readonly #index: ChangeIndex;
  /** Kinds by `apiVersion/kind`, as of a generation of the catalog. */
  #kinds = new Map<string, RegisteredResource>();
  #generation = -1;

  constructor(host: ControllerHost, index: ChangeIndex) {
    this.#host = host;
    this.#index = index;
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    const { type, resource, name, text } = change;
    if (type === "deleted") return await this.#deleted(change);
    const place = { storageName: resource.storageName, ...name };
    // most objects own nothing and aren't ending: the text tells without parsing
    const isOwned = text.includes('"ownerReferences":[');
    if (text.includes('"deletionTimestamp":') && metaOf(change.object).deletionTimestamp !== undefined) {
      const finalizers = textsOf(metaOf(change.object), "finalizers");
      if (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN)) await this.#end(place);
    } else if (isOwned) await this.#checkOwners(place, change.object);
    if (type === "updated") await this.#retryEnding(name.namespace);
  }

  /** Goes on with what a process left half done. */
  async sweep(orphaned: readonly ObjectPlace[] = []): Promise<void> {
    for (const place of orphaned) await this.#collect(place);
    for (const uid of [...this.#index.goneOwners]) {
      for (const place of this.#index.owners.of(uid)) await this.#collect(place);
      this.#index.goneOwners.delete(uid);
    }
    for (const place of [...this.#index.endingOwners.values()]) await this.#end(place);
  }

  async #deleted(change: Change): Promise<void> {
    for (const dependent of this.#index.owners.of(change.uid)) await this.#collect(dependent);
    if (!change.text.includes('"ownerReferences":[')) return;
    for (const owner of ownersOf(change.object)) await this.#retryOwner(owner, change.name.namespace);
  }

  /** An object with owners that were never there goes as they would have taken it. */
  async #checkOwners(place: ObjectPlace, object: JsonObject): Promise<void> {
    const owners = ownersOf(object);
    if (owners.length === 0) return;
    const states = await Promise.all(owners.map((owner) => this.#stateOf(owner, place.namespace)));
    for (const [at, state] of states.entries()) {
      if (state === "absent") {
        await warnOfForeignOwner(this.#host, this.#kindOf(owners[at]!)!, { owner: owners[at]!, object });
      }
    }
    if (states.some((state) => state === "absent" || state === "waiting")) await this.#collect(place);
  }

  /** What a dependent comes to: it stays with the owners that are there, and goes where none is. */
  async #collect(place: ObjectPlace): Promise<void> {
    const store = storeNamed(this.#host, place.storageName);
    const stored = await store?.find(place);
    if (!store || !stored) return;
    const object = parsed(stored);
    if (metaOf(object).deletionTimestamp !== undefined) return;
    const owners = ownersOf(object);
    const states = await Promise.all(owners.map((owner) => this.#stateOf(owner, place.namespace)));
    if (owners.length === 0 || states.includes("unknown")) return;
    const left = owners.filter((_, at) => states[at] === "solid").map((owner) => textOf(owner, "uid"));
    if (left.length === owners.length) return;
    if (left.length > 0) return await this.#keepOwners(store, place, (uid) => left.includes(uid));
    await this.#deleteDependent(store, place, { object, isWaitedFor: states.includes("waiting") });
  }

  async #deleteDependent(
    store: ResourceStore,
    place: ObjectPlace,
    { object, isWaitedFor }: { readonly object: JsonObject; readonly isWaitedFor: boolean },
  ): Promise<void> {
    const uid = textOf(metaOf(object), "uid");
    const finalizers = textsOf(metaOf(object), "finalizers");
    const dependents = this.#index.owners.of(uid);
    const inChain = isWaitedFor && dependents.length > 0;
    const blocks = ownersOf(object).some((owner) => owner.blockOwnerDeletion === true);
    // owners that own each other would wait for each other: one of them stops blocking
    if (inChain && blocks && dependents.some((each) => this.#isEnding(each))) {
      await this.#unblock(store, place);
    }
    const propagation = inChain || finalizers.includes(FOREGROUND)
      ? "Foreground"
      : finalizers.includes(ORPHAN)
      ? "Orphan"
      : "Background";
    await deleteQuietly(this.#host, store, { name: place, uid, propagation });
  }

  #isEnding({ storageName, namespace, name }: ObjectPlace): boolean {
    return this.#index.endingOwners.has(`${storageName}/${namespace}/${name}`);
  }

  /** An object that was asked to end: orphans its dependents, or deletes them first, as its finalizer says. */
  async #end(place: ObjectPlace): Promise<void> {
    const store = storeNamed(this.#host, place.storageName);
    const stored = await store?.find(place);
    if (!store || !stored) return;
    const finalizers = textsOf(metaOf(parsed(stored)), "finalizers");
    const isOrphaning = finalizers.includes(ORPHAN);
    if (!isOrphaning && !finalizers.includes(FOREGROUND)) return;
    await this.#index.refresh();
    for (const dependent of this.#index.owners.of(stored.uid)) {
      const owned = storeNamed(this.#host, dependent.storageName);
      if (isOrphaning && owned) await this.#keepOwners(owned, dependent, (uid) => uid !== stored.uid);
      else if (!isOrphaning) await this.#collect(dependent);
    }
    if (isOrphaning) await this.#takeFinalizer(store, place, ORPHAN);
    else if (!await this.#isBlocked(stored.uid)) await this.#takeFinalizer(store, place, FOREGROUND);
  }

  /** True while a dependent that blocks its owner's deletion is there. */
  async #isBlocked(uid: string): Promise<boolean> {
    for (const dependent of this.#index.owners.of(uid)) {
      const stored = await storeNamed(this.#host, dependent.storageName)?.find(dependent);
      if (!stored) continue;
      const owner = ownersOf(parsed(stored)).find((candidate) => textOf(candidate, "uid") === uid);
      if (owner?.blockOwnerDeletion === true) return true;
    }
    return false;
  }

  /** An update may have let go of an owner that waits. */
  async #retryEnding(namespace: string): Promise<void> {
    for (const place of [...this.#index.endingOwners.values()]) {
      if (place.namespace !== namespace && place.namespace !== "") continue;
      const store = storeNamed(this.#host, place.storageName);
      const stored = await store?.find(place);
      if (store && stored) await this.#letGo(store, place, parsed(stored));
    }
  }

  async #retryOwner(owner: JsonObject, namespace: string): Promise<void> {
    const kind = this.#kindOf(owner);
    if (!kind) return;
    const name = { namespace: kind.served.namespaced ? namespace : "", name: textOf(owner, "name") };
    const store = this.#host.store(kind);
    const stored = await store.find(name);
    if (stored && stored.uid === textOf(owner, "uid")) await this.#letGo(store, name, parsed(stored));
  }

  async #letGo(store: ResourceStore, name: ObjectName, owner: JsonObject): Promise<void> {
    const meta = metaOf(owner);
    if (meta.deletionTimestamp === undefined || !textsOf(meta, "finalizers").includes(FOREGROUND)) return;
    if (!await this.#isBlocked(textOf(meta, "uid"))) await this.#takeFinalizer(store, name, FOREGROUND);
  }

  async #keepOwners(store: ResourceStore, name: ObjectName, keeps: (uid: string) => boolean): Promise<void> {
    await rewrite(store, name, (current) => {
      const left = ownersOf(current).filter((owner) => keeps(textOf(owner, "uid")));
      assign(metaOf(current), "ownerReferences", left.length === 0 ? undefined : left);
    });
  }

  async #unblock(store: ResourceStore, name: ObjectName): Promise<void> {
    await rewrite(store, name, (current) => {
      for (const owner of ownersOf(current)) {
        if (owner.blockOwnerDeletion === true) owner.blockOwnerDeletion = false;
      }
    });
  }

  async #takeFinalizer(store: ResourceStore, name: ObjectName, finalizer: string): Promise<void> {
    await rewrite(store, name, (current) => {
      const left = textsOf(metaOf(current), "finalizers").filter((other) => other !== finalizer);
      assign(metaOf(current), "finalizers", left.length === 0 ? undefined : left);
    });
  }

  async #stateOf(owner: JsonObject, namespace: string): Promise<OwnerState> {
    const kind = this.#kindOf(owner);
    if (!kind || kind.served.namespaced && namespace === "") return "unknown";
    const name = { namespace: kind.served.namespaced ? namespace : "", name: textOf(owner, "name") };
    const stored = await this.#host.store(kind).find(name);
    if (stored?.uid !== textOf(owner, "uid")) return "absent";
    if (!stored.value.includes('"deletionTimestamp":')) return "solid";
    const meta = metaOf(parsed(stored));
    const isWaiting = meta.deletionTimestamp !== undefined &&
      textsOf(meta, "finalizers").includes(FOREGROUND);
    return isWaiting ? "waiting" : "solid";
  }

  #kindOf(owner: JsonObject): RegisteredResource | undefined {
    const { catalog } = this.#host;
    if (this.#generation !== catalog.generation) {
      this.#generation = catalog.generation;
      const stored = catalog.all().filter(({ served }) => served.verbs.includes("get"));
      this.#kinds = new Map(stored.map((kind) => [`${apiVersion(kind.served)}/${kind.served.kind}`, kind]));
    }
    return this.#kinds.get(`${textOf(owner, "apiVersion")}/${textOf(owner, "kind")}`);
  }
}
