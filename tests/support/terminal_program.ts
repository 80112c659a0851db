/**
 * The smallest program that owns a terminal, for tests in a pty: it shows what it gets, lends the terminal to
 * a child on `!`, stops on ctrl+z, crashes on `X` (an error) and `R` (a rejection), quits on `q`.
 */
// deno-lint-ignore-file no-console
import { OrkaError } from "../../src/base/mod.ts";
import {
  chord,
  detectColorMode,
  FrameLoop,
  type InputEvent,
  InputParser,
  Screen,
  Terminal,
  type TerminalEnd,
  ThemeChoice,
} from "../../src/tui/term/mod.ts";

const env = (name: string) => Deno.env.get(name);
const EXIT_CODES = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

function exitCodeOf(end: TerminalEnd): number {
  if (end.type === "signal") return EXIT_CODES[end.signal];
  return end.type === "hangup" ? 129 : 70;
}

async function main(): Promise<number> {
  const terminal = new Terminal();
  terminal.open();
  const mode = detectColorMode(env);
  const themes = new ThemeChoice({ mode, env });
  const screen = new Screen(terminal.cols, terminal.rows, { mode, theme: themes.theme });
  const seen: string[] = [];
  const quit = Promise.withResolvers<number>();
  const loop = new FrameLoop({
    screen,
    write: (text) => terminal.write(text),
    draw(canvas) {
      canvas.box(`${canvas.w}x${canvas.h} ${canvas.theme.name}`);
      canvas.text(2, 1, `keys: ${seen.slice(-20).join(" ")}`, canvas.theme.accent);
      canvas.text(2, 3, `frames ${loop.stats.frames}`);
      canvas.text(2, 2, `pid ${Deno.pid}`, canvas.theme.dim);
    },
  });
  const onEvent = (event: InputEvent) => {
    if (event.type === "reply" && themes.onReply(event.sequence)) screen.theme = themes.theme;
    if (event.type === "paste") seen.push(`paste(${event.text})`);
    if (event.type === "mouse") seen.push(`${event.action}@${event.x},${event.y}`);
    if (event.type === "key") act(chord(event));
    loop.invalidate();
  };
  const act = (key: string) => {
    seen.push(key);
    if (key === "q") quit.resolve(0);
    if (key === "!") void lend();
    if (key === "ctrl+z") void terminal.stop().then((stopped) => stopped || seen.push("can't-stop"));
    if (key === "c") void terminal.copy("copied text");
    if (key === "X") {
      setTimeout(() => {
        throw new Error("planted error");
      });
    }
    if (key === "R") void Promise.reject(new Error("planted rejection"));
  };
  const lend = () =>
    terminal.suspend(async () => {
      const args = ["-c", env("CHILD") ?? "exec sh"];
      await new Deno.Command("sh", { args, stdin: "inherit", stdout: "inherit", stderr: "inherit" }).spawn()
        .status;
    });
  const parser = new InputParser(onEvent);
  terminal.onData = (bytes) => parser.feed(bytes);
  terminal.onResize = () => {
    screen.resize(terminal.cols, terminal.rows);
    loop.invalidate();
  };
  terminal.onResume = () => {
    screen.resize(terminal.cols, terminal.rows);
    loop.repaint();
  };
  loop.frame();
  if (themes.query) void terminal.write(themes.query);
  const flood = async () => {
    const page = "flood ".repeat(20_000);
    while (terminal.isActive) await terminal.write(page);
  };
  if (env("BUSY")) setInterval(() => loop.invalidate(), 5);
  if (env("FLOOD")) void flood();
  const code = await Promise.race([quit.promise, terminal.ended.then(report)]);
  loop.stop();
  parser.reset();
  await terminal.close();
  return code;
}

function report(end: TerminalEnd): number {
  if (end.type === "crash") {
    console.error(`crash: ${end.error instanceof Error ? end.error.message : end.error}`);
  }
  return exitCodeOf(end);
}

try {
  Deno.exit(await main());
} catch (error) {
  if (!(error instanceof OrkaError)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.hint}`);
  Deno.exit(1);
}
