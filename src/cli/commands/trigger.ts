/** `orka trigger cronjob/NAME`: a run now. */
import { OrkaError } from "../../base/mod.ts";
import { planTrigger } from "../../ops/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { liveTargets } from "../change/targets.ts";
import { requireTargets, runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  requireTargets({ flags }, { args, verb: "trigger" });
  const name = flags.text("name");
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args });
  if (name !== undefined && targets.length > 1) {
    throw new OrkaError("usage", "--name is of one Job, and there are several CronJobs");
  }
  const { code } = await runOperation(session, targets, {
    plan: (target) =>
      planTrigger(session.cluster.client, target, {
        name,
        random: Math.random,
        live: target.object,
        fieldManager: flags.text("field-manager"),
        signal: io.signal,
      }),
    done: "created",
  });
  return code;
};
