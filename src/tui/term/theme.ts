/**
 * Named colours. Panes ask for what a thing means (`theme.error`), never for a colour. Backgrounds stay the
 * terminal's own except on bars, selections and dialogs. Below 256 colours a theme uses the person's own 16,
 * without colour only attributes.
 */
import type { Color, ColorMode } from "./color.ts";
import { type Style, style, type StyleSpec } from "./style.ts";

type Hex = `#${string}`;
type Attributes = Omit<StyleSpec, "fg" | "bg">;

/** One token in each of its forms. */
interface Token {
  readonly dark?: readonly [fg: Hex | "", bg?: Hex];
  readonly light?: readonly [fg: Hex | "", bg?: Hex];
  /** With 16 colours: palette indices; -1 keeps the default. */
  readonly ansi?: readonly [fg: number, bg?: number];
  /** Attributes in every mode. */
  readonly all?: Attributes;
  /** Attributes added with 16 colours or none. */
  readonly few?: Attributes;
  /** Attributes added without colour only. */
  readonly mono?: Attributes;
}

const TOKENS = {
  /** Plain text. */
  text: {},
  /** What matters less: units, ages, separators. */
  dim: { dark: ["#8b96a8"], light: ["#667085"], few: { dim: true } },
  /** The session's own colour: focus, links, the current breadcrumb. */
  accent: { dark: ["#7cc4ff"], light: ["#0b5cad"], ansi: [6], mono: { bold: true } },
  title: { dark: ["#e6edf5"], light: ["#1a2433"], all: { bold: true } },
  /** Table column titles. */
  header: { dark: ["#9fb3c8"], light: ["#46566b"], all: { bold: true } },
  /** The column that a table is sorted by. */
  sorted: {
    dark: ["#7cc4ff"],
    light: ["#0b5cad"],
    ansi: [6],
    all: { bold: true },
    mono: { underline: true },
  },
  border: { dark: ["#48566a"], light: ["#b4c0ce"], few: { dim: true } },
  borderFocus: { dark: ["#7cc4ff"], light: ["#0b5cad"], ansi: [6] },
  /** The bar behind the current row. */
  selection: { dark: ["#ffffff", "#1d3961"], light: ["#0d1b2e", "#d8e7fd"], few: { inverse: true } },
  /** The same in a pane without the focus. */
  selectionIdle: { dark: ["", "#273344"], light: ["", "#e4e9f0"], few: { underline: true } },
  /** Rows marked for a bulk action. */
  mark: { dark: ["#f5c56b"], light: ["#8a5200"], ansi: [11], all: { bold: true } },
  /** Bars: breadcrumbs, status, prompt. */
  bar: { dark: ["#c9d5e3", "#1c2736"], light: ["#2a3747", "#e6ecf4"] },
  barAccent: {
    dark: ["#0f1722", "#7cc4ff"],
    light: ["#ffffff", "#0b5cad"],
    ansi: [0, 6],
    mono: { inverse: true },
  },
  /** Behind dialogs, popups and help. */
  surface: { dark: ["#dbe4ee", "#182230"], light: ["#1f2b3a", "#f4f7fb"] },
  ok: { dark: ["#7ddc8b"], light: ["#1a7f37"], ansi: [2] },
  warn: { dark: ["#f2c14e"], light: ["#8f5f00"], ansi: [3], mono: { underline: true } },
  error: { dark: ["#ff7b72"], light: ["#c6222d"], ansi: [1], mono: { bold: true } },
  info: { dark: ["#79c0ff"], light: ["#0969da"], ansi: [4] },
  /** Ended well, nothing to watch any more. */
  done: { dark: ["#8b96a8"], light: ["#667085"], few: { dim: true } },
  /** In between: creating, terminating. */
  pending: { dark: ["#d2a8ff"], light: ["#7a3dbd"], ansi: [5] },
  /** A cell that just changed. */
  changed: { dark: ["#ffe08a"], light: ["#8f5f00"], ansi: [11], all: { bold: true } },
  /** What may not be done here. */
  disabled: { dark: ["#5f6b7c"], light: ["#a3adba"], few: { dim: true } },
  /** A key in a hint: `<d>`. */
  hotkey: { dark: ["#7cc4ff"], light: ["#0b5cad"], ansi: [6], all: { bold: true } },
  key: { dark: ["#7cc4ff"], light: ["#0b5cad"], ansi: [6] },
  string: { dark: ["#a5e0a0"], light: ["#14713a"], ansi: [2] },
  number: { dark: ["#f4a872"], light: ["#a84300"], ansi: [3] },
  bool: { dark: ["#d2a8ff"], light: ["#7a3dbd"], ansi: [5] },
  null: { dark: ["#b58ad6"], light: ["#7d559c"], ansi: [5], all: { italic: true } },
  comment: { dark: ["#7d8899"], light: ["#5f6a78"], all: { italic: true }, few: { dim: true } },
  punctuation: { dark: ["#8b96a8"], light: ["#667085"], few: { dim: true } },
  anchor: { dark: ["#f29bc1"], light: ["#a3286d"], ansi: [5] },
  /** Letters that a filter or a fuzzy search matched. */
  match: { dark: ["#ffd166"], light: ["#a84300"], ansi: [11], all: { bold: true, underline: true } },
  /** A hit of a text search, and the one that the view stands on. */
  found: {
    dark: ["#10151c", "#c9a23f"],
    light: ["#1a1a1a", "#ffe08a"],
    ansi: [0, 3],
    mono: { underline: true },
  },
  foundCurrent: {
    dark: ["#10151c", "#ff9f5a"],
    light: ["#ffffff", "#b34700"],
    ansi: [0, 11],
    mono: { inverse: true },
  },
  lineNumber: { dark: ["#56637a"], light: ["#9aa5b3"], few: { dim: true } },
  scrollTrack: { dark: ["#2b3748"], light: ["#d5dce5"], few: { dim: true } },
  scrollThumb: { dark: ["#66788f"], light: ["#8694a6"] },
  added: { dark: ["#7ddc8b"], light: ["#1a7f37"], ansi: [2] },
  removed: { dark: ["#ff7b72"], light: ["#c6222d"], ansi: [1], mono: { strike: true } },
} as const satisfies Record<string, Token>;

export type TokenName = keyof typeof TOKENS;
export type ThemeName = "dark" | "light";

/** A style for every token, and which theme this is. */
export type Theme = Readonly<Record<TokenName, Style>> & { readonly name: ThemeName };

/** What the theme called `name` looks like on a terminal with these colours. */
export function createTheme(name: ThemeName, mode: ColorMode = "truecolor"): Theme {
  const styles = Object.entries<Token>(TOKENS).map((
    [token, forms],
  ) => [token, style(specOf(forms, name, mode))]);
  return { ...Object.fromEntries(styles), name };
}

function specOf(token: Token, name: ThemeName, mode: ColorMode): StyleSpec {
  if (mode === "none") return { ...token.all, ...token.few, ...token.mono };
  if (mode === "16") return { ...token.all, ...token.few, ...colors(token.ansi) };
  return { ...token.all, ...colors(name === "dark" ? token.dark : token.light) };
}

function colors(pair: readonly [fg: Color | "", bg?: Color] | undefined): StyleSpec {
  const [fg, bg] = pair ?? [];
  return {
    ...(fg === undefined || fg === "" || fg === -1 ? {} : { fg }),
    ...(bg === undefined ? {} : { bg }),
  };
}

export const darkTheme: Theme = createTheme("dark");
