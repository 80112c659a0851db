/** Server-side apply of one object of a manifest, with what kubectl's client-side apply owned before taken along. */
import {
  FIELD_MANAGER,
  type FieldConflict,
  fieldConflicts,
  LAST_APPLIED,
  patchObject,
  serverApply,
} from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { note } from "../io.ts";
import type { Validation } from "./check_manifests.ts";
import { clientSideManagers, migratedFields } from "./field_migration.ts";
import type { ManifestTarget } from "./manifest_targets.ts";

export interface ServerSideOptions {
  readonly fieldManager: string;
  readonly force: boolean;
  readonly validation: Validation;
  /** As it is now, where that is known. */
  readonly before?: KubeObject | null | undefined;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export function serverSideChange(
  session: ChangeSession,
  { object, target }: ManifestTarget,
  { fieldManager, force, validation, before }: ServerSideOptions,
): Change {
  const { client } = session.cluster;
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const configuration = object.metadata.annotations?.[LAST_APPLIED] === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, annotations } };
  return {
    verb: "apply",
    target,
    fieldManager,
    before,
    async send({ dryRun, signal }) {
      const options = { configuration, dryRun, fieldManager, force, fieldValidation: validation, signal };
      try {
        const after = await serverApply(client, target, options);
        if (dryRun) return after;
        return await migrated(session, { target, after, options });
      } catch (error) {
        const after = await takenOver(session, { target, before, error, options });
        if (after === null) throw explained(error, before);
        return after;
      }
    },
  };
}

interface TakeOver extends Omit<Migration, "after"> {
  readonly before: KubeObject | null | undefined;
  readonly error: unknown;
}

/**
 * What kubectl's client-side apply set is this person's own manifest of before, and no conflict with anybody: such fields
 * are taken over first, which also lets go what the manifest has no more and what can't stand beside the new (a volume's
 * other type, a port's other number). A dry run can't do that, and forces instead. null: it is refused all the same.
 */
async function takenOver(
  { cluster: { client } }: ChangeSession,
  { target, before, error, options }: TakeOver,
): Promise<KubeObject | null> {
  if (!before || !isAboutClientSide(error, before)) return null;
  try {
    if (options.dryRun) return await serverApply(client, target, { ...options, force: true });
    await migrate(client, { target, live: before, options });
    return await serverApply(client, target, options);
  } catch (failure) {
    options.signal?.throwIfAborted();
    if (!(failure instanceof OrkaError)) throw failure;
    return null;
  }
}

/** Whether taking over what client-side apply owned may help. */
function isAboutClientSide(error: unknown, before: KubeObject): error is OrkaError {
  const managers = clientSideManagers(before);
  if (managers.size === 0 || !(error instanceof OrkaError)) return false;
  const conflicts = fieldConflicts(error);
  if (conflicts.length === 0) return error.reason === "Invalid";
  return conflicts.every(({ manager }) => managers.has(manager));
}

interface MigrationRequest extends Pick<Migration, "target" | "options"> {
  readonly live: KubeObject;
}

/** false: there was nothing to take over. Refused (`conflict`) when the object is another version by now. */
async function migrate(
  client: ChangeSession["cluster"]["client"],
  { target, live, options: { fieldManager = "", signal } }: MigrationRequest,
): Promise<boolean> {
  const managedFields = migratedFields(live, fieldManager);
  if (managedFields === null) return false;
  const patch = [
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
  ];
  await patchObject(client, target, { type: "json", patch, fieldManager, signal });
  return true;
}

/** A version may be written in between by others: the patch is for the very version that was read. */
const MIGRATION_TRIES = 5;

interface Migration {
  readonly target: ManifestTarget["target"];
  readonly after: KubeObject;
  readonly options: Parameters<typeof serverApply>[2];
}

/**
 * As kubectl: what a client-side apply owned becomes the field manager's, then the same configuration once more, so that
 * fields which are no longer in it go. The object is applied already: what fails here is a warning.
 */
async function migrated(
  session: ChangeSession,
  { target, after, options }: Migration,
): Promise<KubeObject> {
  const { client } = session.cluster;
  const { signal } = options;
  let live = after;
  for (let tries = 1; tries <= MIGRATION_TRIES; tries++) {
    try {
      if (!await migrate(client, { target, live, options })) return live;
      return await serverApply(client, target, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof OrkaError)) throw error;
      if (error.code !== "conflict" || tries === MIGRATION_TRIES) {
        await note(
          session.io,
          `Warning: the fields of client-side apply could not be taken over: ${error.message}; they are taken over with the next apply`,
        );
        return live;
      }
      live = await serverApply(client, target, options);
    }
  }
  return live;
}

/** The same refusal with the owner of every field, and what can be done. */
function explained(error: unknown, before: KubeObject | null | undefined): unknown {
  const conflicts = fieldConflicts(error);
  if (conflicts.length === 0 && before && isAboutClientSide(error, before)) {
    const { code, message, status, reason, causes } = error;
    const hint = "A dry run can't take over what client-side apply owns; with --write that is done first.";
    return new OrkaError(code, message, { status, reason, causes, cause: error, hint });
  }
  if (conflicts.length === 0 || !(error instanceof OrkaError)) return error;
  const width = Math.max(...conflicts.map(({ field }) => field.length));
  const lines = conflicts.map((conflict) =>
    `  ${conflict.field.padEnd(width)}  is owned by ${ownerText(conflict)}`
  );
  const ways = conflicts.some(isScaled)
    ? [
      "To keep the number that was scaled to, leave replicas out of the manifest.",
      "To set what the manifest says, add --force-conflicts.",
    ]
    : [];
  if (!conflicts.every(isScaled)) {
    ways.push(
      "To own them from now on, add --force-conflicts; their managers may set them back.",
      "To leave them to their managers, take them out of the manifest.",
      "To share them, give them the values that they have.",
    );
  }
  return new OrkaError("conflict", error.message, {
    status: error.status,
    reason: error.reason,
    causes: error.causes,
    cause: error,
    hint: [...lines, ...ways].join("\n"),
  });
}

/** The subresource that the owner wrote through, as the server words it. */
function subresourceOf({ message }: FieldConflict): string | undefined {
  return / with subresource "([^"]*)"/.exec(message)?.[1];
}

const SCALERS: ReadonlySet<string> = new Set([FIELD_MANAGER, "kubectl"]);

/** By a person's `orka scale` or `kubectl scale`: no controller sets it back. */
function isScaled(conflict: FieldConflict): boolean {
  return SCALERS.has(conflict.manager) && subresourceOf(conflict) === "scale";
}

function ownerText(conflict: FieldConflict): string {
  const how = subresourceOf(conflict);
  const by = isScaled(conflict) ? `: set by ${conflict.manager} scale` : "";
  return `"${conflict.manager}"${how === undefined ? "" : ` (through ${how}${by})`}`;
}
