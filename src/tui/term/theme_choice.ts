/**
 * Dark or light: what the person chose, else what the terminal says of its background, else what the
 * environment hints at, else dark. The terminal is asked after the first frame and may never answer, so nothing
 * waits: an answer, whenever it comes, gives another theme.
 */
import { type ColorMode, luminance } from "./color.ts";
import { createTheme, type Theme, type ThemeName } from "./theme.ts";

export interface ThemeChoiceOptions {
  readonly mode: ColorMode;
  readonly choice?: ThemeName | "auto";
  readonly env?: (name: string) => string | undefined;
}

/** OSC 11 asks for the background; mode 2031 asks to be told when the desktop turns dark or light. */
const QUERY = "\x1b]11;?\x1b\\\x1b[?2031h";

export class ThemeChoice {
  readonly #mode: ColorMode;
  readonly #isAuto: boolean;
  #theme: Theme;

  constructor({ mode, choice = "auto", env = () => undefined }: ThemeChoiceOptions) {
    this.#mode = mode;
    this.#isAuto = choice === "auto";
    this.#theme = createTheme(choice === "auto" ? themeFromEnv(env) ?? "dark" : choice, mode);
  }

  get theme(): Theme {
    return this.#theme;
  }

  /** What to write once the first frame is out; null when no answer would change anything. */
  get query(): string | null {
    return this.#isAuto && (this.#mode === "truecolor" || this.#mode === "256") ? QUERY : null;
  }

  /** True when this reply changed the theme. */
  onReply(sequence: string): boolean {
    const name = this.#isAuto ? themeFromReply(sequence) : null;
    if (name === null || name === this.#theme.name) return false;
    this.#theme = createTheme(name, this.#mode);
    return true;
  }
}

/** `OSC 11 ; rgb:RRRR/GGGG/BBBB ST` (1 to 4 hex digits a channel), or `CSI ? 997 ; 1|2 n`. */
export function themeFromReply(sequence: string): ThemeName | null {
  const scheme = /\[\?997;([12])n$/.exec(sequence);
  if (scheme) return scheme[1] === "1" ? "dark" : "light";
  const match = /\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(sequence);
  if (!match) return null;
  const channel = (hex: string) => Number.parseInt(hex, 16) / (16 ** hex.length - 1) * 255;
  return luminance([channel(match[1]!), channel(match[2]!), channel(match[3]!)]) > 0.5 ? "light" : "dark";
}

/** COLORFGBG is `fg;bg` or `fg;other;bg` in palette indices (rxvt, Konsole); 7 and 15 are the whites. */
function themeFromEnv(env: (name: string) => string | undefined): ThemeName | null {
  const background = /;(\d+)$/.exec(env("COLORFGBG") ?? "")?.[1];
  if (background === undefined) return null;
  return background === "7" || background === "15" ? "light" : "dark";
}
