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
for (const [name, code] of Object.entries(SIGNALS)) {
  Deno.addSignalListener(name as keyof typeof SIGNALS, () => {
    if (signalled !== undefined) Deno.exit(code); // asked twice
    signalled = code;
    stop.abort(new DOMException(name, "AbortError"));
    Deno.unrefTimer(setTimeout(() => Deno.exit(code), GRACE_MS));
  });
}

const { signal } = stop;
const code = await runCli(Deno.args, systemIo({ backend: systemBackend({ signal }), signal }));
Deno.exit(signalled ?? code);
