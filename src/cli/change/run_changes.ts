/**
 * The way of every change from the command line: without leave to write it is tried by the server's dry run, shown, and
 * refused with exit code 3; with leave it is done, after a question where it destroys something.
 */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type Change, maskOutcome, type Outcome, performChange, previewChange } from "../../change/mod.ts";
import { note } from "../io.ts";
import type { ChangeSession } from "./change_context.ts";
import { confirm, type Question } from "./confirm.ts";
import { diffText } from "./diff_printer.ts";
import { outcomePrinter } from "./outcome_printer.ts";

export interface PlannedChange {
  readonly change: Change;
  /** What is said once it is done: `scaled`, `deleted`; unchanged objects are said to be `unchanged`. */
  readonly done: string | ((outcome: Outcome) => string);
  /** `deployment.apps/web`. */
  readonly name: string;
  /** What ends the line, behind the word for a dry run: `from shop namespace`. */
  readonly from?: string | undefined;
  /** What is shown of it instead of the object, where it changes what the object's own diff leaves out. */
  readonly shown?: Outcome | undefined;
}

export interface RunOptions {
  /** Asked once before the first change, where it destroys something. */
  readonly question?: Question | undefined;
  /** Goes on with the next object after a refusal; the exit code is 1 then. Default true. */
  readonly goOn?: boolean | undefined;
}

export interface RunResult {
  /** 0; 1 when one was refused; 3 when nothing was allowed to change. */
  readonly code: number;
  /** Those that were done in earnest. */
  readonly done: readonly PlannedChange[];
}

/** Runs the changes in order, each as the person's flags have it; says which went through. */
export async function runChanges(
  session: ChangeSession,
  planned: readonly PlannedChange[],
  { question, goOn = true }: RunOptions = {},
): Promise<RunResult> {
  const { io, cluster, flags } = session;
  const dryRun = readDryRun(flags.text("dry-run"));
  const isDryRun = dryRun !== "none";
  const isAllowed = cluster.writes.isOpen;
  if (isAllowed && !isDryRun && question !== undefined && planned.length > 0) {
    await confirm(session, question);
  }
  const printer = await outcomePrinter(session, { dryRun });
  const done: PlannedChange[] = [];
  let failed = 0;
  for (const each of planned) {
    try {
      const lists = await session.lists(each.change.target.resource);
      const context = session.perform(lists);
      if (isAllowed && !isDryRun) {
        const outcome = await performChange(each.change, context);
        done.push(each);
        await printer.done(each, outcome);
      } else if (isDryRun || isForProgram(session)) {
        await printer.done(each, await previewChange(each.change, context));
      } else await printPreview(session, each, await previewChange(each.change, context));
    } catch (error) {
      if (!goOn || planned.length === 1 || !(error instanceof OrkaError)) throw error;
      failed++;
      await note(io, `error: ${each.name}: ${error.message}`);
      if (error.hint !== undefined) await note(io, error.hint);
    }
  }
  await printer.end();
  const missed = session.missed.length;
  if (failed + missed > 0) {
    const isTried = isAllowed || isDryRun;
    if (isTried) await note(io, `${planned.length - failed} of ${planned.length + missed} went through`);
    else await noteReadOnly(session);
    return { code: EXIT.error, done };
  }
  if (isAllowed || isDryRun) return { code: EXIT.ok, done };
  await noteReadOnly(session);
  return { code: EXIT.readOnly, done };
}

/** With `-o` the objects are printed as they would be: a program reads them, and the exit code. */
export function isForProgram({ flags }: Pick<ChangeSession, "flags">): boolean {
  return (flags.text("output") ?? "") !== "";
}

/** What would change, on stdout. */
export async function printPreview(
  { io }: Pick<ChangeSession, "io">,
  { name, change, shown }: PlannedChange,
  outcome: Outcome,
): Promise<void> {
  const color = io.stdout.isTerminal && !io.env("NO_COLOR");
  const { before, after, changes } = maskOutcome(shown ?? outcome, change);
  const what = before === null
    ? "would be created"
    : after === null
    ? "would be deleted"
    : changes.length === 0
    ? "would not change"
    : "would change";
  await io.stdout.write(`${name} ${what}\n`);
  if (before !== null && after !== null) await io.stdout.write(diffText(changes, { color }));
  await io.stdout.flush();
}

export async function noteReadOnly({ io }: Pick<ChangeSession, "io">): Promise<void> {
  await note(
    io,
    "Nothing was changed: Orka is read-only. Add --write to do it, or --dry-run=server to only try it.",
  );
}

export type DryRun = "none" | "client" | "server";

/** kubectl's three, and a bare `--dry-run` as the server's. Throws OrkaError `usage`. */
export function readDryRun(value: string | undefined): DryRun {
  if (value === undefined || value === "none" || value === "false") return "none";
  if (value === "" || value === "server" || value === "true") return "server";
  if (value === "client") return "client";
  throw new OrkaError("usage", `Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}
