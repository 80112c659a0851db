/** Names of keys as terminals encode them. Source: xterm's ctlseqs, and the kitty keyboard protocol. */
import type { Modifiers } from "./input_event.ts";

export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false };

/** `CSI 1 ; mods X` and `SS3 X`. */
export const FINAL_KEYS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "center",
  F: "end",
  H: "home",
  M: "enter",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "tab",
};

/** `CSI n ; mods ~`; rxvt and the Linux console use the odd ones. */
export const TILDE_KEYS: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** `CSI code ; mods u` and modifyOtherKeys: code points that are keys with a name. */
export const CODE_KEYS: Readonly<Record<number, string>> = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  32: "space",
  127: "backspace",
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "pageup",
  57422: "pagedown",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
};

/** Kitty's keypad: 0-9 . / * - + from 57399, `=` at 57415, `,` at 57416. */
const KEYPAD = "0123456789./*-+";
const KEYPAD_FROM = 57399;
/** Kitty's private use area: modifiers, media and lock keys. */
const PRIVATE_FROM = 57344;
const PRIVATE_TO = 63743;

/** The character that a kitty keypad code types; undefined for other keys, null for one that types nothing. */
export function codedText(code: number): string | null {
  if (code >= KEYPAD_FROM && code < KEYPAD_FROM + KEYPAD.length) return KEYPAD[code - KEYPAD_FROM]!;
  if (code === 57415) return "=";
  if (code === 57416) return ",";
  if (code >= PRIVATE_FROM && code <= PRIVATE_TO) return null;
  return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

/** Modifiers from a parameter: 1 + shift 1, alt 2, ctrl 4. */
export function modifiers(parameter: number): Modifiers {
  const bits = Math.max(0, parameter - 1);
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}

/** True when super, hyper or meta is held: a key that belongs to the desktop, not to us. */
export function isForeign(parameter: number): boolean {
  return (Math.max(0, parameter - 1) & (8 | 16 | 32)) !== 0;
}
