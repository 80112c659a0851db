/** After a restart, a new image, a way back: the verdict of the rollout, as a notice, wherever the person is by then. */
import type { ChangeResult } from "../change/change_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import type { OpsDoor } from "./ops_door.ts";

/** Longer than a Deployment's own deadline (10 minutes): its verdict comes first. */
const TIMEOUT_MS = 15 * 60_000;

export function followRollout(
  host: PaneHost,
  ops: OpsDoor,
  { objects, failures }: {
    readonly objects: readonly TargetObject[];
    readonly failures: ChangeResult["failures"];
  },
): void {
  const { engine, clock, lifetime: signal } = host;
  if (engine === null) return;
  const failed = new Set(failures.map(({ change }) => change.target.name));
  for (const object of objects.filter((one) => !failed.has(one.name) && ops.rollingKind(one) !== null)) {
    const options = { clock, timeoutMs: TIMEOUT_MS, random: Math.random, signal };
    const what = `${object.resource.kind.toLowerCase()} "${object.name}"`;
    ops.watchRollout(engine.client, object, options).then((state) => {
      if (host.engine !== engine) return;
      if (state.type === "done") host.notify(`${what} has rolled out`, "ok");
      else host.notify(`${what} did not roll out: ${state.message}`, "error");
    }, (error) => {
      // the connection went, or another one was chosen: nobody can tell any more
      if (host.engine === engine && !signal.aborted) {
        host.notify(`${what}: ${(error as Error).message}`, "warn");
      }
    });
  }
}
