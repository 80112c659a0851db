import assert from "node:assert/strict";
import { seededRandom } from "../../base/mod.ts";
import { ResumeWindow } from "./resume.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const START = Date.UTC(2026, 7, 1, 10) / 1000;

/** `10.5 text`: seconds and their fraction after START, and the line. */
function file(...lines: string[]): string[] {
  return lines.map((line) => {
    const [time = "", ...words] = line.split(" ");
    const [seconds = "", fraction = ""] = time.split(".");
    const stamp = new Date((START + Number(seconds)) * 1000).toISOString().slice(0, 19);
    return `${stamp}${fraction === "" ? "" : `.${fraction}`}Z ${words.join(" ")}\n`;
  });
}

function since(lines: readonly string[], sinceTime: string): string[] {
  const ms = Date.parse(sinceTime);
  return lines.filter((line) => Date.parse(line.slice(0, line.indexOf(" "))) >= ms);
}

/** What comes of a log whose connection goes after `cut` lines, when the new one gives `again`. */
function resumed(first: readonly string[], again: (sinceTime: string) => readonly string[]) {
  const window = new ResumeWindow();
  for (const line of first) window.note(encode(line));
  const replay = window.replay();
  const fresh = again(window.sinceTime!).flatMap((line) => {
    const bytes = replay.fresh(encode(line));
    return bytes === null ? [] : [decode(bytes)];
  });
  return { fresh, hasGap: replay.hasGap };
}

Deno.test("a log goes on after its last line, wherever it was cut", () => {
  const lines = file("1 a", "1.5 b", "1.5 b", "1.5 b", "2 c", "2 c", "2.1 ", "7 d", "7 e");
  for (let cut = 1; cut <= lines.length; cut++) {
    const { fresh, hasGap } = resumed(lines.slice(0, cut), (time) => since(lines, time));
    assert.deepEqual(fresh, lines.slice(cut), `cut after ${cut}`);
    assert.equal(hasGap, false);
  }
});

Deno.test("lines stamped out of order are neither lost nor doubled", () => {
  const lines = file("1.9 a", "2.000002 b", "1.999999 c", "2.000001 d", "2.000003 e");
  for (let cut = 1; cut <= lines.length; cut++) {
    const { fresh } = resumed(lines.slice(0, cut), (time) => since(lines, time));
    assert.deepEqual(fresh, lines.slice(cut), `cut after ${cut}`);
  }
});

Deno.test("a tail resumes although the server repeats what stood before it", () => {
  const lines = file("1 a", "1 a", "1 b", "1 a", "1 a", "1 c", "1 a", "1 d");
  for (let tail = 1; tail <= 5; tail++) {
    for (let cut = 1; cut <= tail; cut++) {
      const given = lines.slice(-tail).slice(0, cut);
      const { fresh } = resumed(given, (time) => since(lines, time));
      const expected = lines.slice(lines.length - tail + cut);
      // An end of the file can only be told apart by what comes after it.
      if (lines.slice(0, -tail).join("").includes(given.join(""))) assert.ok(fresh.length >= expected.length);
      else assert.deepEqual(fresh, expected, `tail ${tail}, cut after ${cut}`);
    }
  }
});

Deno.test("a rotated file goes on where it was cut, or says that there is a gap", () => {
  const lines = file("1 a", "1 b", "1 c", "1.5 d", "2 e");
  assert.deepEqual(resumed(lines.slice(0, 3), () => lines.slice(1)), {
    fresh: lines.slice(3),
    hasGap: false,
  });
  assert.deepEqual(resumed(lines.slice(0, 3), () => lines.slice(3)), { fresh: lines.slice(3), hasGap: true });
});

Deno.test("seeded: blocks of any size, coarse and disordered clocks, cuts anywhere", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const pick = (below: number) => Math.floor(random() * below);
    let millis = 0;
    const lines = file(...Array.from({ length: 5 + pick(60) }, (_, at) => {
      millis += pick(3) * pick(400);
      // up to half a second back, as two streams of a container may be
      const shown = Math.max(0, millis - pick(2) * pick(500));
      return `${Math.floor(shown / 1000)}.${String(shown % 1000).padStart(3, "0")} ${
        pick(3) === 0 ? "same" : at
      }`;
    }));
    const given: string[] = [];
    while (given.length < lines.length) {
      const window = new ResumeWindow();
      if (given.length > 0) window.note(encode(given.join("")));
      const replay = window.replay();
      const again = window.sinceTime === null ? lines : since(lines, window.sinceTime);
      const arrived = again.slice(0, 1 + pick(again.length));
      for (let at = 0; at < arrived.length;) {
        const size = 1 + pick(5);
        const bytes = replay.fresh(encode(arrived.slice(at, at + size).join("")));
        if (bytes !== null) given.push(...decode(bytes).split(/(?<=\n)/));
        at += size;
      }
      const isStuck = again.length === arrived.length && given.length < lines.length;
      assert.ok(!isStuck, `seed ${seed}: lines lost`);
    }
    assert.deepEqual(given, lines, `seed ${seed}`);
  }
});

Deno.test("a log goes on after its last line on a node whose clock was set back", () => {
  const lines = file("61 a", "62 b", "1 c", "1.5 d", "2 e");
  for (let cut = 3; cut <= lines.length; cut++) {
    const { fresh, hasGap } = resumed(lines.slice(0, cut), (time) => since(lines, time));
    assert.deepEqual(fresh, lines.slice(cut), `cut after ${cut}`);
    assert.ok(!hasGap);
  }
});
