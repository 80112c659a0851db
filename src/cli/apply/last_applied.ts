/** `apply view-last-applied`, `set-last-applied`: the annotation in which client-side apply keeps what it sent. */
import { LAST_APPLIED, patchObject } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { writeJson, writeYaml } from "../../kube/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { type PlannedChange, runChanges } from "../change/run_changes.ts";
import { liveTargets, targetName } from "../change/targets.ts";
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";
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
      throw new OrkaError("usage", "edit-last-applied is not there", {
        hint:
          "orka apply view-last-applied KIND/NAME > f.yaml, edit it, orka apply set-last-applied -f f.yaml",
      });
  }
  throw new OrkaError("usage", `unexpected argument "${word}": apply takes -f`, {
    hint: "Or view-last-applied KIND/NAME, set-last-applied -f FILE.",
  });
}

async function view(io: CliIo, { flags, args }: SubCall): Promise<number> {
  const output = flags.text("output") || "yaml";
  if (output !== "yaml" && output !== "json") {
    throw new OrkaError(
      "usage",
      `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
    );
  }
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args });
  let count = 0;
  for (const { object } of targets) {
    const noted = lastAppliedOf(object);
    if (noted === null) {
      throw new OrkaError(
        "not-found",
        `no last-applied-configuration annotation found on resource: ${object.metadata.name}`,
        {
          hint:
            "Server-side apply needs none: what is owned is in metadata.managedFields (orka get … -o yaml --show-managed-fields).",
        },
      );
    }
    const separator = output === "yaml" && count++ > 0 ? "---\n" : "";
    await io.stdout.write(separator + (output === "yaml" ? writeYaml(noted) : `${writeJson(noted)}\n`));
  }
  return EXIT.ok;
}

async function set(io: CliIo, { flags, args }: SubCall): Promise<number> {
  if (args.length > 0) {
    throw new OrkaError("usage", `unexpected argument "${args[0]}": set-last-applied takes -f`);
  }
  using session = await openChangeSession(io, flags);
  const { targets } = await readManifestSet(session, { verb: "apply set-last-applied" });
  const live = await liveTargets(session, { args: [] });
  const { client } = session.cluster;
  const fieldManager = flags.text("field-manager") || "kubectl-client-side-apply";
  const planned = live.map(({ object, ...target }): PlannedChange => {
    const manifest = targets.find((each) => targetName(each.target) === targetName(target))!;
    if (object.metadata.annotations?.[LAST_APPLIED] === undefined && !flags.on("create-annotation")) {
      throw new OrkaError(
        "invalid",
        `no last-applied-configuration annotation found on resource: ${target.name}`,
        { hint: "--create-annotation makes it." },
      );
    }
    const annotations = {
      [LAST_APPLIED]: withLastApplied(manifest.object).metadata.annotations![LAST_APPLIED],
    };
    const patch = { metadata: { annotations } };
    return {
      name: targetName(target),
      done: "configured",
      change: {
        verb: "set-last-applied",
        target,
        fieldManager,
        before: object,
        send: (how) => patchObject(client, target, { type: "merge", patch, fieldManager, ...how }),
      },
    };
  });
  return (await runChanges(session, planned)).code;
}
