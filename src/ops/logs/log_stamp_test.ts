import assert from "node:assert/strict";
import { compareStamps, readStamp, secondsText, stampLength, stampMs } from "./log_stamp.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("stamps are read as nodes write them", () => {
  const table: readonly (readonly [string, number, number])[] = [
    ["2026-08-01T10:00:00.123456789Z", Date.UTC(2026, 7, 1, 10), 123_456_789],
    ["2026-08-01T10:00:59.1Z", Date.UTC(2026, 7, 1, 10, 0, 59), 100_000_000],
    ["2026-08-01T10:00:00Z", Date.UTC(2026, 7, 1, 10), 0],
    ["2024-02-29T23:59:59.000000001Z", Date.UTC(2024, 1, 29, 23, 59, 59), 1],
    ["2026-08-01T10:00:00.5+02:00", Date.UTC(2026, 7, 1, 8), 500_000_000],
    ["2026-08-01T10:00:00-05:30", Date.UTC(2026, 7, 1, 15, 30), 0],
  ];
  for (const [text, ms, nanos] of table) {
    const bytes = encode(`xx${text} the line`);
    assert.equal(stampLength(bytes, 2), text.length, text);
    assert.deepEqual(readStamp(bytes, 2, text.length), { seconds: ms / 1000, nanos }, text);
  }
});

Deno.test("what is no stamp is part of the line", () => {
  for (
    const text of [
      "",
      "hello world, this is a line",
      "2026-08-01T10:00:00.123Zx",
      "2026-08-01T10:00:00.123Z",
      "2026-08-01 10:00:00.123Z and so on",
      "2026-08-01T10:00:00 local time",
      "2026-08-01T10:00:00.12345678901234567890Z too long",
    ]
  ) assert.equal(stampLength(encode(text), 0), 0, text);
});

Deno.test("stamps are ordered to the nanosecond, and asked for in seconds", () => {
  const at = (seconds: number, nanos: number) => ({ seconds, nanos });
  assert.ok(compareStamps(at(1, 999_999_999), at(2, 0)) < 0);
  assert.ok(compareStamps(at(1, 2), at(1, 1)) > 0);
  assert.equal(compareStamps(at(1, 1), at(1, 1)), 0);
  assert.equal(stampMs(at(1_700_000_000, 500_000_000)), 1_700_000_000_500);
  assert.equal(secondsText(1_785_578_400), "2026-08-01T10:00:00Z");
});
