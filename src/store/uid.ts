/** A uid as four 32-bit words. */
export type UidWords = Uint32Array;

const HEX = new Int8Array(128).fill(-1);
for (let i = 0; i < 10; i++) HEX[48 + i] = i;
for (let i = 0; i < 6; i++) HEX[97 + i] = 10 + i;

/**
 * Writes `uid` into `out`. True when it is a lower-case UUID, which the words spell whole; otherwise the words are a
 * 128-bit hash of it and the text has to be kept beside them.
 */
export function uidWords(uid: string, out: UidWords): boolean {
  if (uid.length === 36 && parseUuid(uid, out)) return true;
  for (let word = 0; word < 4; word++) out[word] = fnv(uid, 0x811c9dc5 ^ (word * 0x9e3779b9));
  return false;
}

/** The UUID that `uidWords` took in. */
export function uuidText(a: number, b: number, c: number, d: number): string {
  const hex = (n: number) => n.toString(16).padStart(8, "0");
  const [left, right] = [hex(b), hex(c)];
  return `${hex(a)}-${left.slice(0, 4)}-${left.slice(4)}-${right.slice(0, 4)}-${right.slice(4)}${hex(d)}`;
}

function parseUuid(uid: string, out: UidWords): boolean {
  let word = 0;
  let digits = 0;
  for (let i = 0; i < 36; i++) {
    const code = uid.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return false;
      continue;
    }
    const value = code < 128 ? HEX[code]! : -1;
    if (value < 0) return false;
    word = (word << 4) | value;
    if (++digits % 8 === 0) {
      out[digits / 8 - 1] = word >>> 0;
      word = 0;
    }
  }
  return true;
}

/** FNV-1a over UTF-16 units, mixed at the end; https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
