/**
 * What a pod asks for as the scheduler counts it: containers together, or its greediest moment of starting
 * (init containers one by one beside the sidecars started before them), and its overhead.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
import { addQuantities, parseQuantity, type Quantity } from "../kube/mod.ts";
import type { Tree } from "./tree.ts";

/** Quantities by the resource's name. */
export type Amounts = Map<string, Quantity>;

export const ZERO: Quantity = { nano: 0n, format: "DecimalSI" };

export function podAmounts(pod: Tree, field: "requests" | "limits"): Amounts {
  const spec = pod.at("spec");
  const total: Amounts = new Map();
  for (const container of spec.at("containers").list) {
    add(total, amountsOf(container.at(`resources.${field}`)));
  }
  raise(total, startingAmounts(spec, field, total));
  for (const [name, amount] of amountsOf(spec.at(`resources.${field}`))) total.set(name, amount);
  for (const [name, amount] of amountsOf(spec.at("overhead"))) {
    // An overhead adds to a limit only where there is one.
    if (field === "requests" || total.has(name)) add(total, new Map([[name, amount]]));
  }
  return total;
}

/** The most that the pod needs while its init containers run; sidecars are added to `total`. */
function startingAmounts(spec: Tree, field: string, total: Amounts): Amounts {
  const sidecars: Amounts = new Map();
  const most: Amounts = new Map();
  for (const container of spec.at("initContainers").list) {
    const own = amountsOf(container.at(`resources.${field}`));
    if (container.at("restartPolicy").text === "Always") {
      add(total, own);
      add(sidecars, own);
      raise(most, sidecars);
    } else {
      const now: Amounts = new Map(own);
      add(now, sidecars);
      raise(most, now);
    }
  }
  return most;
}

function amountsOf(list: Tree): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of list.entries) {
    const quantity = parseQuantity(text.text);
    if (quantity) amounts.set(name, quantity);
  }
  return amounts;
}

/** Adds every amount of `more` to `total`. */
export function add(total: Amounts, more: Amounts): void {
  for (const [name, amount] of more) {
    const known = total.get(name);
    total.set(name, known ? addQuantities(known, amount) : amount);
  }
}

function raise(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) {
    const known = total.get(name);
    if (!known || amount.nano > known.nano) total.set(name, amount);
  }
}
