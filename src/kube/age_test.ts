import assert from "node:assert/strict";
import {
  ageSince,
  formatGoDuration,
  humanDuration,
  nextChangeMs,
  parseGoDuration,
  parseHumanDuration,
} from "./age.ts";

const S = 1_000, M = 60 * S, H = 60 * M, D = 24 * H;

Deno.test("ages read as kubectl prints them", () => {
  const table: [number, string][] = [
    [-2 * S, "<invalid>"],
    [-1999, "0s"],
    [-1, "0s"],
    [0, "0s"],
    [999, "0s"],
    [119 * S, "119s"],
    [2 * M, "2m"],
    [2 * M + S, "2m1s"],
    [10 * M + 30 * S, "10m"],
    [179 * M, "179m"],
    [3 * H, "3h"],
    [3 * H + 5 * M, "3h5m"],
    [8 * H + 5 * M, "8h"],
    [47 * H, "47h"],
    [2 * D, "2d"],
    [2 * D + 3 * H, "2d3h"],
    [8 * D + 3 * H, "8d"],
    [729 * D, "729d"],
    [730 * D, "2y"],
    [731 * D, "2y1d"],
    [8 * 365 * D + 9 * D, "8y"],
  ];
  for (const [ms, text] of table) assert.equal(humanDuration(ms), text, `${ms} ms`);
});

Deno.test("the text holds until nextChangeMs and changes then", () => {
  const starts = [-5000, -2000, -1500, 0, 500, 119_001, 9 * M + 59_500, 10 * M, 179 * M + 1, 7 * H + 59 * M];
  starts.push(8 * H, 47 * H + 1, 7 * D + 23 * H, 8 * D, 729 * D + 5, 8 * 365 * D - 1, 9 * 365 * D + 77);
  for (const ms of starts) {
    const wait = nextChangeMs(ms);
    assert.ok(wait >= 1, `${ms}`);
    assert.equal(humanDuration(ms + wait - 1), humanDuration(ms), `${ms} + ${wait} - 1`);
    assert.notEqual(humanDuration(ms + wait), humanDuration(ms), `${ms} + ${wait}`);
  }
});

Deno.test("what humanDuration printed parses back to its lower bound", () => {
  for (const ms of [0, 5 * S, 2 * M + S, 3 * H + 5 * M, 2 * D + 3 * H, 731 * D]) {
    assert.equal(parseHumanDuration(humanDuration(ms)), ms);
  }
  for (const bad of ["", "<invalid>", "<unknown>", "5", "m5", "5m x"]) {
    assert.equal(parseHumanDuration(bad), null, bad);
  }
});

Deno.test("Go durations parse and print", () => {
  const table: [string, number | null][] = [
    ["30s", 30 * S],
    ["1h30m", 90 * M],
    ["1.5h", 90 * M],
    ["-2m", -2 * M],
    ["300ms", 300],
    ["0", 0],
    ["5", null],
    ["", null],
    ["h", null],
    ["1d", null],
  ];
  for (const [text, ms] of table) assert.equal(parseGoDuration(text), ms, text);
  assert.equal(formatGoDuration(90 * M), "1h30m0s");
  assert.equal(formatGoDuration(1500), "1.5s");
  assert.equal(formatGoDuration(0), "0s");
});

Deno.test("an object without a creation time has an unknown age", () => {
  assert.equal(ageSince(undefined, 0), "<unknown>");
  assert.equal(ageSince(null, 0), "<unknown>");
  assert.equal(ageSince("1970-01-01T00:00:00Z", 5 * M), "5m");
});
