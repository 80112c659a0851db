/** Changes that are one patch of one object. */
import { FIELD_MANAGER, type ObjectTarget, patchObject, type PatchType } from "../apply/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";

export interface PatchChangeOptions extends Pick<Change, "verb" | "before" | "canUndo"> {
  /** `merge` unless given. */
  readonly type?: PatchType | undefined;
  readonly patch: unknown;
  /** `orka` unless given. */
  readonly fieldManager?: string | undefined;
}

export function patchChange(
  client: Client,
  target: ObjectTarget,
  { type = "merge", patch, fieldManager = FIELD_MANAGER, ...change }: PatchChangeOptions,
): Change {
  return {
    ...change,
    target,
    fieldManager,
    send: (options) => patchObject(client, target, { type, patch, fieldManager, ...options }),
  };
}
