/** A text that passes through the person's editor once, for verbs that then do with it what they do with a file. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { EditFile, editorLine, runEditor, withoutRemarks, withRemarks } from "../../change/mod.ts";
import { type CliIo, note } from "../io.ts";

export interface TextEdit {
  /** As the editor first shows it. */
  readonly text: string;
  /** The file's name, as editors show it and choose colours by. */
  readonly fileName: string;
  /** Does what is to be done with the text; the exit code. An OrkaError `invalid` is the text's own mistake. */
  readonly use: (text: string) => Promise<number>;
}

/**
 * Edits until `use` takes the text. A mistake is shown above it in the editor again, where a person is; a text that comes
 * back as it was ends with it. What was typed and not taken (any exit code but 0) is in a file whose path is told.
 */
export async function editText(io: CliIo, { text, fileName, use }: TextEdit): Promise<number> {
  const file = await EditFile.create(fileName, withRemarks(text, []));
  let [before, isTaken] = [text, false];
  try {
    for (;;) {
      const edited = withoutRemarks(await editedText(io, file));
      if (edited === text || isNothing(edited)) {
        await note(io, "Edit cancelled, no changes made.");
        return EXIT.ok;
      }
      try {
        const code = await use(edited);
        isTaken = code === EXIT.ok;
        return code;
      } catch (error) {
        const isMistake = error instanceof OrkaError && error.code === "invalid";
        const hasPerson = io.stdinIsTerminal && io.stderr.isTerminal;
        if (!isMistake || !hasPerson || edited === before) throw error;
        before = edited;
        await file.replace(withRemarks(edited, [{ message: error.message }]));
      }
    }
  } finally {
    if (isTaken) await file.discard();
    else {
      const kept = await file.close();
      if (kept !== null) await note(io, `Your text is kept in ${kept}`);
    }
  }
}

/** Runs the editor on the file, which has the terminal until it ends. */
export async function editedText(io: CliIo, file: EditFile): Promise<string> {
  await io.stderr.flush();
  const lend = io.lend ?? ((run) => run());
  await lend(() => runEditor(editorLine(io.env), file.path));
  io.signal.throwIfAborted();
  return await file.read();
}

/** Nothing but blanks, comments and the ends of documents. */
function isNothing(text: string): boolean {
  return /^[\s-]*$/.test(text.replace(/^\s*#.*$/gm, ""));
}
