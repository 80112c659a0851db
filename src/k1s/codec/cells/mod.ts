/**
 * The cells of a server-side Table for built-in kinds: object in, one row's cells out, in the order of the kind's
 * columns (builtin/kinds.json) and in the real server's words. Custom resources have their own printer columns.
 */
import { CORE_CELLS } from "./core.ts";
import { age, type CellContext, type CellWriter, name, type TableCell } from "./format.ts";
import { NETWORK_CELLS } from "./network.ts";
import { podCells } from "./pod.ts";
import { POLICY_CELLS } from "./policy.ts";
import type { Json } from "./read.ts";
import { STORAGE_CELLS } from "./storage.ts";
import { WORKLOAD_CELLS } from "./workloads.ts";

export { age, type CellContext, type CellWriter, name, type TableCell } from "./format.ts";

const CELLS: Readonly<Record<string, CellWriter>> = {
  "/pods": podCells,
  ...CORE_CELLS,
  ...WORKLOAD_CELLS,
  ...NETWORK_CELLS,
  ...POLICY_CELLS,
  ...STORAGE_CELLS,
};

/** The writer of a built-in resource's rows, e.g. for `{group: "apps", plural: "deployments"}`; name and age otherwise. */
export function cellWriter(resource: { readonly group: string; readonly plural: string }): CellWriter {
  return CELLS[`${resource.group}/${resource.plural}`] ?? nameAndAge;
}

function nameAndAge(object: Json, context: CellContext): TableCell[] {
  return [name(object), age(object, context)];
}
