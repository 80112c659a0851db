/** What a resource's store is asked with, what it answers, and what it needs of the cluster around it. */
import type { Clock } from "../../base/mod.ts";
import type { User } from "../auth/user.ts";
import type { Storage, StoredObject } from "../storage/mod.ts";
import type { Admission } from "./admission.ts";
import type { RegisteredResource } from "./catalog.ts";
import type { FieldManager } from "./field_manager.ts";
import type { JsonObject } from "./object.ts";
import type { Change } from "./stored_change.ts";

export interface ObjectName {
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  /** Who writes, for managedFields. */
  readonly manager: string;
  /** Set by apply, and where the server itself writes: managedFields stay as they come. */
  readonly ownsFields?: boolean;
  /** Who asks; absent: the server itself. */
  readonly user?: User;
}

export interface StoreEnvironment {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly fieldManager: (resource: RegisteredResource) => FieldManager | undefined;
  /** Throws ApiError where nothing may be created: a missing namespace, or one that is ending. */
  readonly checkNamespace: (resource: RegisteredResource, name: ObjectName) => Promise<void>;
  /** What a write takes from the rest of the cluster. Throws ApiError 403, 422. */
  readonly admission: Pick<
    Admission,
    "admit" | "charge" | "checkUpdate" | "fillUpdate" | "refund" | "refundUpdate"
  >;
  /** Awaited before the write is answered: controllers that settle in the same tick. */
  readonly changed: (change: Change) => Promise<void>;
}

/** What an update makes of the current object; both in the served version, `current` not to be changed. */
export type Mutation = (current: JsonObject) => JsonObject | Promise<JsonObject>;

export interface UpdateOptions extends WriteOptions {
  /** Empty: the object. `status`: only its status. Others change what their mutation changes. */
  readonly subresource: string;
  /** Makes the object that an update of a missing one creates; absent: 404. */
  readonly create?: (() => JsonObject) | undefined;
  /** Where the mutation sets what clients may not. */
  readonly internal?: boolean;
}

/** What was stored, and whether that was new. */
export interface Written {
  readonly stored: StoredObject;
  readonly created: boolean;
}
