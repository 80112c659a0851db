import assert from "node:assert/strict";
import { BufferedOutput, type CliIo, note, safeLines } from "./io.ts";

function outputTo(sink: (text: string) => Promise<void> | void): BufferedOutput {
  return new BufferedOutput(false, 80, async (bytes) => await sink(new TextDecoder().decode(bytes)));
}

Deno.test("text is gathered, in order, and flushed", async () => {
  const chunks: string[] = [];
  const output = outputTo((text) => void chunks.push(text));
  await output.write("a");
  await output.write("b");
  assert.deepEqual(chunks, []);
  await output.write(new TextEncoder().encode("raw"));
  await output.write("c");
  await output.flush();
  assert.deepEqual(chunks, ["ab", "raw", "c"]);
});

Deno.test("write waits while the reader is slow", async () => {
  const gate = Promise.withResolvers<void>();
  const output = outputTo(() => gate.promise);
  const big = "x".repeat(64 * 1024);
  await output.write(big); // the first chunk is on its way
  let waited = true;
  const second = output.write(big).then(() => waited = false);
  await Promise.resolve();
  assert.equal(waited, true);
  gate.resolve();
  await second;
});

Deno.test("a reader that has gone is reported by every later call", async () => {
  const output = outputTo(() => Promise.reject(new Deno.errors.BrokenPipe("gone")));
  await output.write("a");
  await assert.rejects(output.flush(), Deno.errors.BrokenPipe);
  await assert.rejects(output.write("b"), Deno.errors.BrokenPipe);
});

Deno.test("safeLines keeps line breaks and tabs alone", () => {
  assert.equal(safeLines("a\tb\n\x1b[31mc\u009b\r\n"), "a\tb\n␛[31mc\ufffd␍\n");
});

Deno.test("what a note quotes can't command the terminal", async () => {
  const chunks: string[] = [];
  const io: Pick<CliIo, "stderr"> = { stderr: outputTo((text) => void chunks.push(text)) };
  await note(io as CliIo, 'warning: "a\x1b]0;owned\x07" is left out');
  assert.deepEqual(chunks, ['warning: "a␛]0;owned␇" is left out\n']);
});
