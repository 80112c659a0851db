/**
 * Orka: `orka` opens the session, `orka VERB` runs one command. The real clock and streams, signals, and the
 * only Deno.exit of the program.
 */
import { runCli, systemBackend, systemIo } from "./src/cli/mod.ts";

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** How long a command may take to end in order once it was asked to, ms. */
const GRACE_MS = 2_000;

const stop = new AbortController();
let signalled: number | undefined;
/** A Ctrl-C that was another program's may be heard this long after its end, ms. */
const LENT_SIGNAL_MS = 250;
/** On the performance clock: until then Ctrl-C is for the program that has the terminal. */
let lentUntil = 0;
const listeners = Object.entries(SIGNALS).map(([name, code]) => {
  const listener = () => {
    if (name === "SIGINT" && performance.now() < lentUntil) return;
    if (signalled !== undefined) Deno.exit(code); // asked twice
    signalled = code;
    stop.abort(new DOMException(name, "AbortError"));
    Deno.unrefTimer(setTimeout(() => Deno.exit(code), GRACE_MS));
  };
  return [name as keyof typeof SIGNALS, listener] as const;
});
for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);

/** The session's terminal answers signals itself: a ctrl+c may be meant for the editor that it was lent to. */
function releaseSignals(): void {
  for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
}

async function lend<T>(run: () => Promise<T>): Promise<T> {
  lentUntil = Infinity;
  try {
    return await run();
  } finally {
    lentUntil = performance.now() + LENT_SIGNAL_MS;
  }
}

const { signal } = stop;
const backend = systemBackend({ signal, releaseSignals });
const code = await runCli(Deno.args, systemIo({ backend, signal, lend }));
Deno.exit(signalled ?? code);
