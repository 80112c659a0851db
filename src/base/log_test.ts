import assert from "node:assert/strict";
import { ManualClock } from "./clock.ts";
import { OrkaError } from "./errors.ts";
import { createLogger } from "./log.ts";

function lines(spec: string, write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const out: string[] = [];
  write(createLogger("engine", { spec, sink: (line) => out.push(line), clock: new ManualClock(0) }));
  return out;
}

Deno.test("a target's own level beats the general one", () => {
  const out = lines("warn,engine=debug", (log) => {
    log.debug("listed", { rows: 3 });
    log.for("client").info("hidden");
    log.for("client").warn("seen");
    log.for("engine.feed").debug("child", { kind: "pods" });
  });
  assert.deepEqual(out, [
    "1970-01-01T00:00:00.000Z DEBUG engine listed rows=3\n",
    "1970-01-01T00:00:00.000Z WARN client seen\n",
    "1970-01-01T00:00:00.000Z DEBUG engine.feed child kind=pods\n",
  ]);
});

Deno.test("a line is one line, whatever it is told", () => {
  const out = lines("info", (log) => log.info("a\nb\x1b[2J", { text: 'x "y"\n' }));
  assert.deepEqual(out, ['1970-01-01T00:00:00.000Z INFO engine a b [2J text="x \\"y\\"\\n"\n']);
});

Deno.test("off, and nothing, write nothing", () => {
  assert.deepEqual(lines("off", (log) => log.error("x")), []);
  assert.deepEqual(lines("", (log) => log.error("x")), []);
});

Deno.test("an unknown level is a usage error", () => {
  assert.throws(() => lines("loud", () => {}), (e) => e instanceof OrkaError && e.code === "usage");
});
