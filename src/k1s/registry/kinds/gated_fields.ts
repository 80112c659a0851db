/** Fields that the real server forgets where the object did not have them: their features are off, or long gone. */
import { isObject, type Json, type JsonObject, listOf, mapOf, textOf } from "../object.ts";

type Forget = (object: JsonObject, old: JsonObject | undefined) => void;

const COORDINATION = ["strategy", "preferredHolder"];

const FORGOTTEN: Readonly<Record<string, Forget>> = {
  // coordinated leader election is off by default
  "coordination.k8s.io/leases": (lease, old) => {
    const [spec, before] = [mapOf(lease, "spec"), mapOf(old, "spec")];
    if (!spec || COORDINATION.some((field) => textOf(before, field) !== "")) return;
    for (const field of COORDINATION) delete spec[field];
  },
  // topology is what v1beta1 had; whoever has it keeps it
  "discovery.k8s.io/endpointslices": (slice, old) => {
    const has = (endpoint: Json) => isObject(endpoint) && endpoint.deprecatedTopology !== undefined;
    if (listOf(old, "endpoints").some(has)) return;
    for (const endpoint of listOf(slice, "endpoints").filter(isObject)) delete endpoint.deprecatedTopology;
  },
};

/** Takes them out of an object, in place; `old` is what an update starts from. */
export function forgetGated(key: string, object: JsonObject, old?: JsonObject): void {
  FORGOTTEN[key]?.(object, old);
}
