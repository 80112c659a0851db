import assert from "node:assert/strict";
import { seededRandom, toWire } from "../base/mod.ts";
import { OrkaError } from "../base/mod.ts";
import {
  CLOSED,
  type Failure,
  type FailureKind,
  IDLE,
  phaseOf,
  type ReflectorEvent,
  type ReflectorState,
  stepReflector,
} from "./reflector_state.ts";

const POLICY = { backoffMaxMs: 30_000, random: () => 0 };

function failure(kind: FailureKind, retryAfterMs = 0): Failure {
  const codes = {
    expired: "expired",
    denied: "forbidden",
    unauthorized: "unauthorized",
    other: "unreachable",
  } as const;
  return { kind, error: toWire(new OrkaError(codes[kind], kind)), retryAfterMs };
}

/** Runs events from the start; every step as `phase: commands`. */
function run(...events: ReflectorEvent[]): string[] {
  let state: ReflectorState = IDLE;
  return events.map((event) => {
    const stepped = stepReflector(state, event, POLICY);
    state = stepped.state;
    const commands = stepped.commands.map((c) =>
      c.type === "watch" ? `watch@${c.version}` : c.type === "wait" ? `wait ${c.delayMs}` : c.type
    );
    return `${phaseOf(state)}: ${commands.join(", ")}`;
  });
}

const start: ReflectorEvent = { type: "start" };
const page: ReflectorEvent = { type: "page" };
const opened: ReflectorEvent = { type: "opened" };
const retry: ReflectorEvent = { type: "retry" };
const listed = (version: string): ReflectorEvent => ({ type: "listed", version });
const progress = (version: string): ReflectorEvent => ({ type: "progress", version, proved: true });
const listFailed = (kind: FailureKind, after = 0): ReflectorEvent => ({
  type: "list-failed",
  failure: failure(kind, after),
});
const watchFailed = (kind: FailureKind, version: string): ReflectorEvent => ({
  type: "watch-failed",
  version,
  failure: failure(kind),
});
const ended = (version: string, frames: number): ReflectorEvent => ({ type: "watch-ended", version, frames });

Deno.test("lists, then watches from the list's version", () => {
  assert.deepEqual(run(start, page, page, listed("10"), opened, progress("11")), [
    "connecting: list",
    "listing: ",
    "listing: ",
    "live: schedule-verify, watch@10",
    "live: ",
    "live: ",
  ]);
});

Deno.test("a watch that ends in order goes on at once from its last version", () => {
  assert.deepEqual(run(start, listed("10"), opened, ended("12", 5)).at(-1), "live: watch@12");
});

Deno.test("a watch that went quiet, or does not open, is not live until one opens", () => {
  const idle: ReflectorEvent = { type: "watch-ended", version: "12", frames: 5, idle: true };
  const late: ReflectorEvent = { type: "late" };
  assert.deepEqual(
    run(start, listed("10"), opened, late, idle, opened, ended("13", 1), late, opened).slice(3),
    [
      "live: ",
      "stale: watch@12",
      "live: ",
      "live: watch@13",
      "stale: ",
      "live: ",
    ],
  );
});

Deno.test("a cut watch waits a little and goes on from its last version", () => {
  assert.deepEqual(run(start, listed("10"), opened, watchFailed("other", "12"), retry, opened).slice(-3), [
    "stale: wait 250",
    "stale: keep-verify, watch@12",
    "live: ",
  ]);
});

Deno.test("a server that ends every watch at once is asked ever more slowly", () => {
  const steps = run(
    start,
    listed("1"),
    opened,
    ended("1", 0),
    opened,
    ended("1", 0),
    retry,
    opened,
    ended("1", 0),
  );
  assert.deepEqual(steps.filter((s) => s.includes("wait")), ["stale: wait 500", "stale: wait 1000"]);
});

Deno.test("an expired version lists anew at once, the old view stays", () => {
  assert.deepEqual(
    run(start, listed("10"), opened, watchFailed("expired", "12"), page, listed("20")).slice(-3),
    [
      "stale: list",
      "stale: ",
      "live: schedule-verify, watch@20",
    ],
  );
});

Deno.test("a version that expires at every watch lists ever more slowly, until a watch works", () => {
  const gone = watchFailed("expired", "1");
  const steps = run(start, listed("1"), gone, listed("1"), opened, gone, retry, listed("1"), gone);
  assert.deepEqual(steps.filter((s) => s.includes("wait") || s.endsWith(" list")), [
    "connecting: list",
    "stale: list",
    "stale: wait 500",
    "stale: list",
    "stale: wait 1000",
  ]);
  assert.equal(
    run(start, listed("1"), gone, listed("1"), opened, progress("2"), gone).at(-1),
    "stale: list",
  );
});

Deno.test("refusals are their own phases and retry slowly until healed", () => {
  assert.deepEqual(run(start, listFailed("denied"), retry, listFailed("denied"), retry, page, listed("1")), [
    "connecting: list",
    "denied: wait 2500",
    "denied: list",
    "denied: wait 5000",
    "denied: list",
    "listing: ",
    "live: schedule-verify, watch@1",
  ]);
  assert.equal(run(start, listFailed("unauthorized")).at(-1), "unauthorized: wait 2500");
});

Deno.test("failures before the first list are failed, after it stale", () => {
  assert.equal(run(start, listFailed("other")).at(-1), "failed: wait 250");
  assert.equal(
    run(start, listed("1"), watchFailed("expired", "1"), listFailed("other")).at(-1),
    "stale: wait 500",
  );
});

Deno.test("Retry-After is obeyed where it is longer", () => {
  assert.equal(run(start, listFailed("other", 7000)).at(-1), "failed: wait 7000");
});

Deno.test("a drop forces a list, whatever goes on", () => {
  assert.equal(run(start, listed("1"), opened, { type: "dropped" }).at(-1), "stale: cancel-watch, list");
  assert.equal(
    run(start, listed("1"), opened, { type: "verify-due" }, { type: "dropped" }).at(-1),
    "stale: cancel-list, cancel-watch, list",
  );
  assert.equal(
    run(start, listed("1"), opened, watchFailed("other", "2"), { type: "dropped" }).at(-1),
    "stale: cancel-wait, list",
  );
});

Deno.test("a verification runs beside the watch, one at a time, and does not outlive it", () => {
  const due: ReflectorEvent = { type: "verify-due" };
  assert.deepEqual(run(start, listed("1"), opened, due, due, { type: "verified" }).slice(-3), [
    "live: verify",
    "live: ",
    "live: schedule-verify",
  ]);
  assert.equal(
    run(start, listed("1"), opened, due, watchFailed("other", "2")).at(-1),
    "stale: cancel-list, wait 250",
  );
});

Deno.test("a person's refresh does not wait", () => {
  const refresh: ReflectorEvent = { type: "refresh" };
  assert.equal(run(start, listFailed("denied"), refresh).at(-1), "denied: cancel-wait, list");
  assert.equal(run(start, listed("1"), opened, refresh).at(-1), "live: verify");
  const cut = watchFailed("other", "2");
  assert.equal(run(start, listed("1"), opened, cut, refresh).at(-1), "stale: cancel-wait, list");
  assert.equal(run(start, refresh).at(-1), "connecting: ");
});

Deno.test("closed is the end", () => {
  const close: ReflectorEvent = { type: "close" };
  assert.deepEqual(run(start, listed("1"), close, retry, listed("2"), close).slice(2), [
    "closed: cancel-list, cancel-watch, cancel-wait",
    "closed: ",
    "closed: ",
    "closed: ",
  ]);
});

Deno.test("property: never two lists or two watches at once, and always a way on", () => {
  const kinds: FailureKind[] = ["expired", "denied", "unauthorized", "other"];
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
    let state: ReflectorState = IDLE;
    // What the driver would have running.
    const running = { list: 0, watch: 0, wait: 0 };
    let verifyPending = false;
    const send = (event: ReflectorEvent) => {
      const where = `seed ${seed}: ${state.type} on ${event.type}`;
      const stepped = stepReflector(state, event, { ...POLICY, random });
      state = stepped.state;
      for (const { type } of stepped.commands) {
        if (type === "list" || type === "verify") running.list++;
        if (type === "watch") running.watch++;
        if (type === "schedule-verify" || type === "keep-verify") verifyPending = true;
        if (type === "wait") running.wait++;
        if (type === "cancel-list") running.list = 0;
        if (type === "cancel-watch") running.watch = 0;
        if (type === "cancel-wait") running.wait = 0;
      }
      assert.ok(
        running.list <= 1 && running.watch <= 1 && running.wait <= 1,
        `${where}: ${JSON.stringify(running)}`,
      );
      if (state.type === "watching") {
        assert.ok(state.verifying || verifyPending, `${where}: never verified again`);
      }
      if (state.type !== "closed") {
        assert.ok(
          running.list + running.watch + running.wait > 0,
          `${where}: nothing would ever happen again`,
        );
      }
    };
    send(start);
    for (let i = 0; i < 200; i++) {
      const events: ReflectorEvent[] = [{ type: "dropped" }, { type: "refresh" }];
      if (verifyPending) events.push({ type: "verify-due" });
      if (running.wait) events.push(retry);
      const listing = (state as ReflectorState).type === "listing";
      if (running.list) {
        events.push(
          ...(listing ? [page, listed("5"), listFailed(pick(kinds))] : [{ type: "verified" } as const]),
        );
      }
      if (running.watch) {
        events.push(
          opened,
          { type: "late" },
          progress("6"),
          ended("6", pick([0, 3])),
          watchFailed(pick(kinds), "6"),
        );
      }
      const event = pick(events);
      if (event.type === "retry") running.wait = 0;
      if (event.type === "verify-due") verifyPending = false;
      if (["listed", "list-failed", "verified"].includes(event.type)) running.list = 0;
      if (["watch-ended", "watch-failed"].includes(event.type)) running.watch = 0;
      send(event);
    }
    assert.notEqual(state, CLOSED);
  }
});
