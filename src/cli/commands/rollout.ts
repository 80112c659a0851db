/** `orka rollout status|history|undo|pause|resume|restart`. */
import { OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import { planPause, planRolloutUndo } from "../../ops/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { liveTargets } from "../change/targets.ts";
import { openCluster } from "../cluster.ts";
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";
import { readTimeout, requireTargets, runOperation } from "../ops/operation.ts";
import type { Command } from "../verbs.ts";
import { restart, rollOut } from "./restart.ts";

type Action = (io: CliIo, call: Pick<Call, "flags" | "args">) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = {
  status,
  history,
  undo: changing(undo),
  pause: changing((session, args) => pause(session, args, true)),
  resume: changing((session, args) => pause(session, args, false)),
  restart: changing(restart),
};

export const command: Command = async (io, { flags, args: [word, ...args] }) => {
  const action = word === undefined || !Object.hasOwn(ACTIONS, word) ? undefined : ACTIONS[word];
  if (action === undefined) throw unknownAction(word);
  requireTargets({ flags }, { args, verb: `rollout ${word}` });
  return await action(io, { flags, args });
};

function unknownAction(word: string | undefined): OrkaError {
  const names = Object.keys(ACTIONS);
  const near = word === undefined ? undefined : nearMiss(word, names);
  const message = word === undefined
    ? "rollout takes an action"
    : `unknown command "${word}" for "orka rollout"`;
  const hint = `${near === undefined ? "" : `Did you mean "${near}"? `}Actions are ${names.join(", ")}.`;
  return new OrkaError("usage", message, { hint });
}

function changing(act: (session: ChangeSession, args: readonly string[]) => Promise<number>): Action {
  return async (io, { flags, args }) => {
    using session = await openChangeSession(io, flags);
    return await act(session, args);
  };
}

async function status(io: CliIo, { flags, args }: Pick<Call, "flags" | "args">): Promise<number> {
  const timeoutMs = await readTimeout({ flags });
  const revision = flags.count("revision");
  const { followRollouts, isJson, printRollouts } = await import("../ops/follow_rollout.ts");
  isJson(flags.text("output"));
  using cluster = await openCluster(io, flags);
  const session = { io, flags, cluster };
  const targets = await liveTargets(session, { args });
  return flags.on("watch", true)
    ? await followRollouts(session, targets, { timeoutMs, revision, to: "stdout" })
    : await printRollouts(session, targets, { revision });
}

async function history(io: CliIo, { flags, args }: Pick<Call, "flags" | "args">): Promise<number> {
  const { printHistory } = await import("../ops/rollout_history.ts");
  using cluster = await openCluster(io, flags);
  const session = { io, flags, cluster };
  return await printHistory(session, await liveTargets(session, { args }));
}

async function undo(session: ChangeSession, args: readonly string[]): Promise<number> {
  const { flags, cluster: { client }, io: { signal } } = session;
  const revisions = new Map<object, number>();
  return await rollOut(session, args, {
    async plan(target) {
      const { change, revision } = await planRolloutUndo(client, target, {
        toRevision: flags.count("to-revision"),
        live: target.object,
        fieldManager: flags.text("field-manager"),
        signal,
      });
      revisions.set(target, revision.number);
      return change;
    },
    done: "rolled back",
    unchanged: (target) =>
      `skipped rollback (current template already matches revision ${revisions.get(target)})`,
  });
}

async function pause(session: ChangeSession, args: readonly string[], on: boolean): Promise<number> {
  const { flags, cluster: { client }, io: { signal } } = session;
  const { code } = await runOperation(session, await liveTargets(session, { args, goOn: true }), {
    plan: (target) =>
      planPause(client, target, {
        on,
        live: target.object,
        fieldManager: flags.text("field-manager"),
        signal,
      }),
    done: on ? "paused" : "resumed",
  });
  return code;
}
