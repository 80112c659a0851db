/** The embedded cluster as a process of its own: started, and ended. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import { isRunning, type ServerRecord, type StoreDirectory } from "./store_directory.ts";

/** How long a process may take to answer, and to end in order, ms. */
const [START_MS, END_MS] = [15_000, 5_000];
const POLL_MS = 10;

/** This program again, with other arguments. */
function programArgs(args: readonly string[]): string[] {
  if (Deno.build.standalone) return [...args];
  return ["run", "-q", "--v8-flags=--optimize-for-size", "-A", Deno.mainModule, ...args];
}

/**
 * Starts `orka ARGS` in the background, its stderr in the store's log. Resolves with the first line that it prints; throws
 * `io` with its last words when it ends before.
 */
export async function startDetached(
  args: readonly string[],
  { directory, clock }: { readonly directory: StoreDirectory; readonly clock: Clock },
): Promise<string> {
  await directory.refuseServed();
  await directory.create();
  const { spawn } = await import("node:child_process");
  const { openSync, closeSync } = await import("node:fs");
  const logFd = openSync(directory.log, "w", 0o600);
  const child = spawn(Deno.execPath(), programArgs(args), {
    detached: true,
    stdio: ["ignore", "pipe", logFd],
  });
  closeSync(logFd);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const failed = (why: string) => void lastWords(directory, why).then(reject);
  let text = "";
  child.stdout!.on("data", (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
    if (text.includes("\n")) resolve(text.split("\n")[0]!);
  });
  child.once("exit", (code) => failed(`it ended with ${code}`));
  child.once("error", (error) => failed(error.message));
  using _timer = clock.timer(START_MS, () => {
    child.kill();
    failed(`no answer within ${START_MS / 1000} s`);
  });
  try {
    return await promise;
  } finally {
    child.removeAllListeners("exit");
    child.stdout!.destroy();
    child.unref();
  }
}

async function lastWords(directory: StoreDirectory, why: string): Promise<OrkaError> {
  const said = (await directory.read("log") ?? "").trim().split("\n").slice(-3).join("\n");
  return new OrkaError("io", `the embedded cluster did not start: ${said.replace(/^error: /, "") || why}`);
}

/** Ends it in order, or by force after `END_MS`; resolves when it has gone. */
export async function stopServer(
  record: ServerRecord,
  { directory, clock, signal }: {
    readonly directory: StoreDirectory;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const endMs = clock.monotonic() + END_MS;
  let isForced = false;
  Deno.kill(record.pid, "SIGTERM");
  while (await isRunning(record)) {
    if (!isForced && clock.monotonic() > endMs) {
      Deno.kill(record.pid, "SIGKILL");
      isForced = true;
    }
    await clock.sleep(POLL_MS, { signal });
  }
  await directory.forget();
}
