/** What a person is asked between an edit and its sending. */
import { type EditStep, maskOutcome, type PlannedEdit } from "../../change/mod.ts";
import { pathText } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { diffText } from "../change/diff_printer.ts";
import { targetName } from "../change/targets.ts";
import { type CliIo, note, safeLines } from "../io.ts";

export type Answer = "send" | "edit" | "stop";
export type ConflictAnswer = "take over" | "drop" | "edit" | "stop";

/** Whether there is a person who can answer and edit again. */
export function hasPerson({ io }: Pick<ChangeSession, "io">): boolean {
  return io.stdinIsTerminal && io.stderr.isTerminal;
}

/** The diff of an edit on stderr: stdout has what was done. */
export async function showEdit({ io }: ChangeSession, edit: PlannedEdit): Promise<void> {
  const { change, outcome } = edit;
  const color = io.stderr.isTerminal && !io.env("NO_COLOR");
  const { before, changes } = maskOutcome(outcome, change);
  await note(io, `${targetName(change.target)}${before === null ? " is new" : ""}`);
  if (before !== null) await io.stderr.write(diffText(changes, { color }));
  await showRemoved({ io }, edit);
}

/** Whose fields go. */
export async function showRemoved(
  { io }: Pick<ChangeSession, "io">,
  { removed }: Pick<PlannedEdit, "removed">,
): Promise<void> {
  for (const { path, owners } of removed) {
    const names = [...new Set(owners.map(({ manager }) => manager))].join(", ");
    if (names !== "") await note(io, safeLines(`  ${pathText(path)} was set by ${names}`));
  }
}

/** In a protected context the name has to be typed. Throws OrkaError `read-only` where nobody may be asked there. */
export async function askToSend(session: ChangeSession, edits: readonly PlannedEdit[]): Promise<Answer> {
  const { io, cluster, flags } = session;
  if (flags.on("yes")) return "send";
  const { context } = cluster.client.target;
  if (!hasPerson(session)) {
    if (!cluster.isProtected) return "send";
    throw new OrkaError("read-only", `nothing was changed: the context "${context}" is protected`, {
      hint: "--yes does it without a question.",
    });
  }
  const name = edits.length === 1 ? edits[0]!.change.target.name : String(edits.length);
  const question = cluster.isProtected
    ? `The context "${context}" is protected: type ${name} to send it, e to edit again: `
    : "Send it? [y]es, [e]dit again, [N]o: ";
  const answer = (await answerTo(io, question)).trim();
  if (cluster.isProtected ? answer === name : /^y(es)?$/i.test(answer)) return "send";
  return /^e(dit)?$/i.test(answer) ? "edit" : "stop";
}

/** Who owns what, and what is to be done about it. Without a person `--force-conflicts` decides. */
export async function askAboutConflict(
  session: ChangeSession,
  { target, conflicts }: Extract<EditStep, { type: "conflict" }>,
): Promise<ConflictAnswer> {
  const { io, flags } = session;
  if (flags.on("force-conflicts")) return "take over";
  await note(io, `${targetName(target)} has fields that others own:`);
  for (const { field, message } of conflicts) await note(io, safeLines(`  ${field}: ${message}`));
  if (!hasPerson(session)) {
    throw new OrkaError("conflict", "nothing was changed: others own fields that the edit sets", {
      hint: "--force-conflicts takes them over.",
    });
  }
  const question = "[t]ake them over, [d]rop them from the edit, [e]dit again, [N]othing: ";
  const answer = (await answerTo(io, question)).trim().toLowerCase();
  const words = { t: "take over", d: "drop", e: "edit" } as const;
  return words[answer[0] as keyof typeof words] ?? "stop";
}

/** Rejects on Ctrl-C, so that the typed text's path is still told. */
async function answerTo(io: CliIo, question: string): Promise<string> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    io.stderr.write("\n").finally(() => reject(io.signal.reason)); // behind the question and the terminal's ^C
  };
  io.signal.addEventListener("abort", onAbort, { once: true });
  try {
    io.signal.throwIfAborted();
    return await Promise.race([io.ask(question), stopped]) ?? "";
  } finally {
    io.signal.removeEventListener("abort", onAbort);
  }
}
