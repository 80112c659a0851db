/** `orka scale`: kubectl's scale, by the subresource or by server-side apply. */
import { OrkaError } from "../../base/mod.ts";
import { planScale, type ScaleMode, waitForReplicas } from "../../ops/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { readTimeout, requireTargets, runOperation } from "../ops/operation.ts";
import type { FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  requireTargets({ flags }, { args, verb: "scale" });
  const replicas = flags.count("replicas");
  if (replicas === undefined) {
    throw new OrkaError("usage", 'required flag(s) "replicas" not set', { hint: "--replicas=3" });
  }
  const mode = readMode(flags);
  const timeoutMs = await readTimeout({ flags });
  using session = await openChangeSession(io, flags);
  const { client } = session.cluster;
  const targets = await liveTargets(session, { args, goOn: true });
  if (targets.length === 0) throw new OrkaError("not-found", "no objects passed to scale");
  const { code, done } = await runOperation(session, targets, {
    plan: async (target) =>
      await planScale(client, target, {
        replicas,
        mode,
        live: target.object,
        currentReplicas: flags.count("current-replicas"),
        resourceVersion: flags.text("resource-version"),
        fieldManager: flags.text("field-manager"),
        force: flags.on("force-conflicts"),
        lists: mode === "ssa" ? await session.lists(target.resource) : undefined,
        signal: io.signal,
      }),
    done: "scaled",
    question: replicas === 0 ? questionFor(targets) : undefined,
  });
  if (flags.on("wait", timeoutMs > 0)) {
    const { clock, signal } = io;
    for (const target of done) await waitForReplicas(client, target, { replicas, clock, timeoutMs, signal });
  }
  return code;
};

function readMode(flags: FlagValues): ScaleMode {
  const mode = flags.text("mode") ?? "scale";
  if (mode === "scale" || mode === "ssa") return mode;
  throw new OrkaError("usage", `invalid argument "${mode}" for "--mode": it is scale or ssa`);
}

function questionFor(targets: readonly LiveTarget[]) {
  const [first] = targets;
  if (targets.length === 1) return { text: `Scale ${targetName(first!)} to zero?`, name: first!.name };
  return { text: `Scale ${targets.length} objects to zero?`, name: String(targets.length) };
}
