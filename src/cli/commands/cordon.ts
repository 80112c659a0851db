/** `orka cordon` and `orka uncordon`. */
import { planCordon } from "../../ops/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { nodeTargets } from "../ops/node_targets.ts";
import { runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";

export const command: Command = cordoning(true);
export const uncordon: Command = cordoning(false);

function cordoning(on: boolean): Command {
  const verb = on ? "cordon" : "uncordon";
  return async (io, { flags, args }) => {
    using session = await openChangeSession(io, flags);
    const { code } = await runOperation(session, await nodeTargets(session, { args, verb }), {
      plan: (target) =>
        planCordon(session.cluster.client, target.name, {
          on,
          live: target.object,
          fieldManager: flags.text("field-manager"),
          signal: io.signal,
        }),
      done: `${verb}ed`,
      unchanged: `already ${verb}ed`,
    });
    return code;
  };
}
