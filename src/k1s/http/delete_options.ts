/** DeleteOptions of a body, checked as the real server checks them. */
import type { JsonObject } from "../registry/mod.ts";
import { badRequest, invalid } from "./api_error.ts";

const TYPES: Readonly<Record<string, { readonly go: string; readonly is: (value: unknown) => boolean }>> = {
  gracePeriodSeconds: { go: "int64", is: Number.isInteger },
  orphanDependents: { go: "bool", is: (value) => typeof value === "boolean" },
  propagationPolicy: { go: "v1.DeletionPropagation", is: (value) => typeof value === "string" },
  dryRun: { go: "[]string", is: Array.isArray },
};
const POLICIES = ["Foreground", "Background", "Orphan"];

/** Throws 400 for fields of another type. */
export function checkDeleteOptions(options: JsonObject): void {
  for (const [field, { go, is }] of Object.entries(TYPES)) {
    const value = options[field] ?? null;
    if (value === null || is(value)) continue;
    const type = typeof value === "boolean" ? "bool" : Array.isArray(value) ? "array" : typeof value;
    throw badRequest(
      `json: cannot unmarshal ${type} into Go struct field DeleteOptions.${field} of type ${go}`,
    );
  }
}

/** Throws 422 for a policy that there is not, or that says what another field says. */
export function checkPropagation({ propagationPolicy: policy, orphanDependents }: JsonObject): void {
  if (typeof policy !== "string") return;
  const field = "propagationPolicy";
  const kind = { group: "meta.k8s.io", kind: "DeleteOptions" };
  if (orphanDependents !== undefined && orphanDependents !== null) {
    const detail = "orphanDependents and deletionPropagation cannot be both set";
    throw invalid(kind, "", [{ type: "invalid", field, value: policy, detail }]);
  }
  if (POLICIES.includes(policy)) return;
  const supported = [...POLICIES, "nil"].map((name) => JSON.stringify(name)).join(", ");
  throw invalid(kind, "", [
    { type: "notSupported", field, value: policy, detail: `supported values: ${supported}` },
  ]);
}
