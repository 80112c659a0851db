/** `orka suspend` and `orka resume` of CronJobs and Jobs. */
import { planSuspend } from "../../ops/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { liveTargets } from "../change/targets.ts";
import { requireTargets, runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";

export const command: Command = suspending(true);
export const resume: Command = suspending(false);

function suspending(on: boolean): Command {
  return async (io, { flags, args }) => {
    requireTargets({ flags }, { args, verb: on ? "suspend" : "resume" });
    using session = await openChangeSession(io, flags);
    const { code } = await runOperation(session, await liveTargets(session, { args, goOn: true }), {
      plan: (target) =>
        planSuspend(session.cluster.client, target, {
          on,
          live: target.object,
          fieldManager: flags.text("field-manager"),
          signal: io.signal,
        }),
      done: on ? "suspended" : "resumed",
      unchanged: on ? "already suspended" : "not suspended",
    });
    return code;
  };
}
