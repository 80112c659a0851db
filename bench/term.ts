/**
 * The drawing layer alone on 200x50: drawing a table, finding what changed, and the bytes that it costs. Peers are
 * the figures measured for the same frames with other libraries on the same kind of machine.
 */
import { createTheme, Screen, style } from "../src/tui/term/mod.ts";
import { Table, type TableData, TextView, yamlHighlighter } from "../src/tui/widgets/mod.ts";
import { type Line, median, ms, percentile, print, table } from "./report.ts";

const COLS = 200;
const ROWS = 50;
const FRAMES = 300;
const STATUSES = ["Running", "Pending", "CrashLoopBackOff", "Completed"] as const;
const TONES = ["ok", "pending", "error", "done"] as const;
const theme = createTheme("dark");

function podCells(i: number): readonly string[] {
  const status = STATUSES[i % 4]!;
  const address = `10.0.${i % 200}.${i % 250}`;
  return [
    `load-${i % 50}`,
    `web-${i}-7d9f8c6b5-x${i}`,
    "1/1",
    status,
    `${i % 13}`,
    address,
    `node-${i % 50}`,
    `${i % 60}m`,
  ];
}

const data: TableData = {
  columns: ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "IP", "NODE", "AGE"].map((title) => ({
    title,
  })),
  total: 100_000,
  row: (i) => ({ cells: podCells(i), cellStyles: [undefined, undefined, undefined, theme[TONES[i % 4]!]] }),
};

/** Runs `frame` many times; times are per frame, characters what it wrote. */
function measure(what: string, screen: Screen, frame: (n: number) => void): Line {
  const times: number[] = [];
  let characters = 0;
  for (let n = 0; n < FRAMES + 50; n++) {
    const startMs = performance.now();
    frame(n);
    const out = screen.flush();
    if (n < 50) continue; // warm-up
    times.push(performance.now() - startMs);
    characters += out.length;
  }
  const each = Math.round(characters / FRAMES);
  return { what, value: `${ms(median(times))} p50, ${ms(percentile(times, 95))} p95, ${each} characters` };
}

function scroll(): Line {
  const screen = new Screen(COLS, ROWS);
  const pods = new Table();
  const line = measure("table, one line scrolled", screen, () => {
    pods.scroll(1);
    pods.draw(screen.begin(), data);
  });
  return { ...line, target: "0.5 ms", peer: "ink 4.0 ms 8,865 characters" };
}

function page(): Line {
  const screen = new Screen(COLS, ROWS);
  const pods = new Table();
  return measure("table, a page on", screen, () => {
    pods.move(pods.page);
    pods.draw(screen.begin(), data);
  });
}

function cells(): Line {
  const screen = new Screen(COLS, ROWS);
  const changed = style({ fg: "#ffe08a" });
  let seed = 1;
  const random = (below: number) => (seed = Math.imul(seed, 48271) & 0x7fffffff) % below;
  const draw = () => {
    const canvas = screen.root();
    for (let k = 0; k < 50; k++) canvas.text(random(COLS), random(ROWS), String(random(10)), changed);
  };
  return { ...measure("50 random cells", screen, draw), peer: "ink 4.2 ms 2,870 characters" };
}

function repaint(): Line {
  const screen = new Screen(COLS, ROWS);
  const pods = new Table();
  return measure("everything again", screen, () => {
    screen.invalidate();
    pods.draw(screen.begin(), data);
  });
}

function unchanged(): Line {
  const screen = new Screen(COLS, ROWS);
  const pods = new Table();
  return measure("nothing changed, drawn again", screen, () => pods.draw(screen.begin(), data));
}

function yaml(): Line {
  const lines = Array.from(
    { length: 5_000 },
    (_, i) => `${"  ".repeat(i % 6)}field-${i}: "value ${i}" # note`,
  );
  const view = new TextView({ lineNumbers: true });
  view.setText(lines.join("\n"), { highlighter: yamlHighlighter(lines) });
  const screen = new Screen(COLS, ROWS);
  return measure("YAML of 5,000 lines, one line scrolled", screen, () => {
    view.scroll(1);
    view.draw(screen.begin());
  });
}

function wideText(): Line {
  const screen = new Screen(COLS, ROWS);
  return measure("50 lines of 10,000 wide glyphs, shifted", screen, (n) => {
    const canvas = screen.begin();
    for (let y = 0; y < ROWS; y++) canvas.text(0, y, "界".repeat(10_000 + (n & 1)), n & 1);
  });
}

print(
  table(`Frames of ${COLS}x${ROWS}`, [scroll(), page(), cells(), repaint(), unchanged(), yaml(), wideText()]),
);
