/** A temporary file of byte ranges, each read once and in order. It has no name where the system lets it go without. */
export class SpillFile {
  readonly #file: Deno.FsFile;
  /** Where it could not be unlinked while open. */
  readonly #path: string | null;
  #end = 0;
  #live = 0;

  private constructor(file: Deno.FsFile, path: string | null) {
    this.#file = file;
    this.#path = path;
  }

  /** null: no file can be made. */
  static open(): SpillFile | null {
    try {
      const path = Deno.makeTempFileSync({ prefix: "orka-logs-" });
      const file = Deno.openSync(path, { read: true, write: true });
      try {
        Deno.removeSync(path);
        return new SpillFile(file, null);
      } catch {
        return new SpillFile(file, path);
      }
    } catch {
      return null;
    }
  }

  get liveBytes(): number {
    return this.#live;
  }

  /** Where it was written; null when it could not be, or the file would grow past `maxBytes`. */
  write(bytes: Uint8Array, maxBytes: number): number | null {
    if (this.#live === 0) this.#rewind();
    if (this.#end + bytes.length > maxBytes) return null;
    const offset = this.#end;
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch {
      return null; // the disk is full
    }
    this.#end += bytes.length;
    this.#live += bytes.length;
    return offset;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const count = this.#file.readSync(bytes.subarray(at));
      if (count === null) throw new Error("the spill file is shorter than what was written to it");
      at += count;
    }
    this.#live -= length;
    return bytes;
  }

  close(): void {
    this.#file.close();
    if (this.#path !== null) Deno.removeSync(this.#path);
  }

  #rewind(): void {
    if (this.#end === 0) return;
    this.#file.truncateSync(0);
    this.#end = 0;
  }
}
