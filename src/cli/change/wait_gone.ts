/** Waiting until deleted objects are gone: finalizers and grace periods hold them for a while. */
import { OrkaError } from "../../base/mod.ts";
import { readObject } from "../../apply/mod.ts";
import { mapLimited } from "../get/one.ts";
import { note } from "../io.ts";
import type { ChangeSession } from "./change_context.ts";
import { type LiveTarget, targetName } from "./targets.ts";

const POLL_MS = 250;
/** When a person is told what it hangs on. */
const TELL_MS = 3_000;

/** Throws OrkaError `timeout` that names what is still there. `timeoutMs` 0 waits for ever. */
export async function waitUntilGone(
  session: ChangeSession,
  targets: readonly LiveTarget[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  const { io } = session;
  const start = io.clock.monotonic();
  let hasTold = false;
  let rest = await stillThere(session, targets);
  while (rest.length > 0) {
    const waited = io.clock.monotonic() - start;
    if (timeoutMs > 0 && waited >= timeoutMs) {
      const names = rest.map(({ target }) => targetName(target)).join(", ");
      throw new OrkaError("timeout", `timed out waiting for the deletion of ${names}`, { hint: held(rest) });
    }
    if (!hasTold && waited >= TELL_MS && io.stderr.isTerminal) {
      hasTold = true;
      await note(io, held(rest) ?? `waiting for ${rest.length} objects to go`);
    }
    await io.clock.sleep(POLL_MS, { signal: io.signal });
    rest = await stillThere(session, rest.map(({ target }) => target));
  }
}

interface Remaining {
  readonly target: LiveTarget;
  readonly finalizers: readonly string[];
}

async function stillThere(
  { io, cluster }: ChangeSession,
  targets: readonly LiveTarget[],
): Promise<readonly Remaining[]> {
  const found = await mapLimited(targets, async (target) => {
    const object = await readObject(cluster.client, target, { signal: io.signal });
    const isSame = object !== null && object.metadata.uid === target.object.metadata.uid;
    return isSame ? [{ target, finalizers: object.metadata.finalizers ?? [] }] : [];
  });
  return found.flat();
}

function held(rest: readonly Remaining[]): string | undefined {
  const lines = rest.filter(({ finalizers }) => finalizers.length > 0)
    .map(({ target, finalizers }) =>
      `${targetName(target)} waits for its finalizers: ${finalizers.join(", ")}`
    );
  return lines.length === 0 ? undefined : lines.join("\n");
}
