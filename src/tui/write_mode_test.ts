import assert from "node:assert/strict";
import { FakeEngine } from "../../tests/support/fake_engine.ts";
import { WriteMode } from "./write_mode.ts";

const engineOf = (context: string) => new FakeEngine({ kinds: [], context });

Deno.test("a context's rule opens it, and what the person says goes before the rule", async () => {
  const mode = new WriteMode((context) =>
    Promise.resolve({ write: context === "dev", protected: context === "prod" })
  );
  assert.equal(mode.readOnly, true);
  const dev = engineOf("dev");
  await mode.opened(dev);
  assert.deepEqual([mode.readOnly, mode.isProtected, dev.writesAllowed], [false, false, true]);
  mode.toggle(dev);
  assert.deepEqual([mode.readOnly, dev.writesAllowed], [true, false]);
});

Deno.test("a new engine of the same context has what was said; another context begins anew", async () => {
  const mode = new WriteMode(() => Promise.resolve({ write: false, protected: true }));
  const first = engineOf("prod");
  await mode.opened(first);
  mode.toggle(first);
  const again = engineOf("prod");
  await mode.opened(again);
  assert.deepEqual([mode.readOnly, again.writesAllowed], [false, true]);
  const other = engineOf("other");
  await mode.opened(other);
  assert.deepEqual([mode.readOnly, other.writesAllowed, mode.isProtected], [true, false, true]);
});

Deno.test("a config file that can't be read leaves the session read-only", async () => {
  const mode = new WriteMode(() => Promise.reject(new Error("line 3")));
  const engine = engineOf("dev");
  await assert.rejects(mode.opened(engine), /line 3/);
  assert.deepEqual([mode.readOnly, engine.writesAllowed], [true, false]);
});

Deno.test("a rule that comes after the session went elsewhere opens nothing there", async () => {
  const { promise, resolve } = Promise.withResolvers<{ write: boolean; protected: boolean }>();
  const mode = new WriteMode((context) =>
    context === "slow" ? promise : Promise.resolve({ write: false, protected: false })
  );
  const [slow, next] = [engineOf("slow"), engineOf("next")];
  const opening = mode.opened(slow);
  await mode.opened(next);
  resolve({ write: true, protected: false });
  await opening;
  assert.deepEqual([mode.readOnly, slow.writesAllowed, next.writesAllowed], [true, false, false]);
});
