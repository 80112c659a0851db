import assert from "node:assert/strict";
import table from "../builtin/protobuf.json" with { type: "json" };
import objects from "../../../fixtures/k1s/objects.json" with { type: "json" };
import { ProtobufCodec, type ProtobufTable } from "./protobuf.ts";
import { ProtobufError } from "./protobuf_reader.ts";

const samples = objects as readonly { path: string; json: unknown; protobuf?: string }[];
const podBody = Uint8Array.fromBase64(samples.find((sample) => sample.path.includes("/pods/"))!.protobuf!);
const codec = new ProtobufCodec(table as unknown as ProtobufTable);

Deno.test("decodes every kind's body to the JSON that the real server gave for it", () => {
  assert.ok(samples.length > 30, "the fixture holds a sample of each kind");
  for (const { path, protobuf, json } of samples) {
    if (protobuf === undefined) continue;
    assert.deepEqual(codec.decode(Uint8Array.fromBase64(protobuf)), withoutDefaults(json), path);
  }
});

/** Embedded claim templates carry no type in protobuf: the server's defaulting names it. */
function withoutDefaults(json: unknown): unknown {
  const copy = structuredClone(json) as { spec?: { volumeClaimTemplates?: Record<string, unknown>[] } };
  for (const template of copy.spec?.volumeClaimTemplates ?? []) {
    delete template.kind;
    delete template.apiVersion;
  }
  return copy;
}

Deno.test("a body cut anywhere is refused or decodes, and never breaks", () => {
  let refused = 0;
  for (let end = 0; end < podBody.length; end++) {
    try {
      codec.decode(podBody.subarray(0, end));
    } catch (error) {
      assert.ok(error instanceof ProtobufError, `${end}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > podBody.length * 0.9, `${refused} of ${podBody.length} cuts refused`);
});

Deno.test("flipped bytes are refused or decode, and never break", () => {
  for (let at = 4; at < podBody.length; at++) {
    const hostile = podBody.slice();
    hostile[at] = hostile[at]! ^ 0xff;
    try {
      codec.decode(hostile);
    } catch (error) {
      assert.ok(error instanceof ProtobufError, `${at}: ${error}`);
    }
  }
});

Deno.test("an unknown kind and a body without the prefix are refused in words", () => {
  assert.throws(() => codec.decode(new TextEncoder().encode("{}")), /expected prefix \[107 56 115 0\]/);
  const unknown = new Uint8Array([0x6b, 0x38, 0x73, 0, 0x0a, 5, 0x0a, 0, 0x12, 1, 0x58]);
  assert.throws(() => codec.decode(unknown), { name: "ProtobufError" });
});
