/** `orka apply`: manifests become objects, by server-side apply unless kubectl's client-side way is asked for. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Outcome } from "../../change/mod.ts";
import { checkManifests, readValidation } from "../apply/check_manifests.ts";
import { donePrinter } from "../apply/done_printer.ts";
import { readManifestSet } from "../apply/manifest_targets.ts";
import { checkPruneFlags } from "../apply/prune_flags.ts";
import { readWhile, runApply } from "../apply/run_apply.ts";
import { changeMaker } from "../apply/way_to_apply.ts";
import { openChangeSession } from "../change/change_context.ts";
import { readDryRun } from "../change/run_changes.ts";
import type { CliIo } from "../io.ts";
import type { Call, FlagValues } from "../parse.ts";

export async function command(io: CliIo, { flags, args }: Call): Promise<number> {
  if (args.length > 0) {
    const { lastApplied } = await import("../apply/last_applied.ts");
    return await lastApplied(io, { flags, args });
  }
  checkFlags(flags);
  const validation = readValidation(flags);
  const dryRun = readDryRun(flags.text("dry-run"));
  using session = await openChangeSession(io, flags);
  const set = await readManifestSet(session, { verb: "apply" });
  const before = await readWhile(checkManifests(session, set, validation), { session, targets: set.targets });
  const { code } = await runApply(session, set.targets, {
    before,
    hasMore: flags.on("prune"),
    isDryRun: dryRun !== "none",
    printer: await donePrinter(session, { dryRun, asList: true }),
    done: flags.given("server-side") && flags.on("server-side") ? "serverside-applied" : appliedWord,
    change: changeMaker(session),
  });
  if (!flags.on("prune") || code === EXIT.error) return code;
  const { prune } = await import("../apply/prune.ts");
  return Math.max(code, await prune(session, set.targets));
}

function appliedWord({ before, changes }: Outcome): string {
  return before === null ? "created" : changes.length === 0 ? "unchanged" : "configured";
}

/** Throws OrkaError `usage`, in kubectl's words, for flags that contradict each other. */
function checkFlags(flags: FlagValues): void {
  const isClientSide = !flags.on("server-side", true);
  const complain = (message: string, hint?: string) => new OrkaError("usage", message, { hint });
  if (isClientSide && flags.on("force-conflicts")) {
    throw complain("--force-conflicts only works with --server-side");
  }
  if (!isClientSide && flags.on("force")) {
    throw complain(
      "--force cannot be used with --server-side",
      "--force-conflicts takes fields over; --server-side=false --force makes objects anew.",
    );
  }
  if (!flags.on("overwrite", true)) {
    throw complain("--overwrite=false is not there", "Server-side apply tells conflicts by their owners.");
  }
  checkPruneFlags(flags);
}
