/** The lines around a pane: header, breadcrumbs, footer. */
import { textWidth } from "../base/mod.ts";
import { activeKeys, isGreyed, type KeyGate, type KeyScope } from "./keymap.ts";
import type { PaneSummary } from "./pane.ts";
import { type Canvas, layer, type Style, type TokenName } from "./term/mod.ts";
import { type CrumbPlaces, drawBreadcrumbs, drawKeyHints } from "./widgets/mod.ts";

const SEPARATOR = " › ";

export interface HeaderFacts {
  /** Context, namespace, kind: what is empty is left out. */
  readonly place: readonly string[];
  readonly version: string;
  readonly connection: { readonly text: string; readonly token: TokenName };
  readonly readOnly: boolean;
  /** The context asks for names to be typed before anything destructive. */
  readonly isProtected: boolean;
}

export function drawHeader(canvas: Canvas, facts: HeaderFacts): void {
  const { place, version, connection } = facts;
  const { theme } = canvas;
  canvas.clear(theme.bar);
  // what a person must know before they press a key stays on any screen, if only as a sign
  const right: readonly RightFact[] = [
    {
      texts: [connection.text, connection.text.slice(0, 1)],
      style: layer(theme.bar, theme[connection.token]),
      isNeeded: true,
    },
    { ...writeFact(canvas, facts), isNeeded: true },
    { texts: [version], style: layer(theme.bar, theme.dim), isNeeded: false },
  ];
  const badge = canvas.w >= 50 ? " orka " : "";
  const parts = place.filter((text) => text !== "");
  // where one is comes before everything else, up to two thirds of the line
  const wanted = parts.reduce((sum, part) => sum + textWidth(part) + SEPARATOR.length, textWidth(badge));
  const reserved = Math.min(wanted, Math.ceil(canvas.w * 3 / 4));
  let end = canvas.w - 1;
  for (const [at, { texts, style, isNeeded }] of right.entries()) {
    const after = right.slice(at + 1).reduce((sum, fact) => sum + shortest(fact), 0);
    const text = texts.find((form) => end - textWidth(form) - after >= reserved) ??
      (isNeeded ? texts.at(-1)! : "");
    if (text === "") continue;
    end -= textWidth(text);
    canvas.text(end, 0, text, style);
    end -= 2;
  }
  let x = canvas.text(0, 0, badge, theme.barAccent) + 1;
  for (const [at, part] of parts.entries()) {
    if (at > 0) x += canvas.text(x, 0, SEPARATOR, layer(theme.bar, theme.dim), Math.max(0, end - x));
    const style = layer(theme.bar, at === 0 ? theme.accent : theme.text);
    x += canvas.text(x, 0, part, style, Math.max(0, end - x));
  }
}

/** At the header's right end. */
interface RightFact {
  /** The longest first. */
  readonly texts: readonly string[];
  readonly style: Style;
  readonly isNeeded: boolean;
}

/** Columns that it takes at the least, with those before it. */
function shortest({ texts, isNeeded }: RightFact): number {
  return isNeeded ? textWidth(texts.at(-1)!) + 2 : 0;
}

/** Changes allowed is what a person should see at a glance; a protected context's warning goes with it. */
function writeFact({ theme }: Canvas, { readOnly, isProtected }: HeaderFacts) {
  if (readOnly) return { texts: ["read-only", "RO"], style: layer(theme.bar, theme.warn) };
  const texts = isProtected ? ["WRITE protected", "WP"] : ["WRITE", "W"];
  return { texts, style: layer(theme.bar, theme.error) };
}

export function drawCrumbs(canvas: Canvas, trail: readonly PaneSummary[]): CrumbPlaces {
  const detail = trail.at(-1)?.detail ?? "";
  return drawBreadcrumbs(canvas, trail.map(({ title }) => title), [{ text: detail, token: "accent" }]);
}

/** Keys that work here, those that matter most first; greyed ones last. */
export function drawFooter(canvas: Canvas, scope: KeyScope, gate: KeyGate): void {
  const seen = new Set<string>();
  const hints = activeKeys(scope).flatMap((key) => {
    if (key.hint === undefined || seen.has(key.id)) return [];
    seen.add(key.id);
    return [{ key: key.keys[0]!, label: key.hint, isDisabled: isGreyed(key, gate) }];
  });
  drawKeyHints(canvas, [
    ...hints.filter((hint) => !hint.isDisabled),
    ...hints.filter((hint) => hint.isDisabled),
  ]);
}

/** Rows of each part of a screen so high: what is least needed goes first. */
export function screenRows(height: number, { header }: { readonly header: boolean }): {
  readonly header: number;
  readonly crumbs: number;
  readonly body: number;
  readonly footer: number;
} {
  const crumbs = height >= 3 ? 1 : 0;
  const footer = height >= 4 ? 1 : 0;
  const top = header && height >= 5 ? 1 : 0;
  return { header: top, crumbs, body: Math.max(0, height - crumbs - footer - top), footer };
}
