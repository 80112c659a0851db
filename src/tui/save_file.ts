/** Files that a session writes for its person: logs that they saved. */
import { OrkaError } from "../base/mod.ts";

/** Written where the session was started, for the person alone; never over another file. Throws OrkaError `io`. */
export async function saveHere(text: string, fileName: string): Promise<string> {
  const path = `${Deno.cwd()}/${fileName}`;
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
    return path;
  } catch (error) {
    throw new OrkaError("io", `Cannot save ${path}: ${(error as Error).message}`, { cause: error });
  }
}
