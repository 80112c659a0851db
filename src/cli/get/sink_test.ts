import assert from "node:assert/strict";
import { createClient } from "../../client/mod.ts";
import { BufferedOutput } from "../io.ts";
import { Sink } from "./sink.ts";

function client(asked: string[]) {
  return createClient({
    fetch: (request) => {
      asked.push(new URL(request.url).pathname);
      return Promise.resolve(new Response("{}"));
    },
  });
}

Deno.test("the next request waits until the text before it is out", async () => {
  const gate = Promise.withResolvers<void>();
  const sink = new Sink(new BufferedOutput(false, 80, () => gate.promise));
  const asked: string[] = [];
  const paced = sink.paced(client(asked));
  await paced.json("/one");
  sink.show("a page of text");
  const second = paced.json("/two");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(asked, ["/one"]);
  gate.resolve();
  await second;
  assert.deepEqual(asked, ["/one", "/two"]);
});

Deno.test("a reader that has gone ends the list", async () => {
  const sink = new Sink(
    new BufferedOutput(false, 80, () => Promise.reject(new Deno.errors.BrokenPipe("gone"))),
  );
  sink.show("text");
  const asked: string[] = [];
  await assert.rejects(sink.paced(client(asked)).request("/next"), Deno.errors.BrokenPipe);
  assert.deepEqual(asked, []);
});
