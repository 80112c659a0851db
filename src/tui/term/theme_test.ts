import assert from "node:assert/strict";
import { type ColorMode, colorParams, detectColorMode, luminance, parseHex } from "./color.ts";
import { layer, sgr, style, styleSpec } from "./style.ts";
import { createTheme, type TokenName } from "./theme.ts";
import { ThemeChoice, themeFromReply } from "./theme_choice.ts";

const BACKGROUNDS = { dark: ["#000000", "#1e222a"], light: ["#ffffff", "#f2f2ee"] } as const;
/** Drawn to be seen, not read. */
const QUIET = new Set<TokenName>(["border", "scrollTrack", "scrollThumb", "lineNumber", "disabled"]);

/** WCAG 2 contrast, 1 to 21. */
function contrast(a: string, b: string): number {
  const linear = (v: number) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = (hex: string) => {
    const [red, green, blue] = parseHex(hex);
    return luminance([linear(red) * 255, linear(green) * 255, linear(blue) * 255]);
  };
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

Deno.test("everything that is read stands out from its background", () => {
  for (const name of ["dark", "light"] as const) {
    const theme = createTheme(name);
    for (const [token, id] of Object.entries(theme)) {
      if (typeof id === "string") continue;
      const { fg, bg } = styleSpec(id);
      if (typeof fg !== "string") continue;
      const floor = QUIET.has(token as TokenName) ? 1.2 : 4.3;
      for (const behind of typeof bg === "string" ? [bg] : BACKGROUNDS[name]) {
        assert.ok(
          contrast(fg, behind) >= floor,
          `${name} ${token}: ${contrast(fg, behind).toFixed(2)} on ${behind}`,
        );
      }
    }
  }
});

Deno.test("coloured text on the selection bar and on dialogs is still read", () => {
  for (const name of ["dark", "light"] as const) {
    const theme = createTheme(name);
    for (
      const token of [
        "ok",
        "warn",
        "error",
        "info",
        "pending",
        "mark",
        "match",
        "accent",
        "dim",
        "done",
      ] as const
    ) {
      for (const bar of ["selection", "surface", "bar"] as const) {
        const { fg, bg } = styleSpec(layer(theme[bar], theme[token]));
        assert.ok(contrast(String(fg), String(bg)) >= 3.5, `${name} ${token} on ${bar}`);
      }
    }
  }
});

Deno.test("without colour nothing is coloured and the selection still shows", () => {
  const theme = createTheme("dark", "none");
  for (const id of Object.values(theme)) {
    if (typeof id === "number") assert.doesNotMatch(sgr(id, "none"), /[34]8|;[3-4]\d|;9\d/);
  }
  assert.equal(styleSpec(theme.selection).inverse, true);
  assert.equal(styleSpec(theme.foundCurrent).inverse, true);
  assert.equal(styleSpec(theme.error).bold, true);
});

Deno.test("the colour mode comes from the environment, and NO_COLOR wins", () => {
  const cases: readonly (readonly [env: Record<string, string>, mode: ColorMode])[] = [
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "truecolor"],
    [{ TERM: "xterm-kitty" }, "truecolor"],
    [{ TERM: "screen-256color" }, "256"],
    [{ TERM: "xterm" }, "16"],
    [{ TERM: "linux" }, "16"],
    [{ TERM: "dumb" }, "none"],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
    [{ TERM: "xterm-256color", NO_COLOR: "" }, "256"],
  ];
  for (const [env, mode] of cases) {
    assert.equal(detectColorMode((name) => env[name]), mode, JSON.stringify(env));
  }
});

Deno.test("colours become what the mode can show", () => {
  assert.equal(colorParams("#ff8000", 30, "truecolor"), ";38;2;255;128;0");
  assert.equal(colorParams("#ff8700", 30, "256"), ";38;5;208");
  assert.equal(colorParams("#808080", 40, "256"), ";48;5;244");
  assert.equal(colorParams("#ff0000", 30, "16"), ";91");
  assert.equal(colorParams(4, 40, "16"), ";44");
  assert.equal(colorParams(12, 40, "16"), ";104");
  assert.equal(colorParams(196, 30, "16"), ";91");
  assert.equal(colorParams("#ff0000", 30, "none"), "");
});

Deno.test("a layer keeps what the upper style leaves open", () => {
  const red = style({ fg: "#ff0000", bold: true });
  const bar = style({ fg: "#ffffff", bg: "#000080" });
  assert.deepEqual(styleSpec(layer(bar, red)), { fg: "#ff0000", bg: "#000080", bold: true });
  assert.deepEqual(styleSpec(layer(red, bar)), { fg: "#ffffff", bg: "#000080", bold: true });
  assert.equal(layer(0, red), red);
  assert.equal(layer(red, 0), red);
});

Deno.test("dark or light: the person, then the terminal, then the environment", () => {
  const env = (name: string) => name === "COLORFGBG" ? "0;15" : undefined;
  assert.equal(new ThemeChoice({ mode: "truecolor" }).theme.name, "dark");
  assert.equal(new ThemeChoice({ mode: "truecolor", env }).theme.name, "light");
  assert.equal(new ThemeChoice({ mode: "truecolor", env, choice: "dark" }).theme.name, "dark");
  const asked = new ThemeChoice({ mode: "truecolor" });
  assert.ok(asked.query);
  assert.equal(asked.onReply("\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\"), false);
  assert.equal(asked.onReply("\x1b]11;rgb:fdfd/f6f6/e3e3\x07"), true);
  assert.equal(asked.theme.name, "light");
  const chosen = new ThemeChoice({ mode: "truecolor", choice: "light" });
  assert.equal(chosen.query, null);
  assert.equal(chosen.onReply("\x1b]11;rgb:0000/0000/0000\x07"), false);
  assert.equal(new ThemeChoice({ mode: "none" }).query, null);
});

Deno.test("answers about the background in every form, and nothing else", () => {
  const cases: readonly (readonly [sequence: string, name: string | null])[] = [
    ["\x1b]11;rgb:ff/ff/ff\x07", "light"],
    ["\x1b]11;rgba:0/0/0/f\x07", "dark"],
    ["\x1b[?997;1n", "dark"],
    ["\x1b[?997;2n", "light"],
    ["\x1b]10;rgb:ff/ff/ff\x07", null],
    ["\x1b[?62;4c", null],
  ];
  for (const [sequence, name] of cases) {
    assert.equal(themeFromReply(sequence), name, JSON.stringify(sequence));
  }
});
