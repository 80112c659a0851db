/**
 * Patterns are RE2: what JavaScript's own engine would take differently, or take for ever, must not differ here.
 */
import type { RE2JS } from "re2js";

let engine: typeof RE2JS | undefined;

/**
 * Loads the engine: 5 MB and 10 ms that only custom kinds need. To be awaited before a definition or a custom object is
 * validated; matching without it is a bug.
 */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import("re2js")).RE2JS;
}

/** Compiled patterns, oldest out first: a schema's patterns are few, and an object's lists use them again and again. */
const CACHE_LIMIT = 500;
const compiled = new Map<string, RE2JS | null>();

/** True when the text contains a match; a pattern that does not compile matches nothing. */
export function matchesPattern(text: string, pattern: string): boolean {
  return compile(pattern)?.matcher(text).find() ?? false;
}

/** True when the pattern is RE2. */
export function isPattern(pattern: string): boolean {
  return compile(pattern) !== null;
}

function compile(pattern: string): RE2JS | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (engine === undefined) throw new Error("loadPatterns was not awaited");
  let expression: RE2JS | null;
  try {
    expression = engine.compile(pattern);
  } catch {
    expression = null;
  }
  if (compiled.size >= CACHE_LIMIT) compiled.delete(compiled.keys().next().value!);
  compiled.set(pattern, expression);
  return expression;
}
