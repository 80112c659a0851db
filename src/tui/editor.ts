/** Hands text to the person's editor as a read-only file that is gone afterwards. */
import { OrkaError } from "../base/mod.ts";

export interface EditorOptions {
  readonly env: (name: string) => string | undefined;
  /** Lends the terminal while the editor runs. */
  readonly lend: (run: () => Promise<void>) => Promise<void>;
}

/** Throws OrkaError `io` when the editor cannot be run or ends badly. */
export async function viewInEditor(
  text: string,
  fileName: string,
  { env, lend }: EditorOptions,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "orka-view-" });
  const path = `${directory}/${fileName.replace(/[^\w.-]/g, "_")}`;
  try {
    await Deno.writeTextFile(path, text, { mode: 0o400 });
    await lend(() => runEditor(editorLine(env), path));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Lends the person's editor a file to change. Throws OrkaError `io` when the editor cannot be run or ends badly. */
export async function editInEditor(path: string, { env, lend }: EditorOptions): Promise<void> {
  await lend(() => runEditor(editorLine(env), path));
}

/** The variables that people set for the purpose, in kubectl's and git's order. */
export function editorLine(env: (name: string) => string | undefined): string {
  for (const name of ["ORKA_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"]) {
    const value = env(name);
    if (value) return value;
  }
  return Deno.build.os === "windows" ? "notepad" : "vi";
}

/** The variable may hold flags (`code --wait`), so a shell splits it; the path is never part of the shell's text. */
async function runEditor(line: string, path: string): Promise<void> {
  const isWindows = Deno.build.os === "windows";
  const [program, args] = isWindows
    ? ["cmd", ["/c", `${line} "${path}"`]] as const
    : ["sh", ["-c", `${line} "$1"`, "sh", path]] as const;
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success, code } = await command.spawn().status;
  if (!success) throw new OrkaError("io", `The editor (${line}) ended with code ${code}`);
}
