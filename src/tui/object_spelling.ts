/** `:pod/web-0`: an object where a kind is expected, and what is no kind at all. */
import { OrkaError } from "../base/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import { readObject } from "./panes/object_jumps.ts";

/** The parts of `pod/web-0`, `deployments.apps/web`, `apps/v1/Deployment/web`; null for anything else. */
export function objectSpelling(
  spelling: string,
  findKind: (type: string) => Resource | undefined,
): { readonly type: string; readonly name: string } | null {
  const at = spelling.lastIndexOf("/");
  const type = spelling.slice(0, Math.max(0, at));
  const name = spelling.slice(at + 1);
  return type === "" || name === "" || findKind(type) === undefined ? null : { type, name };
}

/** Throws OrkaError `usage` for `pod,svc`. */
export function checkOneKind(spelling: string): void {
  if (!spelling.includes(",")) return;
  const kinds = spelling.split(",").filter((kind) => kind !== "");
  throw new OrkaError("usage", "One kind is shown at a time", {
    hint: kinds.map((kind) => `:${kind}`).join(" or "),
  });
}

/** Throws OrkaError `not-found` in plain words for an object that is not there. */
export async function checkExists(engine: Engine | null, ref: ObjectRef): Promise<void> {
  try {
    await readObject(engine, ref);
  } catch (error) {
    if (!(error instanceof OrkaError) || error.code !== "not-found") throw error;
    const where = ref.namespace === "" ? "" : ` in namespace ${ref.namespace}`;
    throw new OrkaError("not-found", `${ref.resource.kind} "${ref.name}" does not exist${where}`);
  }
}
