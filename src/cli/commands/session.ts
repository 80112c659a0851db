import { OrkaError } from "../../base/mod.ts";
import { connectOptions, embeddedRequest } from "../connect_options.ts";
import { asksToWrite } from "../cluster.ts";
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
    writeRule: async (context) => {
      const { readContextRules, ruleFor } = await import("../context_rules.ts");
      const rule = ruleFor(await readContextRules(io), context);
      return { write: asksToWrite(io, flags, rule.write), protected: rule.protected };
    },
    memory: async (server, warn) => {
      const { openCommandMemory } = await import("../change/change_context.ts");
      return await openCommandMemory(io, server, warn);
    },
    namespace: flags.on("all-namespaces")
      ? null
      : namespace === undefined || namespace === ""
      ? undefined
      : namespace,
  });
}
