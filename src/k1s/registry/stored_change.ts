/** What controllers are told of a write. */
import type { StoredObject } from "../storage/mod.ts";
import type { RegisteredResource } from "./catalog.ts";
import { type JsonObject, parsed } from "./object.ts";
import type { ObjectName } from "./store_contract.ts";

/** A change that has been stored. */
export interface Change {
  readonly type: "created" | "updated" | "deleted";
  readonly resource: RegisteredResource;
  readonly name: ObjectName;
  readonly uid: string;
  readonly revision: number;
  /** As stored, in the stored version. */
  readonly text: string;
  /** With `updated`: the text before. */
  readonly previous: string | undefined;
  /** With its metadata as stored last; parsed when first asked for, not to be changed. */
  readonly object: JsonObject;
}

/** Most changes concern no controller, which the text tells: parsing waits until one asks. */
export class StoredChange implements Change {
  readonly previous: string | undefined;
  readonly #stored: StoredObject;
  #object: JsonObject | undefined;

  constructor(
    readonly type: Change["type"],
    readonly resource: RegisteredResource,
    readonly name: ObjectName,
    { stored, previous }: { readonly stored: StoredObject; readonly previous: string | undefined },
  ) {
    this.#stored = stored;
    this.previous = previous;
  }

  get uid(): string {
    return this.#stored.uid;
  }

  get revision(): number {
    return this.#stored.revision;
  }

  get text(): string {
    return this.#stored.value;
  }

  get object(): JsonObject {
    return this.#object ??= parsed(this.#stored);
  }
}
