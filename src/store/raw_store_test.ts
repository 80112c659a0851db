import assert from "node:assert/strict";
import { seededRandom } from "../base/mod.ts";
import { zstdCodec } from "./raw_codec.ts";
import { RawStore } from "./raw_store.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | null) => bytes === null ? null : new TextDecoder().decode(bytes);

/** A body of a few hundred bytes, much like its neighbours. */
function body(slot: number, version: number): string {
  return JSON.stringify({
    slot,
    version,
    pad: "container image registry ".repeat(1 + (slot + version) % 40),
  });
}

Deno.test("property: gives back what was last put, as a Map would", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = seededRandom(seed);
    const store = new RawStore({ codec: zstdCodec });
    const model = new Map<number, string>();
    for (let version = 0; version < 6000; version++) {
      const slot = Math.floor(random() * 1500);
      if (random() < 0.3) {
        store.drop(slot);
        model.delete(slot);
      } else {
        store.put(slot, encode(body(slot, version)));
        model.set(slot, body(slot, version));
      }
    }
    for (let slot = 0; slot < 1500; slot++) {
      assert.equal(decode(store.get(slot)), model.get(slot) ?? null, `seed ${seed} slot ${slot}`);
    }
  }
});

Deno.test("memory stays in proportion to what is live", () => {
  const store = new RawStore({ codec: zstdCodec });
  const random = seededRandom(3);
  const noise = (slot: number) => encode(`${slot} ${Array.from({ length: 120 }, random).join()}`);
  for (let slot = 0; slot < 3000; slot++) store.put(slot, noise(slot));
  const full = store.bytes;
  for (let slot = 0; slot < 3000; slot++) if (slot % 10) store.drop(slot);
  assert.ok(store.bytes < full / 2, `${store.bytes} of ${full}`);
  for (let slot = 0; slot < 3000; slot += 10) assert.ok(decode(store.get(slot))!.startsWith(`${slot} `));
});

Deno.test("past its limit it keeps nothing more, and says so", () => {
  const store = new RawStore({ codec: zstdCodec, limitBytes: 4000 });
  const random = seededRandom(4);
  for (let slot = 0; slot < 2000; slot++) store.put(slot, encode(Array.from({ length: 20 }, random).join()));
  assert.ok(store.refused > 0);
  assert.equal(store.get(1000), null);
  assert.notEqual(store.get(1999), null, "what just came is still hot");
});

Deno.test("cleared, it holds nothing", () => {
  const store = new RawStore({ codec: zstdCodec });
  for (let slot = 0; slot < 600; slot++) store.put(slot, encode(body(slot, 1)));
  store.clear();
  assert.equal(store.get(5), null);
  store.put(5, encode("x"));
  assert.equal(decode(store.get(5)), "x");
});
