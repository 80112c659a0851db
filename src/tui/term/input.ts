/**
 * Bytes from the terminal to events: keys with modifiers (CSI, SS3, kitty, modifyOtherKeys), SGR mouse,
 * bracketed paste, focus, and answers to queries. Any chunking of the bytes gives the same events.
 */
import { type Clock, systemClock } from "../../base/mod.ts";
import type { InputEvent, Modifiers } from "./input_event.ts";
import {
  CODE_KEYS,
  codedText,
  FINAL_KEYS,
  isForeign,
  modifiers,
  NO_MODIFIERS,
  TILDE_KEYS,
} from "./key_codes.ts";

export interface InputParserOptions {
  readonly clock?: Clock;
  /** How long an escape waits to become part of a sequence before it is the escape key, milliseconds. */
  readonly escapeMs?: number;
}

const PASTE_END = "\x1b[201~";
/** A sequence cut by a slow link is dropped after this: its rest must not become keystrokes. */
const TORN_MS = 500;
/** A paste larger than this is cut: no field of ours takes more. */
const MAX_PASTE_UNITS = 4 << 20;
const MAX_SEQUENCE_UNITS = 4096;

// deno-lint-ignore no-control-regex
const CSI = /^\x1b\[([<=>?]?)([0-9;:]*)[ -/]*([@-~])/;
// deno-lint-ignore no-control-regex
const CSI_PREFIX = /^\x1b\[[<=>?]?[0-9;:]*[ -/]*$/;
// deno-lint-ignore no-control-regex
const STRING = /^\x1b[\]P_^][^\x07\x1b]*(?:\x07|\x1b\\)/;
// deno-lint-ignore no-control-regex
const STRING_PREFIX = /^\x1b[\]P_^][^\x07\x1b]+\x1b?$/;

export class InputParser {
  readonly #emit: (event: InputEvent) => void;
  readonly #clock: Clock;
  readonly #escapeMs: number;
  readonly #decoder = new TextDecoder();
  #buffer = "";
  #paste: string | null = null;
  #timer: Disposable | undefined;

  constructor(
    emit: (event: InputEvent) => void,
    { clock = systemClock, escapeMs = 30 }: InputParserOptions = {},
  ) {
    this.#emit = emit;
    this.#clock = clock;
    this.#escapeMs = escapeMs;
  }

  feed(bytes: Uint8Array): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#buffer += this.#decoder.decode(bytes, { stream: true });
    this.#drain(false);
    if (this.#buffer === "" || this.#paste !== null) return;
    const isTorn = this.#buffer.length > 2;
    this.#timer = this.#clock.timer(isTorn ? TORN_MS : this.#escapeMs, () => {
      this.#timer = undefined;
      if (isTorn) this.#buffer = "";
      else this.#drain(true);
    });
  }

  /** Forgets what is half read; nothing stays scheduled. */
  reset(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#buffer = "";
    this.#paste = null;
  }

  #drain(isFinal: boolean): void {
    while (this.#buffer !== "") {
      if (this.#paste !== null) {
        if (!this.#takePaste()) return;
        continue;
      }
      const used = this.#next(isFinal);
      if (used === 0) return;
      this.#buffer = this.#buffer.slice(used);
    }
  }

  /** Moves pasted text out of the buffer; false while the end is still to come. */
  #takePaste(): boolean {
    const end = this.#buffer.indexOf(PASTE_END);
    // keep what may be the first units of the end
    const upTo = end >= 0 ? end : Math.max(0, this.#buffer.length - PASTE_END.length + 1);
    const room = Math.max(0, MAX_PASTE_UNITS - this.#paste!.length);
    this.#paste += this.#buffer.slice(0, Math.min(upTo, room));
    this.#buffer = this.#buffer.slice(end >= 0 ? end + PASTE_END.length : upTo);
    if (end < 0) return false;
    const text = this.#paste!;
    this.#paste = null;
    this.#emit({ type: "paste", text });
    return true;
  }

  /** Reads one event off the buffer's front; returns the units it used, 0 when more must come. */
  #next(isFinal: boolean): number {
    const buffer = this.#buffer;
    if (buffer[0] !== "\x1b") return this.#character(buffer, false);
    if (buffer.length === 1) return isFinal ? this.#key("escape") : 0;
    switch (buffer[1]) {
      case "\x1b":
        return this.#key("escape");
      case "[":
        return this.#csi(isFinal);
      case "O":
        return this.#ss3(isFinal);
      case "]":
      case "P":
      case "_":
      case "^":
        return this.#string(isFinal);
      default:
        return 1 + this.#character(buffer.slice(1), true);
    }
  }

  #csi(isFinal: boolean): number {
    const match = CSI.exec(this.#buffer);
    if (match) {
      this.#sequence(match[1]!, match[2]!, match[3]!);
      return match[0].length;
    }
    if (this.#buffer.length === 2) return isFinal ? this.#key("[", { ...NO_MODIFIERS, alt: true }, 2) : 0;
    if (CSI_PREFIX.test(this.#buffer) && this.#buffer.length < MAX_SEQUENCE_UNITS) return 0;
    return this.#key("[", { ...NO_MODIFIERS, alt: true }, 2);
  }

  #ss3(isFinal: boolean): number {
    const alt = { ctrl: false, alt: true, shift: true };
    if (this.#buffer.length === 2) return isFinal ? this.#key("O", alt, 2) : 0;
    const name = FINAL_KEYS[this.#buffer[2]!];
    return name ? this.#key(name, NO_MODIFIERS, 3) : this.#key("O", alt, 2);
  }

  /** OSC, DCS, APC, PM: only ever the answer to a query. */
  #string(isFinal: boolean): number {
    const match = STRING.exec(this.#buffer);
    if (match) {
      this.#emit({ type: "reply", sequence: match[0] });
      return match[0].length;
    }
    const isOpen = STRING_PREFIX.test(this.#buffer) && this.#buffer.length < MAX_SEQUENCE_UNITS;
    if (isOpen || (this.#buffer.length === 2 && !isFinal)) return 0;
    const key = this.#buffer[1]!;
    return this.#key(key.toLowerCase(), { ctrl: false, alt: true, shift: key === "P" }, 2);
  }

  #character(buffer: string, alt: boolean): number {
    const point = buffer.codePointAt(0)!;
    const text = String.fromCodePoint(point);
    const held = { ...NO_MODIFIERS, alt };
    const ctrl = { ...held, ctrl: true };
    if (point === 13) this.#key("enter", held);
    else if (point === 9) this.#key("tab", held);
    else if (point === 10) this.#key("j", ctrl);
    else if (point === 127) this.#key("backspace", held);
    else if (point === 8) this.#key("backspace", ctrl);
    else if (point === 0) this.#key("space", ctrl);
    else if (point < 27) this.#key(String.fromCharCode(point + 96), ctrl);
    else if (point < 32) this.#key(String.fromCharCode(point + 64), ctrl);
    else if (point === 32) this.#typed("space", held, " ");
    else this.#typed(text, { ...held, shift: text !== text.toLowerCase() }, text);
    return text.length;
  }

  #sequence(prefix: string, parameters: string, final: string): void {
    const numbers = parameters.split(";").map((part) => Number.parseInt(part, 10) || 0);
    const [first = 0, second = 0, third = 0] = numbers;
    if (prefix === "<" && (final === "M" || final === "m")) return this.#mouse(numbers, final);
    const held = modifiers(second);
    if (prefix !== "") return this.#reply(prefix, parameters, final);
    if (final === "I" || final === "O") return this.#emit({ type: "focus", focused: final === "I" });
    if (final === "u") return this.#coded(first, second);
    if (final === "~" && first === 200) {
      this.#paste = "";
      return;
    }
    if (final === "~" && first === 27 && numbers.length >= 3) return this.#coded(third, second);
    // a cursor report looks like f3 with modifiers, but names a row past 1
    const isReport = final === "R" && numbers.length === 2 && first > 1;
    const name = final === "~" ? TILDE_KEYS[first] : isReport ? undefined : FINAL_KEYS[final];
    if (name === undefined) return this.#reply(prefix, parameters, final);
    if (isForeign(second)) return;
    this.#key(name, final === "Z" ? { ...held, shift: true } : held);
  }

  #mouse([bits = 0, column = 1, row = 1]: readonly number[], final: string): void {
    this.#emit({
      type: "mouse",
      action: mouseAction(bits, final === "m"),
      button: bits & 3,
      x: column - 1,
      y: row - 1,
      shift: (bits & 4) !== 0,
      alt: (bits & 8) !== 0,
      ctrl: (bits & 16) !== 0,
    });
  }

  /** A key by its code point, from kitty or modifyOtherKeys. */
  #coded(code: number, parameter: number): void {
    if (isForeign(parameter)) return;
    const held = modifiers(parameter);
    const name = CODE_KEYS[code];
    if (name === "space") return this.#typed("space", held, " ");
    if (name !== undefined) return void this.#key(name, held);
    const text = codedText(code);
    if (text === null) return;
    if (held.ctrl || held.alt) return void this.#key(text.toLowerCase(), held);
    const typed = held.shift ? text.toUpperCase() : text;
    this.#typed(typed, held, typed);
  }

  #typed(key: string, held: Modifiers, text: string): void {
    this.#emit({ type: "key", key, ...held, ...(held.ctrl || held.alt ? {} : { text }) });
  }

  #key(key: string, held: Modifiers = NO_MODIFIERS, used = 1): number {
    this.#emit({ type: "key", key, ...held });
    return used;
  }

  #reply(prefix: string, parameters: string, final: string): void {
    this.#emit({ type: "reply", sequence: `\x1b[${prefix}${parameters}${final}` });
  }
}

function mouseAction(bits: number, isRelease: boolean) {
  if ((bits & 64) !== 0) return (["wheelup", "wheeldown", "wheelleft", "wheelright"] as const)[bits & 3]!;
  if (isRelease) return "up";
  if ((bits & 32) === 0) return "down";
  return (bits & 3) === 3 ? "move" : "drag";
}
