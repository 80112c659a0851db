/** Namespaces get what every one has, and end once their content has gone. */
import { parseKey } from "../storage/mod.ts";
import { inBatches } from "../registry/batches.ts";
import { endingConditions, isEnding, namespaceContent, type Remaining } from "../registry/namespaces.ts";
import {
  assign,
  isDeleting,
  isObject,
  type JsonObject,
  listOf,
  mapOf,
  metaOf,
  parsed,
  textOf,
  textsOf,
  timestamp,
} from "../registry/object.ts";
import type { Change } from "../registry/resource_store.ts";
import type { ChangeIndex } from "./change_index.ts";
import { type ControllerHost, createQuietly, deleteQuietly, rewrite, storeNamed } from "./host.ts";

export class NamespaceLifecycle {
  readonly #host: ControllerHost;
  readonly #index: ChangeIndex;
  /** Those that are being emptied this moment: true once something in them went meanwhile. */
  readonly #emptying = new Map<string, boolean>();

  constructor(host: ControllerHost, index: ChangeIndex) {
    this.#host = host;
    this.#index = index;
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    const { type, resource, name } = change;
    if (resource.storageName === "namespaces") {
      if (type === "created") await this.#furnish(name.name);
      else if (type === "updated" && isEnding(change.object)) await this.#empty(name.name);
      return;
    }
    if (name.namespace === "") return;
    if (type === "created") await this.#checkLateComer(name.namespace);
    if (type === "deleted" && this.#index.endingNamespaces.has(name.namespace)) {
      await this.#empty(name.namespace);
    }
  }

  /** Goes on with namespaces whose process left them half emptied, and gives those what they lack. */
  async sweep(): Promise<void> {
    for (const namespace of [...this.#index.endingNamespaces]) await this.#empty(namespace);
  }

  /** What a namespace was to be given by a process that did not come to it. */
  async furnishAll(): Promise<void> {
    const accounts = this.#host.builtin("", "v1", "serviceaccounts");
    for (const stored of (await this.#host.builtin("", "v1", "namespaces").list("")).items) {
      const namespace = parsed(stored);
      const name = textOf(metaOf(namespace), "name");
      if (metaOf(namespace).deletionTimestamp !== undefined) continue;
      if (!await accounts.find({ namespace: name, name: "default" })) await this.#furnish(name);
    }
  }

  async #furnish(namespace: string): Promise<void> {
    for (const { kind, object } of namespaceContent(this.#host.caCertificate)) {
      await createQuietly(this.#host.builtin("", "v1", kind), namespace, structuredClone(object));
    }
  }

  /** Something that was created while its namespace ended: whoever ended it may not have seen it. */
  async #checkLateComer(namespace: string): Promise<void> {
    const stored = await this.#host.storage.find({ resource: "namespaces", namespace: "", name: namespace });
    if (stored && !stored.value.includes('"deletionTimestamp":')) return;
    if (!stored || metaOf(parsed(stored)).deletionTimestamp !== undefined) await this.#empty(namespace);
  }

  /** Deletes what a namespace holds; once nothing is left its finalizer goes, and it with it. */
  async #empty(namespace: string): Promise<void> {
    if (this.#emptying.has(namespace)) {
      this.#emptying.set(namespace, true);
      return;
    }
    try {
      let remaining: Remaining;
      do {
        this.#emptying.set(namespace, false);
        remaining = await this.#deleteContent(namespace);
      } while (remaining.instances.size > 0 && this.#emptying.get(namespace));
      await this.#finish(namespace, remaining);
    } finally {
      this.#emptying.delete(namespace);
    }
  }

  /** Deletes what is there; tells what stays for now. */
  async #deleteContent(namespace: string): Promise<Remaining> {
    const instances = new Map<string, number>();
    const finalizers = new Map<string, number>();
    for (const { served, storageName } of this.#host.catalog.stored()) {
      if (!served.namespaced) continue;
      const store = storeNamed(this.#host, storageName)!;
      await inBatches((await store.list(namespace)).items, async (item) => {
        if (isDeleting(item)) return;
        await deleteQuietly(this.#host, store, { name: { namespace, name: parseKey(item.key).name } });
      });
      const left = (await store.list(namespace)).items;
      if (left.length > 0) instances.set(`${served.plural}.${served.group}`, left.length);
      for (const finalizer of left.flatMap((item) => textsOf(metaOf(parsed(item)), "finalizers"))) {
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
      }
    }
    return { instances, finalizers };
  }

  async #finish(namespace: string, remaining: Remaining): Promise<void> {
    const time = timestamp(this.#host.clock.now());
    const namespaces = this.#host.builtin("", "v1", "namespaces");
    await rewrite(namespaces, { namespace: "", name: namespace }, (current) => {
      // one of the same name that was made anew meanwhile is none of ours
      if (!isEnding(current)) return;
      if (remaining.instances.size > 0) return tellWhatRemains(current, endingConditions(remaining, time));
      const spec = mapOf(current, "spec")!;
      const left = listOf(spec, "finalizers").filter((finalizer) => finalizer !== "kubernetes");
      assign(spec, "finalizers", left.length === 0 ? undefined : left);
    });
  }
}

/** A condition that says what it said keeps its time. */
function tellWhatRemains(namespace: JsonObject, conditions: readonly JsonObject[]): void {
  const status = (namespace.status ??= {}) as JsonObject;
  const before = listOf(status, "conditions").filter(isObject);
  status.conditions = conditions.map((condition) => {
    const same = before.find(({ type, status }) => type === condition.type && status === condition.status);
    return same ? { ...condition, lastTransitionTime: same.lastTransitionTime! } : condition;
  });
}
