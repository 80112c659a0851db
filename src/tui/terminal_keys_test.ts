import assert from "node:assert/strict";
import { type InputEvent, InputParser, type KeyEvent } from "./term/mod.ts";
import { bytesOfKey } from "./terminal_keys.ts";

const PLAIN = { applicationCursor: false };

/** What a terminal sends for a key comes back as the same bytes from the key. */
Deno.test("keys go to a program as a terminal would send them", () => {
  const sequences = [
    ...["a", "Z", "é", "日", "\r", "\t", "\x7f", " ", "\x01", "\x03", "\x04", "\x1a", "\0", "\x1c"],
    ...[
      "\x1b[A",
      "\x1b[D",
      "\x1b[H",
      "\x1b[F",
      "\x1b[5~",
      "\x1b[3~",
      "\x1b[1;5C",
      "\x1b[Z",
      "\x1bOP",
      "\x1b[15~",
    ],
    "\x1bb",
  ];
  for (const sequence of sequences) {
    const keys: InputEvent[] = [];
    const parser = new InputParser((event) => keys.push(event));
    parser.feed(new TextEncoder().encode(sequence));
    parser.reset();
    const [key] = keys;
    assert.equal(key?.type, "key", JSON.stringify(sequence));
    assert.equal(bytesOfKey(key as KeyEvent, PLAIN), sequence, JSON.stringify(key));
  }
});

Deno.test("arrows follow the program's mode", () => {
  const up: KeyEvent = { type: "key", key: "up", ctrl: false, alt: false, shift: false };
  assert.equal(bytesOfKey(up, { applicationCursor: true }), "\x1bOA");
  assert.equal(bytesOfKey({ ...up, ctrl: true }, { applicationCursor: true }), "\x1b[1;5A");
});
