/**
 * The times that a server puts before lines: RFC 3339 with up to nine digits of a second, trailing zeros cut off.
 */

/** Whole seconds since the epoch, and nanoseconds; compared in that order. */
export interface Stamp {
  readonly seconds: number;
  readonly nanos: number;
}

const ZERO = 48;
const NINE = 57;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const SPACE = 32;
const T = 84;
const Z = 90;

/** `YYYY-MM-DDTHH:MM:SS` */
const SECONDS_LENGTH = 19;
/** `YYYY-MM-DDTHH:MM:SS.123456789+00:00` */
const LONGEST = 35;

/** Bytes of the stamp at `from`, without the space after it; 0 where there is none. */
export function stampLength(bytes: Uint8Array, from: number): number {
  if (bytes[from + 4] !== DASH || bytes[from + 10] !== T || bytes[from + 13] !== COLON) return 0;
  let at = from + SECONDS_LENGTH;
  if (bytes[at] === DOT) { for (at++; bytes[at]! >= ZERO && bytes[at]! <= NINE;) at++; }
  if (bytes[at] === Z) at++;
  else if (bytes[at + 3] === COLON) at += 6;
  else return 0;
  return bytes[at] === SPACE && at - from <= LONGEST ? at - from : 0;
}

// Lines come in order: their minutes are mostly the ones of the line before.
let minuteKey = -1;
let minuteSeconds = 0;

/** Reads the stamp of `length` bytes at `from`. */
export function readStamp(bytes: Uint8Array, from: number, length: number): Stamp {
  const seconds = minuteOf(bytes, from) + pair(bytes, from + 17);
  let at = from + SECONDS_LENGTH;
  let nanos = 0;
  if (bytes[at] === DOT) {
    let scale = 100_000_000;
    for (at++; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++, scale /= 10) {
      nanos += (bytes[at]! - ZERO) * scale;
    }
  }
  if (at - from === length - 1) return { seconds, nanos };
  const offset = (pair(bytes, at + 1) * 60 + pair(bytes, at + 4)) * 60;
  return { seconds: seconds - (bytes[at] === DASH ? -offset : offset), nanos };
}

function minuteOf(bytes: Uint8Array, from: number): number {
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
  const [month, day] = [pair(bytes, from + 5), pair(bytes, from + 8)];
  const [hour, minute] = [pair(bytes, from + 11), pair(bytes, from + 14)];
  const key = (((year * 13 + month) * 32 + day) * 24 + hour) * 60 + minute;
  if (key !== minuteKey) {
    minuteKey = key;
    minuteSeconds = Date.UTC(year, month - 1, day, hour, minute) / 1000;
  }
  return minuteSeconds;
}

function pair(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO;
}

/** Epoch ms with fractions; a double keeps about a quarter of a microsecond of them. */
export function stampMs({ seconds, nanos }: Stamp): number {
  return seconds * 1000 + nanos / 1_000_000;
}

/** Below 0 when `a` is earlier. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

/** As a log request takes it: whole seconds. */
export function secondsText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
