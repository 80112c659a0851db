/** What benchmarks print: aligned tables, and the ratio to a peer beside each figure. */

/** A figure, its unit, and how it stands to a peer's. */
export interface Line {
  readonly what: string;
  readonly value: string;
  /** Where it should be, as the product page has it. */
  readonly target?: string;
  /** Peer and its figure, e.g. `kubectl 8.20 s`; marked where it was not measured in this run. */
  readonly peer?: string;
  /** Ours over the peer's; below 1 is better for times and memory. */
  readonly ratio?: number;
}

export function table(title: string, lines: readonly Line[]): string {
  const rows = [
    ["", "orka", "target", "peer", "ratio"],
    ...lines.map((
      l,
    ) => [
      l.what,
      l.value,
      l.target ?? "",
      l.peer ?? "",
      l.ratio === undefined ? "" : `${l.ratio.toFixed(2)}x`,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const text = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd());
  return `\n${title}\n${"-".repeat(title.length)}\n${text.join("\n")}\n`;
}

export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * p / 100) - 1)] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

export function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** Medians of our runs beside a peer's of the same time; `show` says a figure with its unit. */
export function beside<Run>(
  { ours, theirs, peer }: {
    readonly ours: readonly Run[];
    readonly theirs: readonly Run[];
    readonly peer: string;
  },
): (what: string, pick: (run: Run) => number, show: (figure: number) => string, target?: string) => Line {
  return (what, pick, show, target = "") => {
    const [a, b] = [median(ours.map(pick)), median(theirs.map(pick))];
    return { what, value: show(a), target, peer: `${peer} ${show(b)}`, ratio: a / b };
  };
}
