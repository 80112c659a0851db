import { equal, isObject, type Json } from "./json.ts";
import { sortedKeys } from "../../kube/mod.ts";

/**
 * A patched object as the real server's patch library writes it: what it took apart has its keys sorted, the rest
 * is the text that was there. `sortsNew`: what the patch brought was taken apart as well.
 */
export function patchedText(
  value: Json,
  before: Json | undefined,
  options: { readonly sortsNew: boolean },
): string {
  if (before !== undefined && equal(value, before)) return plain(before);
  if (before === undefined && !options.sortsNew) return plain(value);
  if (Array.isArray(value)) {
    const items = Array.isArray(before) ? before : [];
    return `[${value.map((item, index) => patchedText(item, items[index], options)).join(",")}]`;
  }
  if (!isObject(value)) return plain(value);
  const fields = isObject(before) ? before : {};
  const texts = sortedKeys(value).map((key) =>
    `${JSON.stringify(key)}:${patchedText(value[key]!, fields[key], options)}`
  );
  return `{${texts.join(",")}}`;
}

/** Integers beyond 2^53 are told in a complaint as the number nearest. */
function plain(value: Json): string {
  return JSON.stringify(value, (_key, part) => typeof part === "bigint" ? Number(part) : part);
}
