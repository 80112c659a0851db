import assert from "node:assert/strict";
import { PtyProgram } from "../../../tests/support/pty_program.ts";
import { groupAndSession } from "./tty.ts";

const PROGRAM = new URL("../../../tests/support/terminal_program.ts", import.meta.url).pathname;
const CHILD = new URL("../../../tests/support/three_keys.sh", import.meta.url).pathname;

function ptyTest(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  Deno.test({ name, ignore, fn });
}

function start(env: Record<string, string> = {}): PtyProgram {
  return new PtyProgram(Deno.execPath(), ["run", "-A", PROGRAM], { cols: 70, rows: 10, env });
}

function assertRestored({ raw }: PtyProgram): void {
  const off = [
    ..."1049l 2004l 1000l 1002l 1006l 1004l 2031l".split(" ").map((mode) => `\x1b[?${mode}`),
    "\x1b[<u",
  ];
  for (const sequence of off) {
    const on = sequence.endsWith("l") ? sequence.slice(0, -1) + "h" : "\x1b[>1u";
    assert.ok(
      raw.lastIndexOf(sequence) > raw.lastIndexOf(on),
      `${JSON.stringify(sequence)} after ${JSON.stringify(on)}`,
    );
  }
  assert.ok(raw.lastIndexOf("\x1b[?25h") > raw.lastIndexOf("\x1b[?25l"), "cursor shown");
  assert.ok(raw.lastIndexOf("\x1b[?7h") > raw.lastIndexOf("\x1b[?7l"), "wraps again");
}

ptyTest(
  "a session takes the terminal, gets keys, mouse and paste, follows its size, and gives it back",
  async () => {
    await using program = start();
    await program.shows("70x10 dark");
    assert.ok(program.screen.isAlternate);
    program.press("j", "ctrl+x", "up", "f5");
    program.write("\x1b[200~pasted\x1b[201~\x1b[<0;5;6M");
    await program.shows("keys: j ctrl+x up f5 paste(pasted) down@4,5");
    program.resize(50, 8);
    await program.shows("50x8");
    program.press("c");
    await program.until(
      () => program.raw.includes("\x1b]52;c;Y29waWVkIHRleHQ=\x07"),
      "the clipboard sequence",
    );
    program.press("q");
    assert.equal((await program.ends()).code, 0);
    assertRestored(program);
    assert.ok(!program.screen.isAlternate);
  },
);

ptyTest("the terminal is restored on every signal that ends a program", async () => {
  for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGINT", 130]] as const) {
    await using program = start();
    await program.shows("70x10");
    program.kill(signal);
    assert.equal((await program.ends()).code, code, signal);
    assertRestored(program);
  }
});

ptyTest("the terminal is restored before a crash is told", async () => {
  for (const [key, message] of [["X", "planted error"], ["R", "planted rejection"]] as const) {
    await using program = start();
    await program.shows("70x10");
    program.press("j");
    await program.shows("keys: j");
    program.press(key);
    assert.equal((await program.ends()).code, 70);
    assertRestored(program);
    assert.ok(program.raw.lastIndexOf(`crash: ${message}`) > program.raw.lastIndexOf("\x1b[?1049l"), message);
  }
});

ptyTest("a program whose terminal is gone ends by itself", async () => {
  await using program = start();
  await program.shows("70x10");
  program.press("j");
  await program.shows("keys: j");
  program.hangUp();
  await program.exit;
});

ptyTest("a child gets every key while it has the terminal, and the session every key after", async () => {
  await using program = start({ CHILD });
  await program.shows("70x10");
  program.press("j");
  await program.shows("keys: j");
  for (const round of ["abc", "xyz"]) {
    program.press("!");
    const isReady = () => program.raw.lastIndexOf("child ready") > program.raw.lastIndexOf("\x1b[?1049h");
    await program.until(isReady, "the child");
    assert.ok(
      program.raw.lastIndexOf("\x1b[?1049l") > program.raw.lastIndexOf("\x1b[?1049h"),
      "left the alternate screen",
    );
    for (const [i, key] of [...round].entries()) {
      program.write(key);
      await program.until(
        () => program.raw.includes(`got ${round.slice(0, i + 1)}.`),
        `key ${key} in the child`,
      );
    }
    await program.until(() => program.screen.isAlternate, "the session is back");
    await program.shows("keys: j !");
  }
  program.press("k", "k");
  await program.shows("keys: j ! ! k k");
  program.press("q");
  assert.equal((await program.ends()).code, 0);
  assertRestored(program);
});

ptyTest("no frame is drawn while a child has the terminal", async () => {
  await using program = start({ BUSY: "1", CHILD: "echo napping; sleep 1" });
  const frames = () => Number(/frames (\d+)/.exec(program.screen.text())?.[1]);
  await program.until(() => frames() > 5, "some frames");
  const before = frames();
  program.press("!");
  await program.until(() => program.raw.includes("napping\r\n"), "the child");
  const { length } = program.raw;
  await program.until(() => program.screen.isAlternate && frames() > before, "the session is back");
  assert.ok(frames() < before + 60, `${frames() - before} frames; a second of them is 80 and more`);
  assert.ok(program.raw.slice(length).startsWith("\x1b[?1049h"), "nothing came in between");
  program.press("q");
  assert.equal((await program.ends()).code, 0);
});

ptyTest("ctrl+c in a child is the child's", async () => {
  await using program = start({ CHILD: "echo cat is ready; exec cat" });
  await program.shows("70x10");
  program.press("!");
  await program.until(() => program.raw.includes("cat is ready\r\n"), "the child");
  program.write("echoed\r");
  await program.until(() => program.raw.includes("echoed\r\nechoed"), "cat answers");
  program.write("\x03");
  await program.until(() => program.screen.isAlternate, "the session is back");
  program.press("k");
  await program.shows("keys: ! k");
  program.press("q");
  assert.equal((await program.ends()).code, 0);
});

ptyTest("a stuck terminal neither stops the session nor its end", async () => {
  await using program = start({ FLOOD: "1" });
  await program.until(() => program.raw.length > 1_000_000, "a flood that fills every buffer");
  program.pause();
  program.kill("SIGTERM");
  assert.equal((await program.ends()).code, 143);
});

ptyTest("the terminal's own background chooses the theme, after the first frame", async () => {
  await using program = start();
  await program.shows("70x10 dark");
  await program.until(() => program.raw.includes("\x1b]11;?"), "the question");
  program.write("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
  await program.shows("70x10 light");
  program.press("q");
  assert.equal((await program.ends()).code, 0);
});

Deno.test("no terminal, no session: said on stderr, with what to do", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROGRAM],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, 1);
  assert.match(new TextDecoder().decode(stderr), /^terminal: /);
});

ptyTest("TERM=dumb is refused", async () => {
  await using program = start({ TERM: "dumb" });
  assert.equal((await program.ends()).code, 1);
  await program.until(() => program.raw.includes("terminal: "), "the reason");
  assert.ok(!program.raw.includes("\x1b[?1049h"));
});

Deno.test("process group and session are read past any program name", () => {
  assert.deepEqual(groupAndSession("12 (a) b (c) S 1 34 56 0 -1"), [34, 56]);
});
