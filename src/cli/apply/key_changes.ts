/** `label` and `annotate`: single keys of metadata set, changed and removed. */
import { diffObjects, FIELD_MANAGER, mergePatch, patchObject } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Outcome } from "../../change/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { type PlannedChange, readDryRun, runChanges } from "../change/run_changes.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { type CliIo, note, safeLines } from "../io.ts";
import { readManifests, refuseKustomize } from "../manifests.ts";
import type { Call } from "../parse.ts";
import { nameOf } from "../print/object_printer.ts";
import { donePrinter } from "./done_printer.ts";
import {
  checkOverwrite,
  type KeyArguments,
  type KeyField,
  readKeyArguments,
  withKeys,
} from "./key_arguments.ts";

export interface KeyCall {
  readonly call: Call;
  readonly field: KeyField;
}

export async function changeKeys(io: CliIo, { call: { flags, args }, field }: KeyCall): Promise<number> {
  const verb = field === "labels" ? "label" : "annotate";
  refuseKustomize(flags, verb);
  const keys = readKeyArguments(args, field);
  const hasUpdates = keys.set.size + keys.remove.length > 0;
  if (!hasUpdates && !flags.on("list")) {
    const noun = field === "labels" ? "label" : "annotation";
    throw new OrkaError("usage", `at least one ${noun} update is required`, {
      hint: "As tier=front, or tier- to take it away.",
    });
  }
  if (keys.objects.length === 0 && flags.list("filename").length === 0) {
    throw new OrkaError(
      "usage",
      "one or more resources must be specified as <resource> <name> or <resource>/<name>",
    );
  }
  using session = await openChangeSession(io, flags);
  if (flags.on("local")) return await changeLocally(session, { keys, field });
  const targets = await liveTargets(session, { args: keys.objects, goOn: true });
  if (targets.length === 0) {
    await note(io, "No resources found");
    return EXIT.ok;
  }
  if (!flags.on("overwrite")) { for (const { object } of targets) checkOverwrite(object, keys, field); }
  const code = hasUpdates ? await run(session, { targets, keys, field }) : EXIT.ok;
  if (flags.on("list")) await list(session, { targets, keys, field });
  return code;
}

interface KeyRun {
  readonly targets: readonly LiveTarget[];
  readonly keys: KeyArguments;
  readonly field: KeyField;
}

async function run(session: ChangeSession, { targets, keys, field }: KeyRun): Promise<number> {
  const { cluster: { client }, flags, io } = session;
  const fieldManager = flags.text("field-manager") || FIELD_MANAGER;
  const resourceVersion = flags.text("resource-version") || undefined;
  if (resourceVersion !== undefined && targets.length !== 1) {
    throw new OrkaError("usage", "--resource-version may only be used with a single resource");
  }
  const planned = targets.map(({ object, ...target }): PlannedChange => {
    const wanted = withKeys(object, keys, field);
    const values = (mergePatch(object, wanted) as { metadata?: Record<string, unknown> }).metadata ?? {};
    const isSame = Object.keys(values).length === 0;
    const metadata = resourceVersion === undefined ? values : { ...values, resourceVersion };
    return {
      name: targetName(target),
      done: doneWord(keys, field),
      change: {
        verb: field === "labels" ? "label" : "annotate",
        target,
        fieldManager,
        before: object,
        send: ({ dryRun, signal }) =>
          isSame ? Promise.resolve(object) : patchObject(client, target, {
            type: "merge",
            patch: { metadata },
            dryRun,
            fieldManager,
            signal,
          }),
      },
    };
  });
  const missing = targets.flatMap(({ object }) =>
    keys.remove.filter((key) => object.metadata[field]?.[key] === undefined)
  );
  const noun = field === "labels" ? "label" : "annotation";
  // kubectl says it among the data; a script that reads names is better off with it here
  for (const key of new Set(missing)) await note(io, `${noun} ${JSON.stringify(key)} not found.`);
  return (await runChanges(session, planned)).code;
}

/** kubectl's words; annotations are `annotated` whatever happens. */
function doneWord({ set, remove }: KeyArguments, field: KeyField): (outcome: Outcome) => string {
  if (field === "annotations") return () => "annotated";
  const word = remove.length === 0 ? "labeled" : set.size === 0 ? "unlabeled" : "modified";
  return ({ changes }) => changes.length === 0 ? "not labeled" : word;
}

/** `key=value` lines, under the object's name where there are several. */
async function list({ io }: ChangeSession, { targets, keys, field }: KeyRun): Promise<void> {
  for (const { object } of targets) {
    const { metadata, kind } = withKeys(object, keys, field);
    const lines = Object.entries(metadata[field] ?? {}).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, value]) => `${key}=${value}`);
    const isOne = targets.length === 1;
    if (!isOne) await io.stdout.write(`Listing ${field} for ${kind}./${metadata.name}:\n`);
    for (const line of lines) await io.stdout.write(safeLines(`${isOne ? "" : " "}${line}\n`));
  }
}

/** The objects of -f as they would be; no server is asked. */
async function changeLocally(
  session: ChangeSession,
  { keys, field }: Pick<KeyRun, "keys" | "field">,
): Promise<number> {
  const { io, flags } = session;
  const files = flags.list("filename");
  if (files.length === 0) throw new OrkaError("usage", "--local needs objects of -f: no server is asked");
  const objects = await readManifests(io, { files, recursive: flags.on("recursive") });
  if (!flags.on("overwrite")) { for (const object of objects) checkOverwrite(object, keys, field); }
  const printer = await donePrinter(session, { dryRun: readDryRun(flags.text("dry-run")), asList: false });
  for (const before of objects) {
    const after = withKeys(before, keys, field);
    const outcome = { before, after, changes: diffObjects(before, after) };
    await printer.done({ name: nameOf(before), done: doneWord(keys, field) }, outcome);
  }
  await printer.end();
  return EXIT.ok;
}
