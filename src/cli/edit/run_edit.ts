/** The way of an edit on the command line: editor, checks, diff, question, sending; and back to the editor. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import {
  EditFile,
  type EditSession,
  type EditStep,
  type Outcome,
  performChange,
  type PlannedEdit,
  withoutRemarks,
} from "../../change/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { type DryRun, noteReadOnly, printPreview } from "../change/run_changes.ts";
import { targetName } from "../change/targets.ts";
import { note, safeLines } from "../io.ts";
import { editedText } from "./edit_text.ts";
import { askAboutConflict, askToSend, hasPerson, showEdit, showRemoved } from "./edit_prompt.ts";

export interface RunEditOptions {
  readonly edit: EditSession;
  /** The file that is sent as it is; undefined where a person edits. */
  readonly source?: string | undefined;
  /** Only tried and shown, unless none. */
  readonly dryRun: DryRun;
}

export interface EditorOptions extends RunEditOptions {
  /** The file's name, as editors show it and choose colours by. */
  readonly fileName: string;
  /** Called with the text that was sent. */
  readonly onSent?: ((text: string) => Promise<void>) | undefined;
}

/** How one text ended: an exit code, or another text to edit. */
type Ended = { readonly code: number } | { readonly next: string };

/**
 * Edits until it is done, refused, or given up. Typed text that was not sent is in a file whose path is told, whatever
 * happens; Ctrl-C and a failing editor included.
 */
export async function runWithEditor(session: ChangeSession, options: EditorOptions): Promise<number> {
  const { io } = session;
  const { edit, onSent } = options;
  const file = await EditFile.create(options.fileName, edit.text);
  let isSent = false;
  try {
    for (;;) {
      const text = await editedText(io, file);
      const ended = await runText(session, text, options);
      if ("code" in ended) {
        isSent = ended.code === EXIT.ok && options.dryRun === "none";
        if (isSent) await onSent?.(text);
        return ended.code;
      }
      await file.replace(ended.next);
    }
  } finally {
    if (isSent) await file.discard();
    else {
      const kept = await file.close();
      if (kept !== null) await note(io, `Your text is kept in ${kept}`);
    }
  }
}

/** A text that is already there: no editor is opened, and what is wrong with it ends the command. */
export async function runWithoutEditor(
  session: ChangeSession,
  options: RunEditOptions & { readonly source: string },
): Promise<number> {
  const ended = await runText(session, withoutRemarks(options.edit.text), options);
  if ("code" in ended) return ended.code;
  throw new OrkaError("invalid", `${options.source} was not sent`);
}

async function runText(session: ChangeSession, text: string, options: RunEditOptions): Promise<Ended> {
  const { edit, source } = options;
  const isSame = !edit.differs(text);
  let step = await edit.read(text);
  for (;;) {
    switch (step.type) {
      case "unchanged":
        if (source !== undefined) throw new OrkaError("io", `there are no objects in ${source}`);
        await note(session.io, "Edit cancelled, no changes made.");
        return { code: EXIT.ok };
      case "gone":
        throw new OrkaError("not-found", `${targetName(step.target)} was deleted while it was edited`);
      case "again":
        return await tellReasons(session, step, { isSame, source });
      case "conflict": {
        const answer = await askAboutConflict(session, step);
        if (answer === "edit") return { next: step.text };
        if (answer === "stop") throw nothingChanged();
        step = answer === "drop" ? await edit.dropFields() : await edit.takeOver();
        break;
      }
      case "ready": {
        const next = await finish(session, step, { ...options, text });
        if (!("type" in next)) return next;
        step = next;
      }
    }
  }
}

/** A person gets the text again, unless they left it as it was; a script hears why and ends. */
async function tellReasons(
  session: ChangeSession,
  { text, reasons }: Extract<EditStep, { type: "again" }>,
  { isSame, source }: { readonly isSame: boolean; readonly source: string | undefined },
): Promise<Ended> {
  if (hasPerson(session) && !isSame && source === undefined) return { next: text };
  const where = source === undefined ? "" : `${source}: `;
  for (const reason of reasons) await note(session.io, safeLines(where + reason));
  throw new OrkaError("invalid", "nothing was changed: the text can't be sent as it is");
}

async function finish(
  session: ChangeSession,
  { edits, warnings }: Extract<EditStep, { type: "ready" }>,
  options: RunEditOptions & { readonly text: string },
): Promise<Ended | EditStep> {
  const { io, cluster } = session;
  for (const warning of warnings) await note(io, safeLines(`Warning: ${warning}`));
  if (!cluster.writes.isOpen || options.dryRun !== "none") {
    return { code: await onlyShow(session, edits, options) };
  }
  for (const each of edits) await showEdit(session, each);
  const answer = await askToSend(session, edits);
  if (answer === "edit") return { next: options.text };
  if (answer === "stop") throw nothingChanged();
  const anew = await options.edit.refreshed();
  if (anew === null) return await send(session, edits, options);
  await note(io, "Not sent yet: the object has changed since it was read.");
  return anew;
}

async function onlyShow(
  session: ChangeSession,
  edits: readonly PlannedEdit[],
  { dryRun }: RunEditOptions,
): Promise<number> {
  for (const edit of edits) {
    const { change, outcome } = edit;
    await printPreview(session, { change, name: targetName(change.target), done: "" }, outcome);
    await showRemoved(session, edit);
  }
  if (dryRun !== "none") return EXIT.ok;
  await noteReadOnly(session);
  return EXIT.readOnly;
}

async function send(
  session: ChangeSession,
  edits: readonly PlannedEdit[],
  { edit }: RunEditOptions,
): Promise<Ended | EditStep> {
  const { io } = session;
  for (const each of edits) {
    const { change } = each;
    const lists = await session.lists(change.target.resource);
    try {
      const outcome = await performChange(change, session.perform(lists));
      await io.stdout.write(`${targetName(change.target)} ${doneWord(outcome)}\n`);
      await io.stdout.flush();
    } catch (error) {
      const rest = edits.slice(edits.indexOf(each) + 1);
      if (rest.length > 0) {
        const names = rest.map(({ change }) => targetName(change.target)).join(", ");
        await note(io, `${targetName(change.target)} was refused; not sent: ${names}`);
      }
      return await edit.failed(error, each);
    }
  }
  return { code: EXIT.ok };
}

function doneWord({ before, changes }: Outcome): string {
  if (before === null) return "created";
  return changes.length === 0 ? "unchanged" : "edited";
}

function nothingChanged(): OrkaError {
  return new OrkaError("read-only", "nothing was changed");
}
