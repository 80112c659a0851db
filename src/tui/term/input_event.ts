/** What a person did at the terminal. */
export type InputEvent = KeyEvent | MouseEvent | PasteEvent | FocusEvent | ReplyEvent;

export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

export interface KeyEvent extends Modifiers {
  readonly type: "key";
  /** A character, or a name: `up`, `enter`, `space`, `f5`, `pagedown`, … */
  readonly key: string;
  /** What it types, where it types something. */
  readonly text?: string;
}

/** Columns and rows count from 0. */
export interface MouseEvent extends Modifiers {
  readonly type: "mouse";
  readonly action: "down" | "up" | "move" | "drag" | "wheelup" | "wheeldown" | "wheelleft" | "wheelright";
  /** 0 left, 1 middle, 2 right. */
  readonly button: number;
  readonly x: number;
  readonly y: number;
}

export interface PasteEvent {
  readonly type: "paste";
  readonly text: string;
}

export interface FocusEvent {
  readonly type: "focus";
  readonly focused: boolean;
}

/** The terminal's answer to a query, as it came. */
export interface ReplyEvent {
  readonly type: "reply";
  readonly sequence: string;
}

/** The one spelling of a key for keymaps: `ctrl+r`, `shift+tab`, `j`, `G`, `f5`, `alt+x`. */
export function chord({ key, ctrl, alt, shift }: KeyEvent): string {
  const isNamed = key.length > 1;
  const isModified = ctrl || alt;
  const showsShift = shift && (isNamed || isModified);
  const name = !isNamed && isModified ? key.toLowerCase() : key;
  return (ctrl ? "ctrl+" : "") + (alt ? "alt+" : "") + (showsShift ? "shift+" : "") + name;
}
