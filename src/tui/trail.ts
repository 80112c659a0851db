/**
 * Where the person is and was. A trail is the views from the root to the one shown, as breadcrumbs; history is the
 * trails in the order they were shown. Views are kept, not rebuilt: each returns with its cursor, filter and scroll.
 *
 * 1. The current trail is never empty once a root was set.
 * 2. Going somewhere new forgets what was forward of here.
 * 3. History holds at most `MAX_HISTORY` trails; the oldest go first.
 */
export type Trail<View> = readonly View[];

/** Fifty views back is more than anyone walks; a kept view holds one window of rows. */
const MAX_HISTORY = 50;

export class History<View> {
  #trails: Trail<View>[] = [];
  #at = -1;
  #last = -1;

  get trail(): Trail<View> {
    return this.#trails[this.#at] ?? [];
  }

  get current(): View | undefined {
    return this.trail.at(-1);
  }

  get size(): number {
    return this.#trails.length;
  }

  /** Starts a new trail, as a command does. */
  root(view: View): void {
    this.#show([view]);
  }

  /** Goes deeper, as enter does. */
  push(view: View): void {
    this.#show([...this.trail, view]);
  }

  /** Shows `view` in place of the current one, as a switch of namespace does. */
  replace(view: View): void {
    this.#show([...this.trail.slice(0, -1), view]);
  }

  /** Up one breadcrumb; false at the root. */
  pop(): boolean {
    return this.cut(this.trail.length - 1);
  }

  /** Up to the breadcrumb that leaves `length` of them; false when there is nothing to leave. */
  cut(length: number): boolean {
    const trail = this.trail;
    if (length < 1 || length >= trail.length) return false;
    const before = this.#trails[this.#at - 1];
    if (before?.length === length && before.at(-1) === trail[length - 1]) return this.back();
    this.#show(trail.slice(0, length));
    return true;
  }

  back(): boolean {
    return this.#goTo(this.#at - 1);
  }

  forward(): boolean {
    return this.#goTo(this.#at + 1);
  }

  /** The trail shown before this one, and back again. */
  last(): boolean {
    return this.#goTo(this.#last);
  }

  #goTo(at: number): boolean {
    if (at < 0 || at >= this.#trails.length || at === this.#at) return false;
    this.#last = this.#at;
    this.#at = at;
    return true;
  }

  #show(trail: Trail<View>): void {
    this.#trails = [...this.#trails.slice(0, this.#at + 1), trail].slice(-MAX_HISTORY);
    this.#last = this.#trails.length - 2;
    this.#at = this.#trails.length - 1;
  }
}
