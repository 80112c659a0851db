/** Hands text to the person's editor as a read-only file that is gone afterwards. */

export interface EditorOptions {
  readonly env: (name: string) => string | undefined;
  /** Lends the terminal while the editor runs. */
  readonly lend: (run: () => Promise<void>) => Promise<void>;
}

/** Throws OrkaError `io` when the editor cannot be run or ends badly. */
export async function viewInEditor(text: string, fileName: string, options: EditorOptions): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-view-" });
  const path = `${directory}/${fileName.replace(/[^\w.-]/g, "_")}`;
  try {
    await Deno.writeTextFile(path, text, { mode: 0o400 });
    await editInEditor(path, options);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Lends the person's editor a file to change. Throws OrkaError `io` when the editor cannot be run or ends badly. */
export async function editInEditor(path: string, { env, lend }: EditorOptions): Promise<void> {
  const { editorLine, runEditor } = await import("../change/mod.ts");
  await lend(() => runEditor(editorLine(env), path));
}
