/**
 * Compares texts as people order them: runs of digits by their value (`web-2` before `web-10`), the rest by letters
 * without case, then by code. Zero only for texts that differ in nothing but leading zeros.
 */
export function naturalCompare(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const [endA, endB] = [digitsEnd(a, i), digitsEnd(b, j)];
      const by = compareDigits(a.slice(i, endA), b.slice(j, endB));
      if (by !== 0) return by;
      i = endA;
      j = endB;
      continue;
    }
    if (x !== y) {
      const by = fold(x) - fold(y);
      return by !== 0 ? by : x - y;
    }
    i++;
    j++;
  }
  return (a.length - i) - (b.length - j);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** By value, whatever the length: no number is too long. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}

function fold(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
