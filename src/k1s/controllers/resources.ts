/** Lists of resources (`cpu`, `memory`, …) with exact amounts, and what a pod asks for. */
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from "../../kube/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "../registry/object.ts";

export type Amounts = Map<string, Quantity>;

const ONE: Quantity = parseQuantity("1")!;
export const ZERO: Quantity = parseQuantity("0")!;

/** A map of quantities as an object has it; what is no quantity is left out. */
export function amountsOf(map: JsonObject | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(map ?? {})) {
    const quantity = typeof text === "string" || typeof text === "number" ? parseQuantity(text) : null;
    if (quantity) amounts.set(name, quantity);
  }
  return amounts;
}

export function amountTexts(amounts: Amounts): JsonObject {
  const sorted = [...amounts].sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(sorted.map(([name, amount]) => [name, formatQuantity(amount)]));
}

export function add(into: Amounts, more: Amounts): void {
  for (const [name, amount] of more) into.set(name, addQuantities(into.get(name) ?? ZERO, amount));
}

export function negative(amounts: Amounts): Amounts {
  return new Map([...amounts].map(([name, amount]) => [name, { ...amount, nano: -amount.nano }]));
}

export function exceeds(a: Quantity, b: Quantity): boolean {
  return a.nano > b.nano;
}

/** One of each. */
export function ones(names: readonly string[]): Amounts {
  return new Map(names.map((name) => [name, ONE]));
}

export function times(count: number): Quantity {
  return parseQuantity(String(count))!;
}

/** What a pod asks for: its containers together, or its greediest init container; sidecars run beside both. */
export function podAmounts(pod: JsonObject, of: "requests" | "limits"): Amounts {
  const spec = mapOf(pod, "spec");
  const askedBy = (container: JsonObject) => amountsOf(mapOf(mapOf(container, "resources"), of));
  const total: Amounts = new Map();
  for (const container of listOf(spec, "containers").filter(isObject)) add(total, askedBy(container));
  const sidecars: Amounts = new Map();
  const greediest: Amounts = new Map();
  for (const container of listOf(spec, "initContainers").filter(isObject)) {
    const asked = askedBy(container);
    if (textOf(container, "restartPolicy") === "Always") {
      add(total, asked);
      add(sidecars, asked);
      raise(greediest, sidecars);
    } else {
      add(asked, sidecars);
      raise(greediest, asked);
    }
  }
  raise(total, greediest);
  const overhead = amountsOf(mapOf(spec, "overhead"));
  for (const [name, amount] of overhead) {
    if (of === "requests" || total.has(name)) add(total, new Map([[name, amount]]));
  }
  return total;
}

function raise(to: Amounts, least: Amounts): void {
  for (const [name, amount] of least) if (exceeds(amount, to.get(name) ?? ZERO)) to.set(name, amount);
}
