/**
 * The command line: kubectl's verbs and Orka's own over any cluster. It parses, asks the client or the
 * engine, prints, and says an exit code; it never ends the process and never writes past its `CliIo`.
 *
 * Vocabulary: a verb is a command's name; a call is a parsed command line; a format is what `-o` asks for.
 * Data flow: argv -> parse -> verb's command (loaded late) -> client -> printers -> stdout; everything that is
 * not data goes to stderr.
 */
import { EXIT } from "../base/mod.ts";
import { reportFailure } from "./failure.ts";
import { rootHelp, verbHelp } from "./help.ts";
import type { CliIo } from "./io.ts";
import { type Call, parseCommandLine } from "./parse.ts";
import { VERBS } from "./verbs.ts";
import { VERSION } from "./version.ts";

export {
  type Backend,
  BufferedOutput,
  type CliIo,
  type ClusterBackend,
  type Output,
  type SessionRequest,
} from "./io.ts";
export { EXIT_BROKEN_PIPE, isBrokenPipe } from "./failure.ts";
export { systemBackend } from "./system_backend.ts";
export { systemIo } from "./system_io.ts";

/** Runs one command line and says the process's exit code; never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    const code = await dispatch(argv, io);
    await io.stdout.flush();
    await io.stderr.flush();
    return code;
  } catch (error) {
    await io.stdout.flush().catch(() => {});
    const code = await reportFailure(io, error).catch(() => EXIT.error);
    await io.stderr.flush().catch(() => {});
    return code;
  }
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  // What follows is another command line, to be completed: its flags are not ours.
  if (argv[0] === "__complete") {
    const { completeLine } = await import("./commands/complete.ts");
    return await completeLine(io, argv.slice(1));
  }
  const call = parseCommandLine(argv, VERBS);
  if (call.flags.on("help")) return await help(io, call);
  if (call.flags.on("version")) {
    await io.stdout.write(`orka ${VERSION}\n`);
    return EXIT.ok;
  }
  if (call.verb === null) {
    const { openSession } = await import("./commands/session.ts");
    return await openSession(io, call);
  }
  if (call.verb.asksServer?.(call.flags) ?? true) io.backend.prepare();
  const { command } = await call.verb.load();
  if (call.verb.follows?.(call.flags) !== true) return await command(io, call);
  const { whileRead } = await import("./while_read.ts");
  return await whileRead(io, (io) => command(io, call));
}

async function help(io: CliIo, { verb }: Call): Promise<number> {
  const { columns } = io.stdout;
  await io.stdout.write(verb === null ? rootHelp(VERBS, columns) : verbHelp(verb, columns));
  return EXIT.ok;
}
