/** `orka replace`: kubectl's replace. */
import {
  createObject,
  deleteObject,
  FIELD_MANAGER,
  LAST_APPLIED,
  readObject,
  replaceObject,
} from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Change, SendOptions } from "../../change/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { checkManifests, readValidation } from "../apply/check_manifests.ts";
import { deletion, timeoutMs } from "../apply/deletion_flags.ts";
import { donePrinter } from "../apply/done_printer.ts";
import { withLastApplied } from "../apply/last_applied_note.ts";
import { type ManifestTarget, readManifestSet } from "../apply/manifest_targets.ts";
import { runApply } from "../apply/run_apply.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { confirm } from "../change/confirm.ts";
import { readDryRun } from "../change/run_changes.ts";
import { targetName } from "../change/targets.ts";
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";

export async function command(io: CliIo, { flags }: Call): Promise<number> {
  const dryRun = readDryRun(flags.text("dry-run"));
  const force = flags.on("force");
  using session = await openChangeSession(io, flags);
  const set = await readManifestSet(session, { verb: "replace" });
  await checkManifests(session, set, readValidation(flags));
  const isReal = session.cluster.writes.isOpen && dryRun === "none";
  if (force && isReal) await confirmed(session, set.targets);
  const { code } = await runApply(session, set.targets, {
    isDryRun: dryRun !== "none",
    printer: await donePrinter(session, { dryRun, asList: false }),
    done: "replaced",
    change: (target, before) => replacement(session, target, { before, force }),
  });
  return code;
}

async function confirmed(session: ChangeSession, targets: readonly ManifestTarget[]): Promise<void> {
  const [first] = targets;
  const isOne = targets.length === 1;
  const text = isOne
    ? `Delete ${targetName(first!.target)} and make it anew?`
    : `Delete ${targets.length} objects and make them anew?`;
  await confirm(session, { text, name: isOne ? first!.target.name : String(targets.length) });
}

interface Replacement {
  readonly before: KubeObject | null | undefined;
  readonly force: boolean;
}

function replacement(
  session: ChangeSession,
  { object, target: whole }: ManifestTarget,
  { before, force }: Replacement,
): Change {
  const { client } = session.cluster;
  const { flags } = session;
  const fieldManager = flags.text("field-manager") || FIELD_MANAGER;
  const subresource = flags.text("subresource") || undefined;
  const target = { ...whole, subresource };
  const hasNote = object.metadata.annotations?.[LAST_APPLIED] !== undefined;
  const noted = flags.on("save-config") || hasNote ? withLastApplied(object) : object;
  const options = { fieldManager, fieldValidation: readValidation(flags) };
  const change = {
    verb: "replace",
    target,
    fieldManager,
    before: subresource === undefined ? before : undefined,
  };
  if (force) return { ...change, send: (how) => anew(session, { target, object: noted, options, how }) };
  return {
    ...change,
    async send({ dryRun, signal }) {
      // What it replaces: a manifest without a version replaces whatever is there, and only what is there.
      const { resourceVersion } = object.metadata.resourceVersion === undefined
        ? (before ?? await present(session, target)).metadata
        : object.metadata;
      const versioned = { ...noted, metadata: { ...noted.metadata, resourceVersion } };
      return await replaceObject(client, target, { object: versioned, dryRun, signal, ...options });
    },
  };
}

async function present(
  { cluster, io }: ChangeSession,
  target: ManifestTarget["target"],
): Promise<KubeObject> {
  const live = await readObject(cluster.client, target, { signal: io.signal });
  if (live !== null) return live;
  throw new OrkaError("not-found", `${targetName(target)} not found`, {
    hint: "orka create or orka apply makes it.",
  });
}

interface Anew {
  readonly target: ManifestTarget["target"];
  readonly object: KubeObject;
  readonly options: { readonly fieldManager: string; readonly fieldValidation: "Strict" | "Warn" | "Ignore" };
  readonly how: SendOptions;
}

/** Deletes, waits until it is gone, and creates. A dry run only checks the deletion: the name is still taken. */
async function anew(
  session: ChangeSession,
  { target, object, options, how: { dryRun, signal } }: Anew,
): Promise<KubeObject> {
  const { client } = session.cluster;
  const live = await readObject(client, target, { signal });
  const { resourceVersion: _, uid: _uid, ...metadata } = object.metadata;
  const fresh = { ...object, metadata };
  if (live === null) return await createObject(client, target, { object: fresh, dryRun, signal, ...options });
  await deleteObject(client, target, { ...deletion(session.flags), uid: live.metadata.uid, dryRun, signal });
  if (dryRun) return fresh;
  const { waitUntilGone } = await import("../change/wait_gone.ts");
  await waitUntilGone(session, [{ ...target, object: live }], { timeoutMs: timeoutMs(session.flags) });
  return await createObject(client, target, { object: fresh, signal, ...options });
}
