/** The file in which a person edits. What they typed is in it until the edit has succeeded, or they have taken it back. */
import { OrkaError } from "../base/mod.ts";
import { withoutRemarks } from "./edit_text.ts";

/**
 * 1. The file is its owner's alone (0600), in a directory of its own that is theirs alone too (0700): it may hold Secrets.
 * 2. `close` removes it where nothing was typed; where something was, only `discard` does.
 */
export class EditFile {
  /** What Orka wrote last. */
  #given: string;
  #copies = 0;

  private constructor(readonly directory: string, readonly path: string, text: string) {
    this.#given = text;
  }

  /** Throws OrkaError `io` where no file can be made. */
  static async create(name: string, text: string): Promise<EditFile> {
    const file = name.replace(/[^\w.-]/g, "_");
    let directory: string | null = null;
    try {
      directory = await Deno.makeTempDir({ prefix: "orka-edit-" });
      const path = `${directory}/${file}`;
      await Deno.writeTextFile(path, text, { mode: 0o600 });
      return new EditFile(directory, path, text);
    } catch (error) {
      if (directory !== null) await Deno.remove(directory, { recursive: true }).catch(() => {});
      throw fileError("cannot make a file to edit in", error);
    }
  }

  /** As it is now. */
  async read(): Promise<string> {
    try {
      return await Deno.readTextFile(this.path);
    } catch (error) {
      throw fileError(`cannot read ${this.path}`, error);
    }
  }

  /** Another text to edit. Typed text that it doesn't hold stays beside it, in a file of its own. */
  async replace(text: string): Promise<void> {
    const typed = await this.read();
    try {
      if (withoutRemarks(typed) !== withoutRemarks(text)) {
        const copy = this.path.replace(/(\.\w+)?$/, `.${++this.#copies}$1`);
        await Deno.writeTextFile(copy, typed, { mode: 0o600 });
      }
      await this.#put(text);
    } catch (error) {
      throw fileError(`cannot write ${this.path}`, error);
    }
    this.#given = this.#copies === 0 ? this.#given : "";
  }

  /** Whole or not at all: on a full disk what was typed stays as it is. */
  async #put(text: string): Promise<void> {
    const next = `${this.path}.next`;
    await Deno.writeTextFile(next, text, { mode: 0o600 });
    await Deno.rename(next, this.path);
  }

  /** Removes the directory unless something was typed; the path of what is kept. */
  async close(): Promise<string | null> {
    const typed = await this.read().catch(() => this.#given);
    const text = withoutRemarks(typed);
    if (text.trim() !== "" && text !== withoutRemarks(this.#given)) return this.path;
    await this.discard();
    return null;
  }

  async discard(): Promise<void> {
    await Deno.remove(this.directory, { recursive: true }).catch(() => {});
  }
}

function fileError(what: string, cause: unknown): OrkaError {
  const said = cause instanceof Error ? cause.message.replace(/ \(os error \d+\)/, "") : String(cause);
  return new OrkaError("io", `${what}: ${said}`, { cause });
}
