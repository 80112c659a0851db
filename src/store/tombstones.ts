/** Deletions remembered, so that what was said before one and comes after it does not bring the object back. */
const REMEMBERED = 4096;

/** uid to the resourceVersion of its deletion, the latest REMEMBERED of them. A uid never comes to life again. */
export class Tombstones {
  readonly #versions = new Map<string, number>();

  add(uid: string, version: number): void {
    this.#versions.delete(uid);
    this.#versions.set(uid, version);
    if (this.#versions.size <= REMEMBERED) return;
    const oldest = this.#versions.keys().next().value;
    if (oldest !== undefined) this.#versions.delete(oldest);
  }

  /** Whether a state of that version is older than the object's deletion. */
  covers(uid: string, version: number): boolean {
    const deleted = this.#versions.get(uid);
    return deleted !== undefined && version <= deleted;
  }

  clear(): void {
    this.#versions.clear();
  }
}
