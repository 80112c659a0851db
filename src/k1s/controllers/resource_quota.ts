/**
 * Resource quotas: a write that would exceed one is refused, and `status.used` says what is used.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/
 *
 * 1. A creation is charged before it is stored, with a compare-and-set of the quota: creators of several processes
 *    together never exceed it. What was charged and not stored is given back.
 * 2. Updates and deletions change what is used by their difference; a sweep counts anew, for what a killed process
 *    charged and never stored.
 */
import { ApiError } from "../http/api_error.ts";
import type { RegisteredResource } from "../registry/catalog.ts";
import { type JsonObject, mapOf, metaOf, parsed, textOf } from "../registry/object.ts";
import type { Change } from "../registry/resource_store.ts";
import type { ControllerHost } from "./host.ts";
import { rewrite } from "./host.ts";
import { QUOTAS } from "./policy_index.ts";
import { countedKind, inScopes, unspecified, usageOf, variesByUpdate } from "./quota_usage.ts";
import { add, type Amounts, amountsOf, amountTexts, exceeds, negative, ZERO } from "./resources.ts";

interface Charge {
  readonly resource: RegisteredResource;
  readonly object: JsonObject;
  readonly usage: Amounts;
}

export class ResourceQuotas {
  readonly #host: ControllerHost;

  constructor(host: ControllerHost) {
    this.#host = host;
  }

  /** Counts a new object against the quotas of its namespace. Throws 403; a dry run counts nothing. */
  async charge(
    resource: RegisteredResource,
    object: JsonObject,
    { dryRun }: { readonly dryRun: boolean },
  ): Promise<void> {
    const quotas = await this.#quotas(resource, object);
    if (quotas.length === 0) return;
    const charge = { resource, object, usage: usageOf(resource.storageName, object) };
    for (const quota of quotas) check(quota, charge);
    if (dryRun) return;
    for (const quota of quotas) {
      await this.#rewrite(quota, (current) => {
        check(current, charge);
        count(current, charge.usage);
      });
    }
  }

  /** Throws 403 where an update would use more than there is. */
  async check(resource: RegisteredResource, object: JsonObject, old: JsonObject): Promise<void> {
    if (!variesByUpdate(resource.storageName)) return;
    const usage = usageOf(resource.storageName, object);
    add(usage, negative(usageOf(resource.storageName, old)));
    for (const quota of await this.#quotas(resource, object)) check(quota, { resource, object, usage });
  }

  /** Gives back what was charged for a creation that came to nothing. */
  async refund(resource: RegisteredResource, object: JsonObject): Promise<void> {
    await this.#apply(resource, object, negative(usageOf(resource.storageName, object)));
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    const { type, resource, name } = change;
    if (name.namespace === "") return;
    if (resource.storageName === QUOTAS && type !== "deleted") {
      // not after its own writes
      if (!isCounted(change.object)) await this.#recount(change.object);
      return;
    }
    if (type === "created" || type === "updated" && !variesByUpdate(resource.storageName)) return;
    if ((await this.#list(name.namespace)).length === 0) return;
    if (type === "deleted") return await this.refund(resource, change.object);
    if (change.previous === undefined || change.previous === change.text) return;
    const usage = usageOf(resource.storageName, change.object);
    add(usage, negative(usageOf(resource.storageName, JSON.parse(change.previous))));
    await this.#apply(resource, change.object, usage);
  }

  async sweep(): Promise<void> {
    for (const quota of await this.#list("")) await this.#recount(quota);
  }

  async #apply(resource: RegisteredResource, object: JsonObject, usage: Amounts): Promise<void> {
    if (![...usage.values()].some(({ nano }) => nano !== 0n)) return;
    for (const quota of await this.#quotas(resource, object)) {
      await this.#rewrite(quota, (current) => count(current, usage));
    }
  }

  /** `status.used` from the objects themselves. */
  async #recount(quota: JsonObject): Promise<void> {
    const namespace = textOf(metaOf(quota), "namespace");
    const hard = mapOf(mapOf(quota, "spec"), "hard") ?? {};
    const served = new Set(this.#host.catalog.stored().map(({ storageName }) => storageName));
    const entries = Object.keys(hard).filter((entry) => served.has(countedKind(entry)));
    const used: Amounts = new Map(entries.map((entry) => [entry, ZERO]));
    for (const resource of new Set(entries.map(countedKind))) {
      for (const item of (await this.#host.storage.list({ resource, namespace })).items) {
        const object = parsed(item);
        if (inScopes(quota, resource, object)) add(used, only(usageOf(resource, object), entries));
      }
    }
    await this.#rewrite(quota, (current) => {
      current.status = {
        hard: structuredClone(mapOf(mapOf(current, "spec"), "hard") ?? {}),
        used: amountTexts(used),
      };
    });
  }

  async #quotas(resource: RegisteredResource, object: JsonObject): Promise<JsonObject[]> {
    const namespace = textOf(metaOf(object), "namespace");
    if (namespace === "" || !resource.served.namespaced) return [];
    return (await this.#list(namespace)).filter((quota) => inScopes(quota, resource.storageName, object));
  }

  async #list(namespace: string): Promise<JsonObject[]> {
    if (!this.#host.policies.mayHave(QUOTAS, namespace)) return [];
    const { items } = await this.#host.storage.list({ resource: QUOTAS, namespace });
    return items.map(parsed);
  }

  async #rewrite(quota: JsonObject, change: (current: JsonObject) => void): Promise<void> {
    const name = { namespace: textOf(metaOf(quota), "namespace"), name: textOf(metaOf(quota), "name") };
    await rewrite(this.#host.builtin("", "v1", QUOTAS), name, change);
  }
}

/** True once the status is of the spec that is wanted now; of what nothing is counted for, no `used` is written. */
function isCounted(quota: JsonObject): boolean {
  const hard = amountTexts(amountsOf(mapOf(mapOf(quota, "spec"), "hard")));
  const counted = amountTexts(amountsOf(mapOf(mapOf(quota, "status"), "hard")));
  return JSON.stringify(hard) === JSON.stringify(counted);
}

function only(usage: Amounts, entries: readonly string[]): Amounts {
  return new Map([...usage].filter(([entry]) => entries.includes(entry)));
}

/** Changes what a quota has used; never below nothing. */
function count(quota: JsonObject, usage: Amounts): void {
  const status = (quota.status ??= {}) as JsonObject;
  const used = amountsOf(mapOf(status, "used"));
  add(used, only(usage, Object.keys(mapOf(mapOf(quota, "spec"), "hard") ?? {})));
  for (const [entry, amount] of used) if (amount.nano < 0n) used.set(entry, ZERO);
  status.used = amountTexts(used);
}

/** Throws 403 where a quota doesn't have what an object would use, in the real server's words. */
function check(quota: JsonObject, { resource, object, usage }: Charge): void {
  const hard = amountsOf(mapOf(mapOf(quota, "spec"), "hard"));
  const entries = [...hard.keys()].sort();
  const name = textOf(metaOf(quota), "name");
  const missing = resource.storageName === "pods" ? unspecified(entries, object) : undefined;
  if (missing !== undefined) throw refused(resource, object, `failed quota: ${name}: ${missing}`);
  const used = amountsOf(mapOf(mapOf(quota, "status"), "used"));
  const over = entries.filter((entry) => {
    const more = usage.get(entry);
    if (!more || more.nano <= 0n) return false;
    const total: Amounts = new Map([[entry, used.get(entry) ?? ZERO]]);
    add(total, new Map([[entry, more]]));
    return exceeds(total.get(entry)!, hard.get(entry)!);
  });
  if (over.length === 0) return;
  const told = (amounts: Amounts) =>
    Object.entries(amountTexts(new Map(over.map((entry) => [entry, amounts.get(entry) ?? ZERO]))))
      .map(([entry, amount]) => `${entry}=${amount}`).join(",");
  throw refused(
    resource,
    object,
    `exceeded quota: ${name}, requested: ${told(usage)}, used: ${told(used)}, limited: ${told(hard)}`,
  );
}

/** What admission refuses. */
export function refused({ served }: RegisteredResource, object: JsonObject, because: string): ApiError {
  const name = textOf(metaOf(object), "name");
  const qualified = served.group === "" ? served.plural : `${served.plural}.${served.group}`;
  return new ApiError(403, "Forbidden", `${qualified} "${name}" is forbidden: ${because}`, {
    details: { name, ...(served.group === "" ? {} : { group: served.group }), kind: served.plural },
  });
}
