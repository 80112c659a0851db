/** A change as lines on the terminal, in colour there. */
import { type ChangeLine, changeLines, type FieldChange } from "../../apply/mod.ts";
import { safeLines } from "../io.ts";

const COLORS: Readonly<Record<ChangeLine["sign"], string>> = {
  "+": "\x1b[32m",
  "-": "\x1b[31m",
  "~": "\x1b[33m",
  " ": "",
};

/** The changes, indented under what they are of; control characters made harmless. */
export function diffText(changes: readonly FieldChange[], { color }: { readonly color: boolean }): string {
  return changeLines(changes).map(({ sign, text }) => {
    const line = `  ${sign} ${safeLines(text)}`;
    return color && COLORS[sign] !== "" ? `${COLORS[sign]}${line}\x1b[0m\n` : `${line}\n`;
  }).join("");
}
