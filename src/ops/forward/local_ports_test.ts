import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { acceptAll } from "./local_ports.ts";

Deno.test("a port that could not take a connection takes the next one, and ends when it is closed", async () => {
  const clock = new ManualClock();
  const closing = new AbortController();
  const told: string[] = [];
  const answers = [
    () => Promise.reject(new Error("Too many open files")),
    () => Promise.resolve("connection"),
  ];
  const listener = {
    accept: () => {
      const answer = answers.shift();
      if (answer !== undefined) return answer() as Promise<unknown> as Promise<Deno.TcpConn>;
      closing.abort();
      return Promise.reject(new Deno.errors.BadResource("closed"));
    },
  };
  const done = acceptAll(listener, {
    signal: closing.signal,
    clock,
    onConnection: (connection) => void told.push(String(connection)),
    onError: (error) => void told.push((error as Error).message),
  });
  await clock.advance(500);
  await done;
  assert.deepEqual(told, ["Too many open files", "connection"]);
});
