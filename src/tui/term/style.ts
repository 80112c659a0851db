/** Styles are interned to small integers, so that a cell is two numbers and comparing two cells is cheap. */
import { type Color, type ColorMode, colorParams } from "./color.ts";

/** Index of an interned style; 0 is the terminal's own default. */
export type Style = number;

export interface StyleSpec {
  readonly fg?: Color | undefined;
  readonly bg?: Color | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  readonly strike?: boolean | undefined;
}

/** A cell keeps its style in 16 bits; past this, styles fall back to the default (a remote program could ask for any number). */
const MAX_STYLES = 0xffff;
const ATTRIBUTES = ["bold", "dim", "italic", "underline", "inverse", "strike"] as const;
const SGR_OF = { bold: ";1", dim: ";2", italic: ";3", underline: ";4", inverse: ";7", strike: ";9" } as const;

const specs: StyleSpec[] = [];
const idOf = new Map<string, Style>();
const sgrOf: Record<ColorMode, string[]> = { none: [], "16": [], "256": [], truecolor: [] };
const layered = new Map<number, Style>();

/** The style's id; equal specs share one. */
export function style(spec: StyleSpec = {}): Style {
  const key = `${spec.fg ?? ""}|${spec.bg ?? ""}|${ATTRIBUTES.map((name) => spec[name] ? 1 : 0).join("")}`;
  const known = idOf.get(key);
  if (known !== undefined) return known;
  if (specs.length >= MAX_STYLES) return 0;
  const id = specs.push({ ...spec }) - 1;
  idOf.set(key, id);
  return id;
}
style(); // takes 0

/** What a style was made from. */
export function styleSpec(id: Style): StyleSpec {
  return specs[id] ?? specs[0]!;
}

/** `base` with whatever `over` sets laid on top: a selection bar over coloured text, a match over a key. */
export function layer(base: Style, over: Style): Style {
  if (base === 0 || over === 0) return base || over;
  const key = base * 0x10000 + over;
  const known = layered.get(key);
  if (known !== undefined) return known;
  const merged: Record<string, unknown> = { ...specs[base] };
  for (const [name, value] of Object.entries(specs[over]!)) if (value !== undefined) merged[name] = value;
  const id = style(merged as StyleSpec);
  layered.set(key, id);
  return id;
}

/** The escape sequence that switches from any style to this one. */
export function sgr(id: Style, mode: ColorMode): string {
  const known = sgrOf[mode][id];
  if (known !== undefined) return known;
  const spec = styleSpec(id);
  let params = "0";
  for (const name of ATTRIBUTES) if (spec[name]) params += SGR_OF[name];
  if (spec.fg !== undefined) params += colorParams(spec.fg, 30, mode);
  if (spec.bg !== undefined) params += colorParams(spec.bg, 40, mode);
  return sgrOf[mode][id] = `\x1b[${params}m`;
}
