/** Finding in a text view: all hits known once, the current one moved by n and N. */
import type { LineSource } from "./line_store.ts";
import { displayLine } from "./wrap.ts";

export interface Hit {
  /** Counts from the first line ever, dropped ones included. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Hits past this are not counted: `10000+`. */
const MAX_HITS = 10_000;

export class TextSearch {
  readonly #pattern: RegExp;
  #hits: Hit[] = [];
  #byLine = new Map<number, Hit[]>();
  /** Lines looked at: from, and up to. */
  #from = 0;
  #seen: number | null = null;
  #current = -1;

  /** Lower case finds any case, as in less and vim; what is no regular expression is found as it is written. */
  constructor(readonly query: string) {
    const flags = query === query.toLowerCase() ? "gi" : "g";
    this.#pattern = compile(query, flags);
  }

  get hits(): readonly Hit[] {
    return this.#hits;
  }

  get current(): Hit | null {
    return this.#hits[this.#current] ?? null;
  }

  /** `3/17`, or `no match`. */
  get label(): string {
    if (this.#hits.length === 0) return "no match";
    const total = this.#hits.length >= MAX_HITS ? `${MAX_HITS}+` : this.#hits.length;
    return `${this.#current < 0 ? "" : `${this.#current + 1}/`}${total}`;
  }

  hitsOn(line: number): readonly Hit[] {
    return this.#byLine.get(line) ?? [];
  }

  /** Looks at lines that came since the last call, behind or in front, and forgets those dropped. */
  update(source: LineSource): void {
    const { dropped } = source;
    const end = dropped + source.length;
    const seen = this.#seen ?? dropped;
    if (this.#seen !== null && dropped < this.#from) this.#scanFront(source);
    this.#forget(dropped);
    for (let line = Math.max(seen, dropped); line < end; line++) {
      if (this.#hits.length < MAX_HITS) this.#scan(line, displayLine(source.line(line - dropped)));
    }
    this.#from = dropped;
    this.#seen = end;
  }

  /** The first hit at or after a line (or before, going back), round the ends. */
  seek(line: number, { back = false }: { back?: boolean } = {}): Hit | null {
    if (this.#hits.length === 0) return null;
    const after = this.#hits.findIndex((hit) => hit.line >= line);
    const last = this.#hits.length - 1;
    if (back) {
      this.#current = after < 0
        ? last
        : this.#hits[after]!.line === line
        ? after
        : (after === 0 ? last : after - 1);
    } else this.#current = after < 0 ? 0 : after;
    return this.current;
  }

  step(by: 1 | -1): Hit | null {
    const count = this.#hits.length;
    if (count === 0) return null;
    this.#current = this.#current < 0 ? (by > 0 ? 0 : count - 1) : (this.#current + by + count) % count;
    return this.current;
  }

  #scanFront(source: LineSource): void {
    const before = this.#hits;
    this.#hits = [];
    for (let line = source.dropped; line < this.#from && this.#hits.length < MAX_HITS; line++) {
      this.#scan(line, displayLine(source.line(line - source.dropped)));
    }
    if (this.#current >= 0) this.#current += this.#hits.length;
    this.#hits = [...this.#hits, ...before];
  }

  #scan(line: number, text: string): void {
    this.#pattern.lastIndex = 0;
    for (let match = this.#pattern.exec(text); match; match = this.#pattern.exec(text)) {
      if (match[0] === "") {
        this.#pattern.lastIndex++;
        continue;
      }
      const hit = { line, from: match.index, to: match.index + match[0].length };
      this.#hits.push(hit);
      const others = this.#byLine.get(line);
      if (others) others.push(hit);
      else this.#byLine.set(line, [hit]);
      if (this.#hits.length >= MAX_HITS) return;
    }
  }

  #forget(dropped: number): void {
    const gone = this.#hits.findIndex((hit) => hit.line >= dropped);
    const count = gone < 0 ? this.#hits.length : gone;
    if (count === 0) return;
    for (const hit of this.#hits.splice(0, count)) this.#byLine.delete(hit.line);
    this.#current = Math.max(-1, this.#current - count);
  }
}

function compile(query: string, flags: string): RegExp {
  try {
    return new RegExp(query, flags);
  } catch {
    return new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), flags);
  }
}
