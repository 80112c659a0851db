import type { CliIo } from "./io.ts";

/**
 * Runs `use` on a signal that is aborted by the command's own, and `ms` after `begin` was called: kubectl's
 * --request-timeout ends a watch so, in order. undefined or 0: never.
 */
export async function withinTime(
  io: CliIo,
  ms: number | undefined,
  use: (limit: { readonly signal: AbortSignal; begin(): void }) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const timeIsUp = new DOMException("the time of --request-timeout is up", "AbortError");
  let timer: Disposable | null = null;
  const begin = () => {
    if (ms !== undefined && ms > 0) timer ??= io.clock.timer(ms, () => stop.abort(timeIsUp));
  };
  try {
    await use({ signal: AbortSignal.any([io.signal, stop.signal]), begin });
  } catch (error) {
    if (error !== timeIsUp) throw error;
  } finally {
    (timer as Disposable | null)?.[Symbol.dispose]();
  }
}
