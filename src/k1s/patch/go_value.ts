import { isObject, type Json } from "./json.ts";

/** A value as Go's %v prints it, for messages. */
export function goMap(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(" ")}]`;
  if (!isObject(value)) return value === null ? "<nil>" : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goMap(value[key]!)}`).join(" ")}]`;
}
