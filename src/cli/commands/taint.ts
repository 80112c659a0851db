/** `orka taint`: kubectl's taint. */
import { OrkaError } from "../../base/mod.ts";
import { parseTaints, planTaint, type TaintChanges } from "../../ops/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import type { LiveTarget } from "../change/targets.ts";
import { nodeTargets } from "../ops/node_targets.ts";
import { runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";

const IS_TAINT = /[=:]|-$/;

export const command: Command = async (io, { flags, args }) => {
  const words = /^(nodes?|no)$/.test(args[0] ?? "") ? args.slice(1) : args;
  const first = words.findIndex((word) => IS_TAINT.test(word));
  if (first < 0) {
    throw new OrkaError("usage", "at least one taint update is required", {
      hint: "orka taint node NAME KEY=VALUE:EFFECT puts one on, KEY- takes it off.",
    });
  }
  const changes = parseTaints(words.slice(first));
  using session = await openChangeSession(io, flags);
  const targets = await nodeTargets(session, { args: words.slice(0, first), verb: "taint" });
  const { code } = await runOperation(session, targets, {
    plan: (target) =>
      planTaint(session.cluster.client, target.name, {
        changes,
        overwrite: flags.on("overwrite"),
        live: target.object,
        fieldManager: flags.text("field-manager"),
        signal: io.signal,
      }),
    done: doneWord(changes, flags.on("overwrite")),
    question: changes.add.some(({ effect }) => effect === "NoExecute") ? questionFor(targets) : undefined,
  });
  return code;
};

/** In kubectl's words. */
function doneWord({ add, remove }: TaintChanges, overwrite: boolean): string {
  if (overwrite || (add.length > 0 && remove.length > 0)) return "modified";
  return add.length > 0 ? "tainted" : "untainted";
}

function questionFor(targets: readonly LiveTarget[]) {
  const what = targets.length === 1 ? `node "${targets[0]!.name}"` : `${targets.length} nodes`;
  const name = targets.length === 1 ? targets[0]!.name : String(targets.length);
  return { text: `Evict the pods of ${what} that do not tolerate NoExecute?`, name };
}
