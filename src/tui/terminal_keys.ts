/** Keys as the bytes that a terminal sends for them, for a program in a pane. */
import type { KeyEvent } from "./term/mod.ts";

export interface KeyModes {
  /** DECCKM: arrows as `ESC O A`. */
  readonly applicationCursor: boolean;
}

const FINALS: Readonly<Record<string, string>> = {
  up: "A",
  down: "B",
  right: "C",
  left: "D",
  home: "H",
  end: "F",
};
const TILDES: Readonly<Record<string, number>> = { insert: 2, delete: 3, pageup: 5, pagedown: 6 };
const FUNCTIONS: readonly string[] = [
  "OP",
  "OQ",
  "OR",
  "OS",
  "[15~",
  "[17~",
  "[18~",
  "[19~",
  "[20~",
  "[21~",
  "[23~",
  "[24~",
];
const PLAIN: Readonly<Record<string, string>> = {
  enter: "\r",
  tab: "\t",
  space: " ",
  backspace: "\x7f",
  escape: "\x1b",
};

/** Empty for a key that has no bytes. */
export function bytesOfKey(event: KeyEvent, { applicationCursor }: KeyModes): string {
  const { key, ctrl, alt, shift } = event;
  const bits = (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  const final = FINALS[key];
  if (final !== undefined) {
    if (bits > 0) return `\x1b[1;${bits + 1}${final}`;
    return applicationCursor ? `\x1bO${final}` : `\x1b[${final}`;
  }
  const tilde = TILDES[key];
  if (tilde !== undefined) return bits > 0 ? `\x1b[${tilde};${bits + 1}~` : `\x1b[${tilde}~`;
  const number = /^f(\d+)$/.exec(key)?.[1];
  if (number !== undefined) {
    return FUNCTIONS[Number(number) - 1] === undefined ? "" : `\x1b${FUNCTIONS[Number(number) - 1]}`;
  }
  if (key === "tab" && shift) return "\x1b[Z";
  const text = ctrl ? controlOf(key) : event.text ?? PLAIN[key] ?? (key.length === 1 ? key : "");
  return alt && text !== "" ? `\x1b${text}` : text;
}

/** `ctrl-a` is 1; `ctrl-space` and `ctrl-@` are 0; what has no control of its own is itself. */
function controlOf(key: string): string {
  if (key === "space") return "\0";
  if (/^[a-z@[\\\]^_]$/i.test(key)) return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 31);
  return PLAIN[key] ?? (key.length === 1 ? key : "");
}
