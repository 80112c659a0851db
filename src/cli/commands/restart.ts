/** `orka rr`: a rollout restart. */
import { EXIT } from "../../base/mod.ts";
import { planRestart } from "../../ops/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { liveTargets } from "../change/targets.ts";
import { type Operation, readTimeout, requireTargets, runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  requireTargets({ flags }, { args, verb: "rr" });
  using session = await openChangeSession(io, flags);
  return await restart(session, args);
};

export async function restart(session: ChangeSession, args: readonly string[]): Promise<number> {
  const { io, flags, cluster: { client } } = session;
  return await rollOut(session, args, {
    plan: (target) =>
      planRestart(client, target, {
        nowMs: io.clock.now(),
        live: target.object,
        fieldManager: flags.text("field-manager"),
      }),
    done: "restarted",
  });
}

/** Runs the operation, and follows what it rolls out where that is asked for. */
export async function rollOut(
  session: ChangeSession,
  args: readonly string[],
  operation: Operation,
): Promise<number> {
  const { flags } = session;
  const timeoutMs = await readTimeout(session);
  const targets = await liveTargets(session, { args, goOn: true });
  const { code, done } = await runOperation(session, targets, operation);
  if (!flags.on("watch") || done.length === 0) return code;
  const { followRollouts } = await import("../ops/follow_rollout.ts");
  const verdict = await followRollouts(session, done, { timeoutMs, to: "stderr" });
  return code === EXIT.ok ? verdict : code;
}
