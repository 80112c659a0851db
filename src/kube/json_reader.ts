/**
 * JSON as Kubernetes means it: its integers are 64 bits wide, and JavaScript's numbers are not. What would lose
 * digits becomes a bigint, which the writers print as it was; every other value is what JSON.parse gives.
 */
export function parseJson(text: string): unknown {
  return LONG_INTEGER.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
}

/** Sixteen digits are the fewest that can be past 2^53. Strings match too, which costs time and nothing else. */
const LONG_INTEGER = /\d{16}/;
const INTEGER = /^-?\d+$/;
const INT64 = 1n << 63n;

function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  if (!INTEGER.test(source)) return value;
  const exact = BigInt(source);
  // past 64 bits the server itself reads a float
  return exact < INT64 && exact >= -INT64 ? exact : value;
}
