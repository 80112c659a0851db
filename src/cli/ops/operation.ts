/** One operation on one object after the other: planned, then run as every change is. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { type PlannedChange, runChanges, type RunOptions } from "../change/run_changes.ts";
import { type LiveTarget, targetName } from "../change/targets.ts";
import { note } from "../io.ts";

export interface Operation extends RunOptions {
  /** null: it is so already. */
  readonly plan: (target: LiveTarget) => Promise<Change | null>;
  /** What is said of one that is done: `scaled`. */
  readonly done: string | ((target: LiveTarget) => string);
  /** What is said of one that is so already: `already cordoned`. */
  readonly unchanged?: string | ((target: LiveTarget) => string) | undefined;
}

export interface OperationResult {
  readonly code: number;
  /** Those that were done in earnest. */
  readonly done: readonly LiveTarget[];
}

/** Goes on with the next object after a refusal of one of several; the exit code is 1 then. */
export async function runOperation(
  session: ChangeSession,
  targets: readonly LiveTarget[],
  operation: Operation,
): Promise<OperationResult> {
  const { io } = session;
  if (targets.length === 0) await note(io, "No resources found");
  const byPlan = new Map<PlannedChange, LiveTarget>();
  let refused = 0;
  let same = 0;
  for (const target of targets) {
    try {
      const change = await operation.plan(target);
      if (change === null) same++;
      byPlan.set(plannedOf(target, { change, operation }), target);
    } catch (error) {
      if (targets.length === 1 || !(error instanceof OrkaError)) throw error;
      refused++;
      await note(io, `error: ${targetName(target)}: ${error.message}`);
      if (error.hint !== undefined) await note(io, error.hint);
    }
  }
  const planned = [...byPlan.keys()];
  if (same === planned.length && session.flags.text("output") === undefined) {
    for (const { name, done } of planned) await io.stdout.write(`${name} ${done}\n`);
    return { code: refused + session.missed.length > 0 ? EXIT.error : EXIT.ok, done: [] };
  }
  const result = await runChanges(session, planned, operation);
  return {
    code: refused > 0 ? EXIT.error : result.code,
    done: result.done.map((each) => byPlan.get(each)!),
  };
}

function plannedOf(
  target: LiveTarget,
  { change, operation }: { readonly change: Change | null; readonly operation: Operation },
): PlannedChange {
  const word = (said: string | ((target: LiveTarget) => string)) =>
    typeof said === "string" ? said : said(target);
  if (change !== null) return { name: targetName(change.target), change, done: word(operation.done) };
  return {
    name: targetName(target),
    change: {
      verb: "none",
      target,
      fieldManager: "",
      before: target.object,
      send: () => Promise.resolve(target.object),
    },
    done: word(operation.unchanged ?? "unchanged"),
  };
}

/** `--timeout` in ms, as Go writes durations, or in whole seconds; 0 or absent waits for ever. */
export async function readTimeout({ flags }: Pick<ChangeSession, "flags">): Promise<number> {
  const text = flags.text("timeout");
  if (text === undefined) return 0;
  const { parseGoDuration } = await import("../../kube/mod.ts");
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (ms === null || ms < 0) throw new OrkaError("usage", `invalid argument "${text}" for "--timeout"`);
  return ms;
}

/** Throws OrkaError `usage` when the arguments and flags name nothing. */
export function requireTargets(
  { flags }: Pick<ChangeSession, "flags">,
  { args, verb }: { readonly args: readonly string[]; readonly verb: string },
): void {
  if (args.length > 0 || flags.list("filename").length > 0) return;
  throw new OrkaError("usage", `${verb} takes objects: KIND NAME, KIND/NAME or -f FILE`, {
    hint: `orka ${verb} --help shows examples.`,
  });
}
