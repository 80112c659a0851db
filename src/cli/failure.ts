/** Errors as kubectl words them, and the exit codes that go with them. */
import { EXIT, exitCode, isCancelled, OrkaError } from "../base/mod.ts";
import { type CliIo, safeLines } from "./io.ts";

/** The error as lines for stderr, kubectl's wording first, then what to do next. */
export function failureText(error: unknown): string {
  if (!(error instanceof OrkaError)) return bugText(error);
  const lines = [headline(error)];
  if (error.hint !== undefined) lines.push(error.hint);
  return lines.map((line) => `${safeLines(line)}\n`).join("");
}

function headline(error: OrkaError): string {
  const message = error.message;
  switch (error.code) {
    case "unauthorized":
      return error.status === undefined
        ? `error: ${message}`
        : `error: You must be logged in to the server (${message})`;
    case "unreachable":
    case "tls":
      return /^(The connection|Unable to connect)/.test(message)
        ? message
        : `Unable to connect to the server: ${message}`;
    case "invalid":
      if (error.reason === "Invalid") return invalid(message);
      break;
    case "no-context":
      return /^Error in configuration/.test(message) ? message : `Error in configuration: ${message}`;
  }
  if (error.status === undefined) return `error: ${message}`;
  return error.reason ? `Error from server (${error.reason}): ${message}` : `Error from server: ${message}`;
}

/** `The Deployment "x" is invalid: …`, without the kind's group; without an object the server says only why. */
function invalid(message: string): string {
  const named = /^(\w+)(?:\.\S+)? (".*" is invalid\b[^]*)$/.exec(message);
  if (named !== null) return `The ${named[1]} ${named[2]}`;
  return `The request is invalid: ${message.replace(/^ *"" is invalid: /, "")}`;
}

function bugText(error: unknown): string {
  const what = error instanceof Error ? error.stack ?? error.message : String(error);
  return `orka: this is a bug in Orka, please report it\n${safeLines(what)}\n`;
}

/** Reports how a command ended and says the process's exit code. Cancelled and broken pipes say nothing. */
export async function reportFailure(io: CliIo, error: unknown): Promise<number> {
  if (isBrokenPipe(error)) return EXIT_BROKEN_PIPE;
  if (isCancelled(error) || io.signal.aborted) return EXIT.interrupted;
  await io.stderr.write(failureText(error));
  return exitCode(error);
}

/** 128 + SIGPIPE: what a shell reports of kubectl when the reader of its pipe has gone. */
export const EXIT_BROKEN_PIPE = 141;

export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}
