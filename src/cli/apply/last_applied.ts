/** `apply view-last-applied` and its like: the annotation in which client-side apply keeps what it sent. */
import { diffObjects, LAST_APPLIED, patchObject, sameJson } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type KubeObject, writeJson, writeYaml } from "../../kube/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { type PlannedChange, runChanges } from "../change/run_changes.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { type CliIo, note as printNote } from "../io.ts";
import { parseManifestText } from "../manifests.ts";
import type { Call, FlagValues } from "../parse.ts";
import { lastAppliedOf, withLastApplied } from "./last_applied_note.ts";
import { readManifestSet } from "./manifest_targets.ts";

type SubCall = Pick<Call, "flags" | "args">;

/** Throws OrkaError `usage` for another word than these. */
export async function lastApplied(io: CliIo, { flags, args: [word, ...args] }: SubCall): Promise<number> {
  switch (word) {
    case "view-last-applied":
      return await view(io, { flags, args });
    case "set-last-applied":
      return await set(io, { flags, args });
    case "edit-last-applied":
      return await edit(io, { flags, args });
  }
  throw new OrkaError("usage", `unexpected argument "${word}": apply takes -f`, {
    hint: "Or view-last-applied KIND/NAME, edit-last-applied KIND/NAME, set-last-applied -f FILE.",
  });
}

async function view(io: CliIo, { flags, args }: SubCall): Promise<number> {
  const format = noteFormat(flags);
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args });
  await io.stdout.write(notesText(targets.map(notedOf), format));
  return EXIT.ok;
}

function noteFormat(flags: FlagValues): "yaml" | "json" {
  const output = flags.text("output") || "yaml";
  if (output === "yaml" || output === "json") return output;
  throw new OrkaError(
    "usage",
    `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
  );
}

function notesText(notes: readonly KubeObject[], format: "yaml" | "json"): string {
  return format === "yaml"
    ? notes.map(writeYaml).join("---\n")
    : notes.map((note) => `${writeJson(note)}\n`).join("");
}

/** Throws OrkaError `not-found` for an object without the annotation. */
function notedOf({ object }: LiveTarget): KubeObject {
  const noted = lastAppliedOf(object);
  if (noted !== null) return noted;
  throw new OrkaError(
    "not-found",
    `no last-applied-configuration annotation found on resource: ${object.metadata.name}`,
    {
      hint:
        "Server-side apply needs none: what is owned is in metadata.managedFields (orka get … -o yaml --show-managed-fields).",
    },
  );
}

async function set(io: CliIo, { flags, args }: SubCall): Promise<number> {
  if (args.length > 0) {
    throw new OrkaError("usage", `unexpected argument "${args[0]}": set-last-applied takes -f`);
  }
  using session = await openChangeSession(io, flags);
  const { targets } = await readManifestSet(session, { verb: "apply set-last-applied" });
  const live = await liveTargets(session, { args: [] });
  const planned = live.map((target) => {
    const manifest = targets.find((each) => targetName(each.target) === targetName(target))!;
    if (target.object.metadata.annotations?.[LAST_APPLIED] === undefined && !flags.on("create-annotation")) {
      throw new OrkaError(
        "invalid",
        `no last-applied-configuration annotation found on resource: ${target.name}`,
        { hint: "--create-annotation makes it." },
      );
    }
    return noteChange(session, target, {
      note: manifest.object,
      verb: "set-last-applied",
      done: "configured",
    });
  });
  return (await runChanges(session, planned)).code;
}

async function edit(io: CliIo, { flags, args }: SubCall): Promise<number> {
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args });
  const { editText } = await import("../edit/edit_text.ts");
  const notes = targets.map(notedOf);
  const [first] = targets;
  return await editText(io, {
    text: notesText(notes, "yaml"),
    fileName: `${targets.length === 1 ? targetName(first!).replace("/", "-") : "last-applied"}.yaml`,
    use: async (text) => {
      const { objects } = await parseManifestText(text, { source: "the edited text" });
      const planned = objects.flatMap((note) => {
        const at = notes.findIndex((each) => isOf(each, note));
        if (at < 0) {
          const { kind, metadata: { name } } = note;
          throw new OrkaError(
            "invalid",
            `${kind} "${name}" is none of the objects whose annotations are edited`,
          );
        }
        const target = targets[at]!;
        return sameJson(notes[at], note)
          ? []
          : [noteChange(session, target, { note, verb: "edit-last-applied", done: "edited" })];
      });
      if (planned.length > 0) return (await runChanges(session, planned)).code;
      await printNote(io, "Edit cancelled, no changes made.");
      return EXIT.ok;
    },
  });
}

/** What an object is found by does not change with its annotation. */
function isOf(note: KubeObject, { apiVersion, kind, metadata: { namespace, name } }: KubeObject): boolean {
  return note.apiVersion === apiVersion && note.kind === kind && note.metadata.name === name &&
    note.metadata.namespace === namespace;
}

function noteChange(
  { cluster: { client }, flags }: ChangeSession,
  { object, ...target }: LiveTarget,
  { note, verb, done }: { readonly note: KubeObject; readonly verb: string; readonly done: string },
): PlannedChange {
  const fieldManager = flags.text("field-manager") || "kubectl-client-side-apply";
  const annotations = { [LAST_APPLIED]: withLastApplied(note).metadata.annotations![LAST_APPLIED] };
  const patch = { metadata: { annotations } };
  const before = lastAppliedOf(object);
  return {
    name: targetName(target),
    done,
    // An object without the note is shown with an empty one: it is there and stays.
    shown: { before: before ?? object, after: note, changes: diffObjects(before ?? {}, note) },
    change: {
      verb,
      target,
      fieldManager,
      before: object,
      send: (how) => patchObject(client, target, { type: "merge", patch, fieldManager, ...how }),
    },
  };
}
