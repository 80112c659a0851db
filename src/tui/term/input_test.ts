import assert from "node:assert/strict";
import { keyBytes } from "../../../tests/support/vt.ts";
import { ManualClock } from "../../base/mod.ts";
import { InputParser } from "./input.ts";
import { chord, type InputEvent } from "./input_event.ts";

const encoder = new TextEncoder();

function show(event: InputEvent): string {
  switch (event.type) {
    case "key":
      return chord(event) + (event.text !== undefined && event.text !== event.key ? `=${event.text}` : "");
    case "mouse":
      return `${event.action}${event.button || ""}@${event.x},${event.y}${event.ctrl ? "+ctrl" : ""}`;
    case "paste":
      return `paste:${event.text}`;
    case "focus":
      return `focus:${event.focused}`;
    case "reply":
      return `reply:${event.sequence.slice(1)}`;
  }
}

const CASES: readonly (readonly [bytes: string, events: readonly string[]])[] = [
  ["a", ["a"]],
  ["G", ["G"]],
  [" ", ["space= "]],
  ["世", ["世"]],
  ["😀é", ["😀", "é"]],
  ["\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]],
  ["\x1bOA\x1bOH\x1bOF", ["up", "home", "end"]],
  ["\x1bOP\x1b[15~\x1b[24~", ["f1", "f5", "f12"]],
  ["\x1b[1;5C\x1b[1;2A\x1b[1;3D", ["ctrl+right", "shift+up", "alt+left"]],
  ["\x1b[Z\x1b[3;2~\x1b[5;5~", ["shift+tab", "shift+delete", "ctrl+pageup"]],
  ["\x12\x04\x1a\x03\x1f", ["ctrl+r", "ctrl+d", "ctrl+z", "ctrl+c", "ctrl+_"]],
  ["\x1bx\x1bX\x1b\r\x1b\x7f", ["alt+x", "alt+shift+x", "alt+enter", "alt+backspace"]],
  ["\r\t\x7f\x08\n\x00", ["enter", "tab", "backspace", "ctrl+backspace", "ctrl+j", "ctrl+space"]],
  ["\x1b[<0;12;5M\x1b[<0;12;5m", ["down@11,4", "up@11,4"]],
  ["\x1b[<2;1;1M\x1b[<32;3;4M\x1b[<35;3;4M", ["down2@0,0", "drag@2,3", "move3@2,3"]],
  ["\x1b[<65;1;1M\x1b[<80;3;4M", ["wheeldown1@0,0", "wheelup@2,3+ctrl"]],
  ["\x1b[200~a\nb\x1b[31mc\x1b[201~z", ["paste:a\nb\x1b[31mc", "z"]],
  ["\x1b[200~\x1b[20\x1b[201~", ["paste:\x1b[20"]],
  ["\x1b[I\x1b[O", ["focus:true", "focus:false"]],
  ["\x1b[97;5u\x1b[27u\x1b[13;2u\x1b[9;2u", ["ctrl+a", "escape", "shift+enter", "shift+tab"]],
  ["\x1b[97;2u\x1b[32;1u\x1b[97:65;5:1u", ["A", "space= ", "ctrl+a"]],
  ["\x1b[27;5;13~\x1b[27;6;97~", ["ctrl+enter", "ctrl+shift+a"]],
  ["\x1b[99;9u\x1b[57441;2u\x1b[57404u\x1b[57419u", ["5", "up"]], // super+c and a lone shift say nothing
  ["\x1b[?62;4c\x1b[12;40R", ["reply:[?62;4c", "reply:[12;40R"]],
  ["\x1b]11;rgb:1a1a/1b1b/2626\x1b\\q", ["reply:]11;rgb:1a1a/1b1b/2626\x1b\\", "q"]],
  ["\x1b]11;rgb:ffff/ffff/ffff\x07q", ["reply:]11;rgb:ffff/ffff/ffff\x07", "q"]],
  ["\x1bP1+r436f\x1b\\", ["reply:P1+r436f\x1b\\"]],
  ["\x1b\x1b[A", ["escape", "up"]],
];

Deno.test("keys, mouse, paste, focus and replies, wherever the bytes are cut", () => {
  for (const [raw, want] of CASES) {
    const bytes = encoder.encode(raw);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const got: string[] = [];
      const parser = new InputParser((event) => got.push(show(event)), { clock: new ManualClock() });
      parser.feed(bytes.subarray(0, cut));
      parser.feed(bytes.subarray(cut));
      assert.deepEqual(got, want, `${JSON.stringify(raw)} cut at ${cut}`);
    }
  }
});

Deno.test("every byte alone gives the same events", () => {
  for (const [raw, want] of CASES) {
    const got: string[] = [];
    const parser = new InputParser((event) => got.push(show(event)), { clock: new ManualClock() });
    for (const byte of encoder.encode(raw)) parser.feed(Uint8Array.of(byte));
    assert.deepEqual(got, want, JSON.stringify(raw));
  }
});

Deno.test("an escape alone is a key after the timeout, and leaves no timer", async () => {
  const clock = new ManualClock();
  const got: string[] = [];
  const parser = new InputParser((event) => got.push(show(event)), { clock, escapeMs: 30 });
  parser.feed(encoder.encode("\x1b"));
  await clock.advance(29);
  assert.deepEqual(got, []);
  await clock.advance(1);
  assert.deepEqual(got, ["escape"]);
  assert.equal(clock.pending, 0);
});

Deno.test("alt and a bracket is a key when nothing follows it", async () => {
  const clock = new ManualClock();
  const got: string[] = [];
  const parser = new InputParser((event) => got.push(show(event)), { clock });
  for (const raw of ["\x1b[", "\x1bO", "\x1b]", "\x1bP"]) {
    parser.feed(encoder.encode(raw));
    await clock.advance(30);
  }
  assert.deepEqual(got, ["alt+[", "alt+shift+o", "alt+]", "alt+shift+p"]);
});

Deno.test("a sequence torn by a slow link is dropped, never typed", async () => {
  const clock = new ManualClock();
  const got: string[] = [];
  const parser = new InputParser((event) => got.push(show(event)), { clock });
  for (const raw of ["\x1b[<35;1", "\x1b]11;rgb:1a", "\x1b[1;"]) {
    parser.feed(encoder.encode(raw));
    await clock.advance(1000);
  }
  parser.feed(encoder.encode("j"));
  assert.deepEqual(got, ["j"]);
});

Deno.test("the emulator's keys come back as the chords they were pressed as", () => {
  const chords =
    "j G enter escape tab shift+tab space backspace delete up ctrl+d alt+x ctrl+right shift+left f1 f5 " +
    "ctrl+enter shift+pageup ctrl+_ + / : ctrl+shift+a";
  for (const name of chords.split(" ")) {
    const got: string[] = [];
    const clock = new ManualClock();
    const parser = new InputParser((event) => event.type === "key" && got.push(chord(event)), { clock });
    parser.feed(encoder.encode(keyBytes(name)));
    if (name === "escape") parser.feed(encoder.encode("\x1b")); // the next byte decides
    assert.deepEqual(got, [name]);
  }
});
