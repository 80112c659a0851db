import { OrkaError } from "../../base/mod.ts";
import { connectOptions, embeddedRequest } from "../connect_options.ts";
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";

/** `orka` alone: the full-screen session. Throws OrkaError `usage` where there is no terminal. */
export async function openSession(io: CliIo, { flags }: Call): Promise<number> {
  if (!io.stdinIsTerminal || !io.stdout.isTerminal) {
    const what = io.stdinIsTerminal ? "stdout" : "stdin";
    throw new OrkaError("usage", `the session needs a terminal, and ${what} is not one`, {
      hint: "In scripts name a command, as: orka get pods -A. orka help lists them.",
    });
  }
  const namespace = flags.text("namespace");
  return await io.backend.session({
    connect: connectOptions(flags),
    embedded: embeddedRequest(flags),
    namespace: flags.on("all-namespaces")
      ? null
      : namespace === undefined || namespace === ""
      ? undefined
      : namespace,
  });
}
