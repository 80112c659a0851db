/** All control loops of one process, in the order in which they look at a write. */
import { isStorageError } from "../storage/mod.ts";
import type { Change } from "../registry/resource_store.ts";
import { ChangeIndex } from "./change_index.ts";
import { Disruption } from "./disruption.ts";
import { GarbageCollector } from "./garbage_collector.ts";
import type { ControllerHost } from "./host.ts";
import { ResourceQuotas } from "./resource_quota.ts";
import { ServiceAddresses } from "./service_addresses.ts";
import { deleteExpiredLeases } from "./lease_expiry.ts";
import { NamespaceLifecycle } from "./namespace_lifecycle.ts";

export class Controllers {
  readonly #host: ControllerHost;
  readonly #index: ChangeIndex;
  readonly #collector: GarbageCollector;
  readonly #namespaces: NamespaceLifecycle;
  readonly #quotas: ResourceQuotas;
  readonly #addresses: ServiceAddresses;
  readonly disruption: Disruption;
  #timer: Disposable | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(host: ControllerHost) {
    this.#host = host;
    this.#index = new ChangeIndex(
      host.storage,
      () => host.catalog.stored().map(({ storageName }) => storageName),
    );
    this.#collector = new GarbageCollector(host, this.#index);
    this.#quotas = new ResourceQuotas(host);
    this.disruption = new Disruption(host);
    this.#addresses = new ServiceAddresses(host);
    this.#namespaces = new NamespaceLifecycle(host, this.#index);
  }

  /** Reads what there is, and finishes what a process before this one left half done. */
  async load(): Promise<void> {
    await this.#host.policies.load();
    const orphaned = await this.#index.load();
    await this.#collector.sweep(orphaned);
    await this.#namespaces.sweep();
    await this.#namespaces.furnishAll();
    await this.#addresses.repair();
    await this.#quotas.sweep();
  }

  /** After a write of this process, before it is answered. */
  async changed(change: Change): Promise<void> {
    this.#index.note(change);
    this.#host.policies.note(change);
    // an owner's dependents and a namespace's end may be other processes' writes
    if (change.type === "deleted") await this.#index.refresh();
    await this.#collector.changed(change);
    await this.#quotas.changed(change);
    await this.#addresses.changed(change);
    await this.disruption.changed(change);
    await this.#namespaces.changed(change);
  }

  /** Looks after what other processes left half done, and after what only time changes. */
  sweep(): Promise<void> {
    return this.#sweeping = this.#sweeping.then(() => this.#sweepOnce());
  }

  async #sweepOnce(): Promise<void> {
    if (this.#closed) return;
    await this.#index.refresh();
    await this.#collector.sweep();
    await this.#namespaces.sweep();
    await this.#quotas.sweep();
    await this.disruption.sweep();
    await deleteExpiredLeases(this.#host);
  }

  /** Sweeps each `periodMs` until it is closed. A sweep that fails is made up for by the next one. */
  arm(periodMs: number): void {
    this.#timer = this.#host.clock.timer(periodMs, () => {
      void this.sweep().catch(ignoreStorage).then(() => {
        if (!this.#closed) this.arm(periodMs);
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#sweeping.catch(ignoreStorage);
    await this.#host.policies.close();
  }
}

/** A full disk, or another process's lock: writes tell of them themselves. */
function ignoreStorage(error: unknown): void {
  if (!isStorageError(error) && !(error instanceof Error && error.name === "ApiError")) throw error;
}
