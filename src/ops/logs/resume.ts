/**
 * Where a log goes on after its connection went: without a line twice, without one missing.
 *
 * A log can be asked for from a whole second on. So the last lines are kept, those of about two seconds; the new
 * connection begins a second before the newest, and repeats lines that came before: a log only grows, so they come in
 * the same order. They are compared with what was kept and left out; the first that is new follows the last that came.
 * Times alone would not do: containers write several lines in the same nanosecond where clocks are coarse, and two
 * streams of a container may be stamped in another order than they are written.
 */
import { eachLine } from "./line_cutter.ts";
import { compareStamps, readStamp, secondsText, type Stamp, stampLength } from "./log_stamp.ts";

/** A second before the newest line's: a line stamped just before a second's end may be written after one stamped later. */
const MARGIN_SECONDS = 1;

/** Kept at most: 4,000 lines of 1 KB a second and a container. Beyond it only the times of older lines tell. */
const KEPT_BYTES = 8 * 1024 * 1024;

interface Kept {
  readonly bytes: Uint8Array;
  readonly lastSeconds: number;
}

/** The newest lines of one container's log. */
export class ResumeWindow {
  #kept: Kept[] = [];
  #bytes = 0;
  #newest = -Infinity;

  /** Whole lines that were handed on. */
  note(bytes: Uint8Array): void {
    const last = lastStamp(bytes);
    if (last === null) return;
    // A node whose clock was set back stamps earlier from then on: what it says next would lie before the newest time.
    const isSetBack = last.seconds < this.#newest - MARGIN_SECONDS - 1;
    this.#newest = isSetBack ? last.seconds : Math.max(this.#newest, last.seconds);
    this.#kept.push({ bytes, lastSeconds: last.seconds });
    this.#bytes += bytes.length;
    while (this.#kept.length > 1 && this.#isOver(this.#kept[0]!)) {
      this.#bytes -= this.#kept.shift()!.bytes.length;
    }
  }

  #isOver({ lastSeconds }: Kept): boolean {
    // A second more, for a block whose last line is stamped before others of it.
    return lastSeconds < this.#newest - MARGIN_SECONDS - 1 || this.#bytes > KEPT_BYTES;
  }

  /** Nothing has come yet. */
  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Where a new connection begins; null: nothing has come yet. */
  get sinceTime(): string | null {
    return this.#kept.length === 0 ? null : secondsText(this.#newest - MARGIN_SECONDS);
  }

  /** The newest line's time; null: nothing has come yet. */
  get newest(): Stamp | null {
    const last = this.#kept.at(-1);
    return last === undefined ? null : lastStamp(last.bytes);
  }

  /** For the lines of a connection that began at `sinceTime`. */
  replay(): Replay {
    const lines: Line[] = [];
    for (const { bytes } of this.#kept) {
      for (const line of linesOf(bytes)) {
        if (line.stamp.seconds >= this.#newest - MARGIN_SECONDS) lines.push(line);
      }
    }
    return new Replay(lines);
  }
}

interface Line {
  readonly bytes: Uint8Array;
  readonly stamp: Stamp;
}

function linesOf(bytes: Uint8Array): Line[] {
  const lines: Line[] = [];
  let stamp: Stamp = { seconds: -Infinity, nanos: 0 };
  eachLine(bytes, (from, to) => {
    const length = stampLength(bytes, from);
    if (length > 0) stamp = readStamp(bytes, from, length);
    lines.push({ bytes: bytes.subarray(from, to), stamp });
  });
  return lines;
}

function lastStamp(bytes: Uint8Array): Stamp | null {
  for (let to = bytes.length - 1; to > 0;) {
    const from = bytes.lastIndexOf(10, to - 1) + 1;
    const length = stampLength(bytes, from);
    if (length > 0) return readStamp(bytes, from, length);
    to = from - 1;
  }
  return null;
}

/**
 * Takes out of a new connection's lines those that came before.
 *
 * 1. What comes before the first kept line by its time came before it, and is left out.
 * 2. Kept lines are left out as long as they come in their order. The first line of the connection may also be a
 *    later one of them: those before it went with a rotated file.
 * 3. From the first line that fits neither, everything passes.
 */
export class Replay {
  readonly #expected: readonly Line[];
  #next = 0;
  #isFirst = true;
  #isDone: boolean;
  #hasGap = false;

  constructor(expected: readonly Line[]) {
    this.#expected = expected;
    this.#isDone = expected.length === 0;
  }

  /** Nothing more is left out: blocks need not come here. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** None of the kept lines came again: the file was rotated, and what stood between may be lost. */
  get hasGap(): boolean {
    return this.#hasGap;
  }

  /** What of the block is new; null: nothing. */
  fresh(bytes: Uint8Array): Uint8Array | null {
    if (this.#isDone) return bytes;
    let fresh: Uint8Array | null = null;
    let stamp: Stamp = this.#expected[0]!.stamp;
    eachLine(bytes, (from, to) => {
      const length = stampLength(bytes, from);
      if (length > 0) stamp = readStamp(bytes, from, length);
      if (this.#isRepeated({ bytes: bytes.subarray(from, to), stamp })) return;
      this.#isDone = true;
      fresh = bytes.subarray(from);
      return false;
    });
    if (this.#next === this.#expected.length) this.#isDone = true;
    return fresh;
  }

  #isRepeated(line: Line): boolean {
    const expected = this.#expected;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#next === expected.length) return false;
    if (isSame(line, expected[this.#next]!)) {
      this.#next++;
      return true;
    }
    if (this.#next > 0) return this.#realign(line);
    if (compareStamps(line.stamp, expected[0]!.stamp) <= 0) return true;
    if (!isFirst) return false;
    const later = expected.findIndex((kept) => isSame(line, kept));
    this.#next = later + 1;
    this.#hasGap = later < 0;
    return later >= 0;
  }

  /**
   * Lines like the first kept ones stood before them: the longest end of what was taken for kept lines that begins them
   * too is where they begin, with this line after it.
   */
  #realign(line: Line): boolean {
    const expected = this.#expected;
    for (let start = 1; start <= this.#next; start++) {
      const length = this.#next - start;
      if (!isSame(line, expected[length]!)) continue;
      let at = 0;
      while (at < length && isSame(expected[at]!, expected[start + at]!)) at++;
      if (at < length) continue;
      this.#next = length + 1;
      return true;
    }
    if (compareStamps(line.stamp, expected[0]!.stamp) > 0) return false;
    this.#next = 0;
    return true;
  }
}

function isSame(a: Line, b: Line): boolean {
  if (a.bytes.length !== b.bytes.length || compareStamps(a.stamp, b.stamp) !== 0) return false;
  for (let i = a.bytes.length - 1; i >= 0; i--) if (a.bytes[i] !== b.bytes[i]) return false;
  return true;
}
