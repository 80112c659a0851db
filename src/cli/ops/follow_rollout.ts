/** A rollout's states as lines, up to its verdict. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type RolloutState, rolloutStatus, watchRollout } from "../../ops/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { type LiveTarget, targetName, type TargetSession } from "../change/targets.ts";
import { note } from "../io.ts";

export interface FollowOptions {
  /** Of all of them together; 0 waits for ever. */
  readonly timeoutMs: number;
  readonly revision?: number | undefined;
  /** Where lines go: a status is data, the rest of a change is told on the side. */
  readonly to: "stdout" | "stderr";
}

/** One after the other; 0 when all are out, 1 when one failed. Throws OrkaError `timeout`. */
export async function followRollouts(
  session: TargetSession,
  targets: readonly LiveTarget[],
  { timeoutMs, revision, to }: FollowOptions,
): Promise<number> {
  const { io, cluster: { client } } = session;
  const start = io.clock.monotonic();
  let code: number = EXIT.ok;
  for (const target of targets) {
    const printed: Promise<void>[] = [];
    const left = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - (io.clock.monotonic() - start));
    const verdict = await watchRollout(client, target, {
      clock: io.clock,
      timeoutMs: left,
      random: Math.random,
      revision,
      signal: io.signal,
      onState: (state) => void printed.push(printState(session, { target, state, to })),
    }).finally(() => Promise.all(printed));
    if (verdict.type === "failed") code = EXIT.error;
  }
  return code;
}

/** One look at each. */
export async function printRollouts(
  session: TargetSession,
  targets: readonly LiveTarget[],
  { revision }: Pick<FollowOptions, "revision">,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const target of targets) {
    const state = rolloutStatus(target.object as KubeObject, { target, revision });
    await printState(session, { target, state, to: "stdout" });
    if (state.type === "failed") code = EXIT.error;
  }
  return code;
}

interface Shown {
  readonly target: LiveTarget;
  readonly state: RolloutState;
  readonly to: FollowOptions["to"];
}

async function printState({ io, flags }: TargetSession, { target, state, to }: Shown): Promise<void> {
  if (to === "stdout" && isJson(flags.text("output"))) {
    const line = { object: targetName(target), namespace: target.namespace, ...state };
    await io.stdout.write(`${JSON.stringify(line)}\n`);
    return await io.stdout.flush();
  }
  if (state.type === "failed") return await note(io, `error: ${state.message}`);
  if (to === "stderr") return await note(io, state.message);
  await io.stdout.write(`${state.message}\n`);
  await io.stdout.flush();
}

/** Throws OrkaError `usage` for a format that lines have not. */
export function isJson(output: string | undefined): boolean {
  if (output === undefined || output === "") return false;
  if (output === "json" || output === "ndjson") return true;
  throw new OrkaError("usage", `unable to match a printer suitable for the output format "${output}"`, {
    hint: "-o json is what there is.",
  });
}
