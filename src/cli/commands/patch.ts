/** `orka patch`: kubectl's patch. */
import { FIELD_MANAGER, patchObject, type PatchType } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Outcome } from "../../change/mod.ts";
import { refuseKustomize } from "../manifests.ts";
import { openChangeSession } from "../change/change_context.ts";
import { type PlannedChange, runChanges } from "../change/run_changes.ts";
import { liveTargets, targetName } from "../change/targets.ts";
import type { CliIo } from "../io.ts";
import type { Call, FlagValues } from "../parse.ts";

export async function command(io: CliIo, { flags, args }: Call): Promise<number> {
  refuseKustomize(flags, "patch");
  const type = patchType(flags);
  const patch = await readPatch(io, { flags, type });
  using session = await openChangeSession(io, flags);
  const fieldManager = flags.text("field-manager") || FIELD_MANAGER;
  const subresource = flags.text("subresource") || undefined;
  const { client } = session.cluster;
  const targets = await liveTargets(session, { args, goOn: true });
  const planned = targets.map(({ object, ...whole }): PlannedChange => {
    const target = { ...whole, subresource };
    return {
      name: targetName(target),
      done: patchedWord,
      change: {
        verb: "patch",
        target,
        fieldManager,
        // of a subresource another object comes back: it is read as that
        before: subresource === undefined ? object : undefined,
        send: async ({ dryRun, signal }) => {
          try {
            return await patchObject(client, target, { type, patch, dryRun, fieldManager, signal });
          } catch (error) {
            throw withTypeHint(error, type);
          }
        },
      },
    };
  });
  return (await runChanges(session, planned)).code;
}

function patchedWord({ changes }: Outcome): string {
  return changes.length === 0 ? "patched (no change)" : "patched";
}

const TYPES: readonly PatchType[] = ["json", "merge", "strategic"];

function patchType(flags: FlagValues): PatchType {
  const text = (flags.text("type") ?? "strategic").toLowerCase();
  const type = TYPES.find((each) => each === text);
  if (type !== undefined) return type;
  throw new OrkaError("usage", `--type must be one of [${TYPES.join(" ")}], not ${JSON.stringify(text)}`);
}

async function readPatch(
  io: CliIo,
  { flags, type }: { readonly flags: FlagValues; readonly type: PatchType },
): Promise<unknown> {
  const inline = flags.text("patch"), file = flags.text("patch-file");
  if (inline !== undefined && file !== undefined) {
    throw new OrkaError("usage", "cannot specify --patch and --patch-file together");
  }
  const text = file === undefined ? inline : file === "-" ? await io.readStdin() : await io.readFile(file);
  if (text === undefined || text === "") {
    throw new OrkaError("usage", "must specify --patch or --patch-file containing the contents of the patch");
  }
  const { parseYaml } = await import("../../schema/mod.ts");
  const yaml = await parseYaml(text);
  const [document] = yaml.documents;
  const problem = document?.syntax[0];
  if (problem !== undefined) {
    const { line, column } = yaml.position(problem.offset);
    throw new OrkaError("invalid", `unable to parse the patch:${line}:${column}: ${problem.message}`);
  }
  const isFit = type === "json"
    ? Array.isArray(document?.value)
    : typeof document?.value === "object" && document.value !== null && !Array.isArray(document.value);
  if (isFit && yaml.documents.length === 1) return document?.value;
  const wanted = type === "json" ? "a list of operations" : "one map of fields";
  throw new OrkaError("invalid", `unable to parse the patch: a ${type} patch is ${wanted}`);
}

/** Custom resources have no strategic patch: which one they take is no riddle. */
function withTypeHint(error: unknown, type: PatchType): unknown {
  if (!(error instanceof OrkaError) || error.status !== 415 || type !== "strategic") return error;
  const { message, code, status, reason, causes } = error;
  const hint = "This kind takes no strategic patch: add --type=merge.";
  return new OrkaError(code, message, { status, reason, causes, cause: error, hint });
}
