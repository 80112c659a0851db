/**
 * The terminal: cells, frames, keys, modes. Panes and widgets draw on a `Canvas` and get `InputEvent`s; they never
 * write an escape sequence, and nothing here knows what they show.
 *
 * Vocabulary: a cell is one column of one row; a style is an interned number (0: the terminal's default); a token
 * names a style by meaning; a frame is everything drawn at once; a chord is a key's spelling in a keymap.
 *
 * Flow: an event changes state -> `FrameLoop.invalidate` -> `Screen.begin` hands out a `Canvas`, everything is drawn
 * again -> `Screen.flush` gives the bytes that differ -> `Terminal.write`.
 */
export { Canvas, contains, type Rect } from "./canvas.ts";
export {
  type Color,
  type ColorMode,
  detectColorMode,
  luminance,
  paletteRgb,
  parseHex,
  toHex,
} from "./color.ts";
export { FrameLoop, type FrameLoopOptions, type FrameStats } from "./frame_loop.ts";
export { InputParser, type InputParserOptions } from "./input.ts";
export {
  chord,
  type FocusEvent,
  type InputEvent,
  type KeyEvent,
  type Modifiers,
  type MouseEvent,
  type PasteEvent,
  type ReplyEvent,
} from "./input_event.ts";
export { Screen, type ScreenOptions } from "./screen.ts";
export { layer, type Style, style, type StyleSpec, styleSpec } from "./style.ts";
export {
  type PassThrough,
  type RawTerminal,
  Terminal,
  type TerminalEnd,
  type TerminalOptions,
  type TermIO,
} from "./terminal.ts";
export { createTheme, darkTheme, type Theme, type ThemeName, type TokenName } from "./theme.ts";
export { ThemeChoice, type ThemeChoiceOptions } from "./theme_choice.ts";
