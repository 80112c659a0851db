/** `orka delete`: kubectl's delete, with a look at what goes before it goes. */
import { deleteObject, type DeleteOptions } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import { parseGoDuration } from "../../kube/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { type PlannedChange, runChanges } from "../change/run_changes.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { note } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  const options = deleteOptions(flags);
  using session = await openChangeSession(io, flags);
  const ignoreNotFound = flags.on("ignore-not-found", flags.on("all"));
  const targets = await liveTargets(session, { args, ignoreNotFound, goOn: true });
  if (targets.length === 0) {
    if (!ignoreNotFound || flags.on("all")) await note(io, "No resources found");
    return EXIT.ok;
  }
  if (options.graceSeconds === 0) {
    await note(
      io,
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. " +
        "The resource may continue to run on the cluster indefinitely.",
    );
  }
  const isForced = options.graceSeconds === 0;
  const planned = targets.map((target): PlannedChange => ({
    name: nameInQuotes(target),
    change: deletion(session.cluster.client, target, options),
    done: isForced ? "force deleted" : "deleted",
    ...(target.namespace === "" ? {} : { from: `from ${target.namespace} namespace` }),
  }));
  const { code, done } = await runChanges(session, planned, { question: questionFor(targets) });
  if (flags.on("wait", true) && !isForced && done.length > 0) {
    const { waitUntilGone } = await import("../change/wait_gone.ts");
    const deleted = targets.filter((_, at) => done.includes(planned[at]!));
    await waitUntilGone(session, deleted, { timeoutMs: timeoutMs(flags) });
  }
  return code;
};

/** kubectl says `pod "web-0" deleted from shop namespace`. */
function nameInQuotes(target: LiveTarget): string {
  return targetName(target).replace(/\/(.*)$/, ' "$1"');
}

function deletion(
  client: Parameters<typeof deleteObject>[0],
  target: LiveTarget,
  options: DeleteOptions,
): Change {
  const { uid } = target.object.metadata;
  return {
    verb: "delete",
    target,
    fieldManager: "orka",
    before: target.object,
    async send({ dryRun, signal }) {
      // The very object that was looked at: one made anew under its name meanwhile stays.
      await deleteObject(client, target, { ...options, uid, dryRun, signal });
      return null;
    },
  };
}

function questionFor(targets: readonly LiveTarget[]) {
  const [first] = targets;
  const { namespace = "" } = first ?? {};
  const where = namespace === "" ? "" : ` in namespace "${namespace}"`;
  if (targets.length === 1) return { text: `Delete ${nameInQuotes(first!)}${where}?`, name: first!.name };
  const names = targets.slice(0, 5).map(targetName).join(", ") + (targets.length > 5 ? ", …" : "");
  return { text: `Delete ${targets.length} objects (${names})?`, name: String(targets.length) };
}

/** Throws OrkaError `usage`, in kubectl's words, for flags that contradict each other. */
function deleteOptions(flags: FlagValues): DeleteOptions {
  const grace = flags.text("grace-period");
  const graceSeconds = grace === undefined ? -1 : Number(grace);
  if (!Number.isInteger(graceSeconds)) {
    throw new OrkaError("usage", `invalid argument "${grace}" for "--grace-period"`);
  }
  if (flags.on("now") && graceSeconds >= 0) {
    throw new OrkaError("usage", "--now and --grace-period cannot be specified together");
  }
  if (graceSeconds === 0 && !flags.on("force")) {
    // As kubectl: zero without --force asks for the shortest that still waits.
    return { propagation: propagation(flags), graceSeconds: 1 };
  }
  if (flags.on("force") && graceSeconds > 0) {
    throw new OrkaError("usage", "--force and --grace-period greater than 0 cannot be specified together");
  }
  const seconds = flags.on("force") ? 0 : flags.on("now") ? 1 : graceSeconds;
  return { propagation: propagation(flags), graceSeconds: seconds < 0 ? undefined : seconds };
}

function propagation(flags: FlagValues): DeleteOptions["propagation"] {
  const cascade = flags.text("cascade");
  switch (cascade) {
    case undefined:
    case "":
    case "true":
    case "background":
      return "Background";
    case "foreground":
      return "Foreground";
    case "false":
    case "orphan":
      return "Orphan";
  }
  throw new OrkaError(
    "usage",
    `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
  );
}

/** 0 or absent waits for ever. */
function timeoutMs(flags: FlagValues): number {
  const text = flags.text("timeout");
  const ms = text === undefined ? 0 : /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (ms === null || ms < 0) throw new OrkaError("usage", `invalid argument "${text}" for "--timeout"`);
  return ms;
}
