/**
 * What control loops must find without looking at every object: who owns whom, what is ending. It follows the log of
 * the store, so it is as true for what other processes write.
 *
 * 1. After `refresh` it holds everything that was visible when `refresh` was called.
 * 2. Own writes are noted as they are announced, so a refresh costs one question where nobody else writes.
 * 3. A log that was compacted past the cursor is made up for by reading all objects again.
 */
import { type JsonObject, metaOf, textsOf } from "../registry/object.ts";
import { isEnding } from "../registry/namespaces.ts";
import { OwnerIndex } from "../registry/owners.ts";
import type { Change } from "../registry/resource_store.ts";
import { type ChangeEvent, isStorageError, parseKey, type Storage } from "../storage/mod.ts";
import { type ObjectPlace, placeKey } from "./host.ts";

/** Events read at a time. */
const PAGE = 1_000;
/** Own revisions noted ahead of the cursor, at most: past it the log tells of them again. */
const MAX_AHEAD = 10_000;
/** Finalizers that are ours to take off. */
export const [FOREGROUND, ORPHAN] = ["foregroundDeletion", "orphan"] as const;

export class ChangeIndex {
  readonly owners = new OwnerIndex();
  /** Namespaces that are ending and not yet gone. */
  readonly endingNamespaces = new Set<string>();
  /** Objects that go once their dependents have gone or been orphaned. */
  readonly endingOwners = new Map<string, ObjectPlace>();
  /** Owners that other processes deleted and that had dependents then; for a sweep to look after. */
  readonly goneOwners = new Set<string>();
  readonly #storage: Storage;
  readonly #storageNames: () => readonly string[];
  #cursor = 0;
  readonly #ahead = new Set<number>();
  #turn: Promise<void> = Promise.resolve();

  constructor(storage: Storage, storageNames: () => readonly string[]) {
    this.#storage = storage;
    this.#storageNames = storageNames;
  }

  /** Reads everything; resolves with dependents whose owner isn't there. */
  async load(): Promise<ObjectPlace[]> {
    this.#cursor = await this.#storage.currentRevision();
    this.owners.clear();
    this.endingNamespaces.clear();
    this.endingOwners.clear();
    const uids = new Set<string>();
    for (const resource of this.#storageNames()) {
      for (const { key, uid, value } of (await this.#storage.list({ resource })).items) {
        uids.add(uid);
        this.#take(placeOf(key), value);
      }
    }
    return this.owners.withoutOwner(uids);
  }

  /** Reads on in the log. */
  refresh(): Promise<void> {
    return this.#turn = this.#turn.catch(() => {}).then(() => this.#pull());
  }

  /** A write of this process. */
  note({ type, resource, name, revision, text }: Change): void {
    if (revision <= this.#cursor) return;
    const place = { storageName: resource.storageName, ...name };
    if (type === "deleted") this.#forget(place);
    else this.#take(place, text);
    this.#ahead.add(revision);
    this.#advance();
    if (this.#ahead.size > MAX_AHEAD) this.#ahead.clear();
  }

  #advance(): void {
    while (this.#ahead.delete(this.#cursor + 1)) this.#cursor++;
  }

  async #pull(): Promise<void> {
    if (await this.#storage.currentRevision() <= this.#cursor) return;
    for (;;) {
      const after = this.#cursor;
      try {
        const { events, through } = await this.#storage.changes(after, PAGE);
        for (const event of events) if (!this.#ahead.has(event.revision)) this.#follow(event);
        this.#cursor = Math.max(this.#cursor, through);
      } catch (error) {
        if (!isStorageError(error, "expired")) throw error;
        for (const place of await this.load()) {
          for (const uid of this.owners.uidsOf(place)) this.goneOwners.add(uid);
        }
      }
      this.#trim();
      if (this.#cursor <= after) return;
    }
  }

  #trim(): void {
    for (const revision of this.#ahead) if (revision <= this.#cursor) this.#ahead.delete(revision);
    this.#advance();
  }

  #follow({ type, key, value, uid }: ChangeEvent): void {
    const place = placeOf(key);
    if (type !== "deleted") return this.#take(place, value);
    if (this.owners.of(uid).length > 0) this.goneOwners.add(uid);
    this.#forget(place);
  }

  /** Most objects own nothing and aren't ending: the text tells without parsing. */
  #take(place: ObjectPlace, value: string): void {
    const matters = value.includes('"ownerReferences":[') || value.includes('"deletionTimestamp":');
    if (matters) this.#keep(place, JSON.parse(value));
    else this.#forget(place);
  }

  #keep(place: ObjectPlace, object: JsonObject): void {
    const { storageName, name } = place;
    this.owners.set(place, object);
    const meta = metaOf(object);
    const finalizers = meta.deletionTimestamp === undefined ? [] : textsOf(meta, "finalizers");
    const isHeld = finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN);
    if (isHeld) this.endingOwners.set(placeKey(place), place);
    else this.endingOwners.delete(placeKey(place));
    if (storageName !== "namespaces") return;
    if (isEnding(object)) this.endingNamespaces.add(name);
    else this.endingNamespaces.delete(name);
  }

  #forget(place: ObjectPlace): void {
    this.owners.delete(place);
    this.endingOwners.delete(placeKey(place));
    if (place.storageName === "namespaces") this.endingNamespaces.delete(place.name);
  }
}

function placeOf(key: string): ObjectPlace {
  const { resource, namespace, name } = parseKey(key);
  return { storageName: resource, namespace, name };
}
