import type { CliIo } from "./io.ts";

/** How often a reader is looked for, ms. */
const LOOK_MS = 500;

/**
 * Runs a command that may print nothing for hours, and ends it (`Deno.errors.BrokenPipe`) soon after the reader of its
 * stdout has gone: a write would tell, but none may come.
 */
export async function whileRead<T>(io: CliIo, run: (io: CliIo) => Promise<T>): Promise<T> {
  const { stdout, clock } = io;
  if (stdout.isTerminal || stdout.isUnread === undefined) return await run(io);
  const gone = new AbortController();
  let timer: Disposable;
  const look = () => {
    if (stdout.isUnread!()) gone.abort(new Deno.errors.BrokenPipe("nobody reads stdout any more"));
    else timer = clock.timer(LOOK_MS, look);
  };
  timer = clock.timer(LOOK_MS, look);
  try {
    const result = await run({ ...io, signal: AbortSignal.any([io.signal, gone.signal]) });
    gone.signal.throwIfAborted();
    return result;
  } catch (error) {
    gone.signal.throwIfAborted();
    throw error;
  } finally {
    timer[Symbol.dispose]();
  }
}
