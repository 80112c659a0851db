/**
 * Leases that nobody renews. The real control plane deletes those of API servers that are gone (label
 * `apiserver.kubernetes.io/identity`), once they have run out; leases of nodes go with their node, as its dependents,
 * and leases of leader elections stay for the next leader.
 */
import { type JsonObject, mapOf, metaOf, parsed, textOf } from "../registry/object.ts";
import { type ControllerHost, deleteQuietly } from "./host.ts";

const NAMESPACE = "kube-system";
const IDENTITY = "apiserver.kubernetes.io/identity";

/** Deletes what has run out by now. */
export async function deleteExpiredLeases(host: ControllerHost): Promise<void> {
  const leases = host.builtin("coordination.k8s.io", "v1", "leases");
  for (const item of (await leases.list(NAMESPACE)).items) {
    if (!item.value.includes(IDENTITY)) continue;
    const lease = parsed(item);
    if (mapOf(metaOf(lease), "labels")?.[IDENTITY] === undefined || !hasExpired(lease, host.clock.now())) {
      continue;
    }
    const name = { namespace: NAMESPACE, name: textOf(metaOf(lease), "name") };
    await deleteQuietly(host, leases, { name, uid: item.uid });
  }
}

/** One that doesn't say when it was renewed, or for how long, has. */
function hasExpired(lease: JsonObject, nowMs: number): boolean {
  const spec = mapOf(lease, "spec");
  const renewedMs = Date.parse(textOf(spec, "renewTime"));
  const seconds = spec?.leaseDurationSeconds;
  return Number.isNaN(renewedMs) || typeof seconds !== "number" || renewedMs + seconds * 1000 < nowMs;
}
