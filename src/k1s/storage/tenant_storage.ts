/** `Storage` over a backend: one tenant's keys, preconditions, retries, paging. */
import type { Clock } from "../../base/mod.ts";
import type { Backend, WriteResult } from "./backend.ts";
import { decodeContinue, encodeContinue } from "./continue_token.ts";
import { isStorageError, notFound, StorageError } from "./errors.ts";
import type {
  Changes,
  DeleteOptions,
  ListOptions,
  ListResult,
  NewValue,
  ObjectKey,
  Preconditions,
  Scope,
  Storage,
  StoredObject,
  Update,
  UpdateOptions,
  WatchOptions,
  WriteOptions,
} from "./interface.ts";
import { type KeyRange, keyText, scopeRange, tenantPrefix, tenantRange } from "./keys.ts";
import { Watcher } from "./watcher.ts";

/** Read at a time when a filter may reject most of it. */
const FILTER_PAGE = 500;

export class TenantStorage implements Storage {
  readonly tenant: string;
  readonly #prefix: string;
  readonly #backend: Backend;
  readonly #clock: Clock;

  constructor(backend: Backend, tenant: string, clock: Clock) {
    this.tenant = tenant;
    this.#prefix = tenantPrefix(tenant);
    this.#backend = backend;
    this.#clock = clock;
  }

  async get(key: ObjectKey, options: { readonly resourceVersion?: number | undefined } = {}) {
    const path = keyText(this.#prefix, key);
    const object = await this.#backend.read(path);
    await this.#mustHaveReached(options.resourceVersion);
    if (!object) throw notFound(path);
    return object;
  }

  async find(key: ObjectKey): Promise<StoredObject | undefined> {
    return await this.#backend.read(keyText(this.#prefix, key));
  }

  async list(scope: Scope, options: ListOptions = {}): Promise<ListResult> {
    const range = scopeRange(this.#prefix, scope);
    const limit = options.limit ?? 0;
    checkListOptions(options, limit);
    const point = options.continue === undefined ? undefined : decodeContinue(options.continue);
    const after = point && range.prefix + point.after;
    let at = point && point.revision > 0 ? point.revision : undefined;
    if (!point) {
      await this.#mustHaveReached(options.resourceVersion);
      at = exactRevision(options, limit);
    }
    try {
      if (options.accepts) {
        return await this.#listAccepted(range, { after, at, limit, accepts: options.accepts });
      }
      return await this.#listPage(range, { after, at, limit });
    } catch (error) {
      throw point && isStorageError(error, "expired") ? expiredPage(error, point.after) : error;
    }
  }

  async #listPage(range: KeyRange, page: PageOptions): Promise<ListResult> {
    const { items, more, revision } = await this.#backend.range({ range, ...page });
    if (!more) return { items, revision };
    const last = items.at(-1)!.key;
    const remaining = await this.#backend.count({ range, after: last, at: revision });
    return { items, revision, continue: continueAfter(range, last, revision), remaining };
  }

  /** Pages through the backend until `limit` accepted items are found, as the API server does with selectors. */
  async #listAccepted(range: KeyRange, options: PageOptions & { accepts: (o: StoredObject) => boolean }) {
    const { limit, accepts } = options;
    const items: StoredObject[] = [];
    let { after, at } = options;
    for (;;) {
      const page = await this.#backend.range({ range, after, at, limit: FILTER_PAGE });
      at = page.revision;
      for (const [index, object] of page.items.entries()) {
        if (!accepts(object)) continue;
        items.push(object);
        const more = page.more || index + 1 < page.items.length;
        if (items.length === limit && more) {
          return { items, revision: at, continue: continueAfter(range, object.key, at) };
        }
      }
      if (!page.more) return { items, revision: at };
      after = page.items.at(-1)!.key;
    }
  }

  count(scope: Scope): Promise<number> {
    return this.#backend.count({ range: scopeRange(this.#prefix, scope) });
  }

  async create(key: ObjectKey, value: NewValue & { readonly uid: string }): Promise<StoredObject> {
    const path = keyText(this.#prefix, key);
    const result = await this.#put(path, 0, value, value.uid);
    if (result.done) return result.object;
    throw new StorageError("exists", `An object is already at ${path}`, {
      key: path,
      current: result.current,
    });
  }

  async guaranteedUpdate(key: ObjectKey, update: Update, options: UpdateOptions = {}): Promise<StoredObject> {
    const path = keyText(this.#prefix, key);
    return await this.#retry(path, options, async (current, isFresh) => {
      if (!current && !options.ignoreNotFound) throw notFound(path);
      if (current) checkPreconditions(current, options.preconditions);
      const next = await update(current);
      if (current && current.value === next.value && next.ttlSeconds === undefined) {
        return isFresh ? { done: true, object: current } : "read-again";
      }
      const uid = next.uid ?? current?.uid;
      if (uid === undefined) {
        throw new StorageError("invalid", `The new object at ${path} has no uid`, { key: path });
      }
      return await this.#put(path, current?.revision ?? 0, next, uid);
    });
  }

  async delete(key: ObjectKey, options: DeleteOptions = {}): Promise<StoredObject> {
    const path = keyText(this.#prefix, key);
    return await this.#retry(path, options, async (current) => {
      if (!current) throw notFound(path);
      checkPreconditions(current, options.preconditions);
      await options.validate?.(current);
      return await this.#backend.write({ key: path, expected: current.revision, uid: current.uid });
    });
  }

  watch(scope: Scope, options: WatchOptions): Watcher {
    return new Watcher(this.#backend, scopeRange(this.#prefix, scope), options);
  }

  async changes(after: number, limit: number): Promise<Changes> {
    await this.#backend.catchUp();
    return await this.#backend.log(tenantRange(this.#prefix), after, limit);
  }

  currentRevision(): Promise<number> {
    return this.#backend.revision();
  }

  async requestProgress(): Promise<void> {
    await this.#backend.catchUp();
    this.#backend.hub.bookmark(tenantRange(this.#prefix).prefix);
  }

  /**
   * Runs `attempt` on the suggestion or the current object until it wrote. What fails on a suggestion that
   * turns out to be old is tried again on the current object; what fails on the current one is the answer.
   */
  async #retry(path: string, options: WriteOptions, attempt: Attempt): Promise<StoredObject> {
    let isFresh = options.suggestion === undefined;
    let current = isFresh ? await this.#backend.read(path) : options.suggestion;
    if (current && current.key !== path) throw new StorageError("invalid", `The suggestion isn't of ${path}`);
    for (;;) {
      options.signal?.throwIfAborted();
      let result: Outcome;
      try {
        result = await attempt(current, isFresh);
      } catch (error) {
        if (isFresh || isStorageError(error, "unavailable", "closed", "full")) throw error;
        const newest = await this.#backend.read(path);
        if (newest?.revision === current?.revision) throw error;
        [current, isFresh] = [newest, true];
        continue;
      }
      if (result !== "read-again" && result.done) return result.object;
      const newest = result === "read-again" ? await this.#backend.read(path) : result.current;
      // A suggestion that proves current and changes nothing is the answer.
      if (result === "read-again" && newest && newest.revision === current?.revision) return newest;
      [current, isFresh] = [newest, true];
    }
  }

  async #put(key: string, expected: number, next: NewValue, uid: string): Promise<WriteResult> {
    const { value, ttlSeconds } = next;
    // JSON escapes it, so only other text has it; node:sqlite ends a read text there.
    if (value.includes("\0")) {
      throw new StorageError("invalid", `The value of ${key} has a NUL character`, { key });
    }
    const expiresAt = ttlSeconds === undefined ? undefined : this.#clock.now() + ttlSeconds * 1000;
    return await this.#backend.write({ key, expected, value, uid, expiresAt });
  }

  async #mustHaveReached(revision: number | undefined): Promise<void> {
    if (revision === undefined || revision === 0) return;
    if (!Number.isSafeInteger(revision) || revision < 0) {
      throw new StorageError("invalid", `Invalid resource version ${revision}`);
    }
    const current = await this.#backend.revision();
    if (revision > current) throw tooLarge(revision, current);
  }
}

type Outcome = WriteResult | "read-again";
type Attempt = (current: StoredObject | undefined, isFresh: boolean) => Promise<Outcome>;

interface PageOptions {
  readonly after: string | undefined;
  readonly at: number | undefined;
  readonly limit: number;
}

export function tooLarge(revision: number, current: number): StorageError {
  return new StorageError(
    "too-large-resource-version",
    `Too large resource version: ${revision}, current: ${current}`,
    {
      currentRevision: current,
      retryAfterSeconds: 1,
    },
  );
}

function checkListOptions(options: ListOptions, limit: number): void {
  const fail = (message: string) => {
    throw new StorageError("invalid", message);
  };
  if (!Number.isSafeInteger(limit) || limit < 0) fail(`Invalid limit ${limit}`);
  if (options.continue !== undefined && (options.resourceVersion ?? 0) > 0) {
    fail("specifying resource version is not allowed when using continue");
  }
  if (options.match === "exact" && !options.resourceVersion && options.continue === undefined) {
    fail("resourceVersionMatch exact needs a resource version above 0");
  }
}

/** A revision with a limit and no match is exact: what clients from before resourceVersionMatch rely on. */
function exactRevision({ resourceVersion, match }: ListOptions, limit: number): number | undefined {
  if (!resourceVersion) return undefined;
  return match === "exact" || (match === undefined && limit > 0) ? resourceVersion : undefined;
}

function continueAfter(range: KeyRange, key: string, revision: number): string {
  return encodeContinue({ revision, after: key.slice(range.prefix.length) });
}

function expiredPage(error: StorageError, after: string): StorageError {
  return new StorageError(
    "expired",
    "The list's revision is compacted: begin again, or go on without consistency",
    {
      cause: error,
      currentRevision: error.currentRevision,
      continueToken: encodeContinue({ revision: -1, after }),
    },
  );
}

function checkPreconditions(current: StoredObject, preconditions: Preconditions | undefined): void {
  const { uid, revision } = preconditions ?? {};
  const key = current.key;
  if (uid !== undefined && uid !== current.uid) {
    throw new StorageError(
      "conflict",
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.uid}`,
      {
        key,
        current,
      },
    );
  }
  if (revision !== undefined && revision !== current.revision) {
    throw new StorageError(
      "conflict",
      `Precondition failed: ResourceVersion in precondition: ${revision}, ResourceVersion in object meta: ${current.revision}`,
      { key, current },
    );
  }
}
