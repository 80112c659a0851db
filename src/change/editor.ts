/** The person's own editor, run on a file until they leave it. */
import { OrkaError } from "../base/mod.ts";

/** The variables that people set for the purpose, in kubectl's and git's order. */
export function editorLine(env: (name: string) => string | undefined): string {
  for (const name of ["ORKA_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"]) {
    const value = env(name);
    if (value) return value;
  }
  return Deno.build.os === "windows" ? "notepad" : "vi";
}

/**
 * The variable may hold flags (`code --wait`), so a shell splits it; the path is never part of the shell's text. The
 * editor has this process's terminal. Throws OrkaError `io` when it can't be run or ends badly.
 */
export async function runEditor(line: string, path: string): Promise<void> {
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
  if (success) return;
  const hint = code === 127 ? "KUBE_EDITOR, VISUAL or EDITOR names the editor to use." : undefined;
  throw new OrkaError("io", `The editor (${line}) ended with code ${code}`, { hint });
}
