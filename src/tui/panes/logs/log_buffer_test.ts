import assert from "node:assert/strict";
import { seededRandom } from "../../../base/mod.ts";
import { logLine as line } from "../../../../tests/support/log_lines.ts";
import { type BufferEntry, LogBuffer } from "./log_buffer.ts";

function textOf(entry: BufferEntry): string {
  return entry.type === "line" ? entry.text : entry.type === "note" ? entry.text : entry.kind;
}

function shown(buffer: LogBuffer): string[] {
  return Array.from({ length: buffer.length }, (_, at) => buffer.line(at));
}

const render = textOf;
const isEven = (entry: BufferEntry) => Number(textOf(entry)) % 2 === 0;

Deno.test("the oldest lines make room in lots, and are counted", () => {
  const buffer = new LogBuffer({ render, maxLines: 10 });
  buffer.append(Array.from({ length: 11 }, (_, at) => line(String(at))));
  assert.equal(buffer.gone, 0);
  buffer.append([line("11")]);
  assert.deepEqual([buffer.length, buffer.dropped, buffer.gone, buffer.line(0)], [10, 2, 2, "2"]);
  const bytes = new LogBuffer({ render, maxBytes: 1000 });
  bytes.append(Array.from({ length: 20 }, () => line("x".repeat(100))));
  assert.ok(bytes.length <= 5 && bytes.length > 0, String(bytes.length));
});

Deno.test("older lines in front keep the names of those behind", () => {
  const buffer = new LogBuffer({ render });
  buffer.append([line("4"), line("5")]);
  const name = buffer.dropped + 1;
  buffer.prepend([line("1"), line("2"), line("3")]);
  assert.deepEqual(shown(buffer), ["1", "2", "3", "4", "5"]);
  assert.equal(buffer.line(name - buffer.dropped), "5");
});

Deno.test("a filter keeps the place, whatever is shown", () => {
  const buffer = new LogBuffer({ render });
  buffer.append(Array.from({ length: 10 }, (_, at) => line(String(at))));
  const place = buffer.placeOf(6);
  buffer.filter(isEven);
  assert.deepEqual(shown(buffer), ["0", "2", "4", "6", "8"]);
  assert.equal(buffer.line(buffer.indexOf(place)), "6");
  assert.equal(buffer.total, 10);
  buffer.filter(null);
  assert.equal(buffer.line(buffer.indexOf(place)), "6");
});

Deno.test("any sequence shows what a plain list would", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed);
    const buffer = new LogBuffer({ render, maxLines: 40 });
    let model: readonly string[] = [];
    let next = 1_000_000;
    let first = 1_000_000;
    let filtered = false;
    /** What each shown line was named; a filter names anew. */
    let names = new Map<number, string>();
    for (let step = 0; step < 60; step++) {
      const count = Math.floor(random() * 12);
      const what = random();
      if (what < 0.6) {
        const added = Array.from({ length: count }, () => String(next++));
        buffer.append(added.map((text) => line(text)));
        model = [...model, ...added];
        if (model.length > 44) model = model.slice(-40);
      } else if (what < 0.8 && buffer.gone === 0) {
        const older = Array.from({ length: count }, () => String(--first)).reverse();
        buffer.prepend(older.map((text) => line(text)));
        model = [...older, ...model];
      } else if (what < 0.95) {
        filtered = !filtered;
        names = new Map();
        buffer.filter(filtered ? isEven : null);
      } else {
        buffer.clear();
        model = [];
        names = new Map();
      }
      const expected: readonly string[] = filtered ? model.filter((text) => Number(text) % 2 === 0) : model;
      assert.deepEqual(shown(buffer), expected, `seed ${seed}, step ${step}`);
      shown(buffer).forEach((text, at) => {
        const name = buffer.dropped + at;
        assert.equal(names.get(name) ?? text, text, `seed ${seed}, step ${step}: line ${name} is another`);
        names.set(name, text);
      });
    }
  }
});
