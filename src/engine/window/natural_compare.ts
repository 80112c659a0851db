/**
 * A text whose plain order by code is the order that people put such texts in: without case, and runs of digits by
 * their value (`web-2` before `web-10`). A run of digits is led by its length, in digits too, so that it stands to other
 * letters as a digit does.
 */
export function naturalKey(text: string): string {
  return text.toLowerCase().replace(/\d+/g, digitsKey);
}

function digitsKey(digits: string): string {
  const value = digits.replace(/^0+(?=\d)/, "");
  // Lengths of 1 to 8 are one digit; longer ones a 9 for every nine more.
  return "9".repeat(Math.floor(value.length / 9)) + (value.length % 9) + value;
}

/** Compares by `naturalKey`, then by code: zero only for equal texts. */
export function naturalCompare(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [naturalKey(a), naturalKey(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a < b ? -1 : 1;
}
