/** Files that a session writes for its person: logs that they saved. */
import { OrkaError } from "../base/mod.ts";

/** So many files of one name are numbered; more in one second are no person's. */
const MOST_NUMBERS = 1000;

/**
 * Written in `directory`, for the person alone, and never over another file: `web.log` that is there already makes
 * `web-2.log`. Answers the path. Throws OrkaError `io`.
 */
export async function saveFile(text: string, fileName: string, directory: string): Promise<string> {
  const dot = fileName.lastIndexOf(".");
  const [stem, ending] = dot < 1 ? [fileName, ""] : [fileName.slice(0, dot), fileName.slice(dot)];
  for (let number = 1;; number++) {
    const path = `${directory}/${stem}${number === 1 ? "" : `-${number}`}${ending}`;
    try {
      await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
      return path;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists && number < MOST_NUMBERS) continue;
      throw new OrkaError("io", `Cannot save ${path}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Where the session was started. Throws as `saveFile`. */
export function saveHere(text: string, fileName: string): Promise<string> {
  return saveFile(text, fileName, Deno.cwd());
}
