import assert from "node:assert/strict";
import { logLine, sourceOf } from "../../../../tests/support/log_lines.ts";
import { ManualClock } from "../../../base/mod.ts";
import type { LogEntry, LogMark } from "../../../ops/mod.ts";
import { LogGatherer } from "./log_gatherer.ts";

const at = (pod: string, second: number) =>
  logLine(`${pod} ${second}`, { pod, stamp: `2026-08-01T10:00:0${second}Z` });
const mark = (kind: LogMark["kind"], pod: string): LogMark => ({
  type: "mark",
  kind,
  source: sourceOf(pod),
  ms: 0,
  text: "",
});
const textOf = (entry: LogEntry) => entry.type === "line" ? entry.text : entry.kind;

Deno.test("the beginning of several logs is in order of time, marks in their places, the rest as it comes", async () => {
  const clock = new ManualClock();
  const given: string[][] = [];
  const gatherer = new LogGatherer(clock, (batch) => given.push(batch.map(textOf)));
  gatherer.begin();
  gatherer.take([mark("joined", "a"), at("a", 1), mark("restarted", "a"), at("a", 3)]);
  gatherer.take([mark("joined", "b"), at("b", 0), at("b", 3)]);
  assert.deepEqual(given, []);
  await clock.advance(250);
  assert.deepEqual(given, [["joined", "joined", "b 0", "a 1", "restarted", "a 3", "b 3"]]);
  gatherer.take([at("a", 9), at("b", 8)]);
  assert.deepEqual(given[1], ["a 9", "b 8"]);
  gatherer.begin();
  gatherer.take([at("a", 1)]);
  gatherer.end();
  assert.deepEqual(given[2], ["a 1"]);
  assert.equal(clock.pending, 0);
});
