/**
 * What a pod asks for as the scheduler counts it: containers together, or its greediest moment of starting
 * (init containers one by one beside the sidecars started before them), and its overhead.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
import { addQuantities, parseQuantity, type Quantity } from "./quantity.ts";

/** Quantities by the resource's name. */
export type Amounts = Map<string, Quantity>;

/** What a pod has no amount of is not in the map. What is no quantity is left out. */
export function podAmounts(pod: unknown, field: "requests" | "limits"): Amounts {
  const spec = part(pod, "spec");
  const askedBy = (container: unknown) => amountsOf(part(part(container, "resources"), field));
  const total: Amounts = new Map();
  for (const container of items(spec, "containers")) addAmounts(total, askedBy(container));
  raise(total, startingAmounts(items(spec, "initContainers"), total, askedBy));
  // What is asked for the pod as a whole stands instead of the sum.
  for (const [name, amount] of amountsOf(part(part(spec, "resources"), field))) total.set(name, amount);
  for (const [name, amount] of amountsOf(part(spec, "overhead"))) {
    // An overhead adds to a limit only where there is one.
    if (field === "requests" || total.has(name)) addAmounts(total, new Map([[name, amount]]));
  }
  return total;
}

/** A map of quantities as an object has it; what is no quantity is left out. */
export function amountsOf(map: unknown): Amounts {
  const amounts: Amounts = new Map();
  if (typeof map !== "object" || map === null || Array.isArray(map)) return amounts;
  for (const [name, text] of Object.entries(map)) {
    const quantity = typeof text === "string" || typeof text === "number" ? parseQuantity(text) : null;
    if (quantity !== null) amounts.set(name, quantity);
  }
  return amounts;
}

/** Adds every amount of `more` to `total`. */
export function addAmounts(total: Amounts, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of more) {
    const known = total.get(name);
    total.set(name, known === undefined ? amount : addQuantities(known, amount));
  }
}

/** The most that the pod needs while its init containers run; sidecars are added to `total`. */
function startingAmounts(
  containers: readonly unknown[],
  total: Amounts,
  askedBy: (container: unknown) => Amounts,
): Amounts {
  const sidecars: Amounts = new Map();
  const most: Amounts = new Map();
  for (const container of containers) {
    const own = askedBy(container);
    if (part(container, "restartPolicy") === "Always") {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      raise(most, sidecars);
    } else {
      addAmounts(own, sidecars);
      raise(most, own);
    }
  }
  return most;
}

function raise(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) {
    const known = total.get(name);
    if (known === undefined || amount.nano > known.nano) total.set(name, amount);
  }
}

function part(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function items(value: unknown, name: string): readonly unknown[] {
  const list = part(value, name);
  return Array.isArray(list) ? list : [];
}
