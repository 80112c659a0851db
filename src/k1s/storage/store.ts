/** A store over a backend: tenants, the upkeep timer, the end. */
import { type Clock, systemClock } from "../../base/mod.ts";
import type { Backend } from "./backend.ts";
import type { Storage, Store } from "./interface.ts";
import { MemoryBackend } from "./memory_backend.ts";
import { DEFAULT_RETENTION, type Retention } from "./retention.ts";
import { TenantStorage } from "./tenant_storage.ts";

/** Between slices of upkeep: TTLs are kept to about this. */
const UPKEEP_MS = 1_000;

export interface StoreOptions {
  readonly clock?: Clock | undefined;
  readonly retention?: Partial<Retention> | undefined;
  /** Milliseconds between slices of upkeep; 0: only when `maintain` is called. Default 1,000. */
  readonly upkeepMs?: number | undefined;
}

export class BackedStore implements Store {
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #upkeepMs: number;
  readonly #tenants = new Map<string, Storage>();
  #timer: Disposable | undefined;
  #upkeep: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(readonly kind: Store["kind"], backend: Backend, options: StoreOptions) {
    this.#backend = backend;
    this.#clock = options.clock ?? systemClock;
    this.#upkeepMs = options.upkeepMs ?? UPKEEP_MS;
    this.#arm();
  }

  tenant(name: string): Storage {
    let storage = this.#tenants.get(name);
    if (!storage) this.#tenants.set(name, storage = new TenantStorage(this.#backend, name, this.#clock));
    return storage;
  }

  currentRevision(): Promise<number> {
    return this.#backend.revision();
  }

  compactedRevision(): Promise<number> {
    return this.#backend.compacted();
  }

  revisionAt(timeMs: number): Promise<number> {
    return this.#backend.revisionAt(timeMs);
  }

  compact(revision: number): Promise<void> {
    return this.#backend.compact(revision);
  }

  maintain(): Promise<void> {
    return this.#backend.maintain();
  }

  close(): Promise<void> {
    return this.#closed ??= this.#shut();
  }

  async #shut(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    await this.#upkeep;
    await this.#backend.close();
  }

  #arm(): void {
    if (this.#upkeepMs === 0) return;
    this.#timer = this.#clock.timer(this.#upkeepMs, () => {
      // Upkeep that fails (a full disk, another process's lock) is tried again; writes report such things themselves.
      this.#upkeep = this.maintain().catch(() => {}).then(() => {
        if (!this.#closed) this.#arm();
      });
    });
  }
}

/** A store that lives and ends with this process. */
export function createMemoryStore(options: StoreOptions = {}): Store {
  const retention = { ...DEFAULT_RETENTION, ...options.retention };
  return new BackedStore("memory", new MemoryBackend(options.clock ?? systemClock, retention), options);
}
