/** Colours as terminals take them: 24-bit, the 256-colour cube, the 16 that the person's own theme defines. */

/** What the terminal can show. */
export type ColorMode = "none" | "16" | "256" | "truecolor";

/** `#rrggbb`, or an index into the terminal's own palette (0-15: its theme's colours; 16-255: the cube). */
export type Color = `#${string}` | number;

type Rgb = readonly [red: number, green: number, blue: number];

const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** The mode that the environment names. NO_COLOR (https://no-color.org) wins over everything. */
export function detectColorMode(env: (name: string) => string | undefined): ColorMode {
  if (env("NO_COLOR")) return "none";
  const term = env("TERM") ?? "";
  if (term === "dumb") return "none";
  if (/truecolor|24bit/i.test(env("COLORTERM") ?? "") || /direct/.test(term)) return "truecolor";
  if (/kitty|alacritty|ghostty|wezterm|foot/.test(term)) return "truecolor";
  return term.includes("256color") ? "256" : "16";
}

/** SGR parameters that set a foreground (`base` 30) or background (`base` 40); "" when the mode has no colour. */
export function colorParams(color: Color, base: 30 | 40, mode: ColorMode): string {
  if (mode === "none") return "";
  if (typeof color === "number") return indexedParams(color, base, mode);
  const rgb = parseHex(color);
  if (mode === "truecolor") return `;${base + 8};2;${rgb[0]};${rgb[1]};${rgb[2]}`;
  return mode === "256" ? `;${base + 8};5;${nearest256(rgb)}` : indexedParams(nearest16(rgb), base, mode);
}

function indexedParams(index: number, base: 30 | 40, mode: ColorMode): string {
  if (index < 8) return `;${base + index}`;
  if (index < 16) return `;${base + 60 + index - 8}`;
  if (mode !== "16") return `;${base + 8};5;${index}`;
  return indexedParams(nearest16(paletteRgb(index)), base, mode);
}

export function parseHex(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function toHex([red, green, blue]: Rgb): `#${string}` {
  return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0")}`;
}

/** The nearer of the 6x6x6 cube's and the 24 greys' closest colours. */
function nearest256(rgb: Rgb): number {
  const steps = rgb.map((v) => v < 48 ? 0 : v < 115 ? 1 : Math.min(5, Math.floor((v - 35) / 40)));
  const [red = 0, green = 0, blue = 0] = steps;
  const cube: Rgb = [CUBE_LEVELS[red]!, CUBE_LEVELS[green]!, CUBE_LEVELS[blue]!];
  const step = Math.max(0, Math.min(23, Math.round(((rgb[0] + rgb[1] + rgb[2]) / 3 - 8) / 10)));
  const grey = 8 + step * 10;
  const isGrey = distance(rgb, [grey, grey, grey]) < distance(rgb, cube);
  return isGrey ? 232 + step : 16 + 36 * red + 6 * green + blue;
}

function nearest16([red, green, blue]: Rgb): number {
  const max = Math.max(red, green, blue);
  if (max < 64) return 0;
  const half = max / 2;
  const hue = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
  return hue | (max > 180 ? 8 : 0);
}

/** The colour behind an index of the cube and greys (16-255), by xterm's formula. */
export function paletteRgb(index: number): Rgb {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const k = Math.max(0, index - 16);
  return [
    CUBE_LEVELS[Math.floor(k / 36) % 6]!,
    CUBE_LEVELS[Math.floor(k / 6) % 6]!,
    CUBE_LEVELS[k % 6]!,
  ];
}

function distance(a: Rgb, b: Rgb): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

/** Perceived brightness, 0 (black) to 1 (white); ITU-R BT.709 weights. */
export function luminance([red, green, blue]: Rgb): number {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
