import assert from "node:assert/strict";
import { Cancelled } from "../base/mod.ts";
import type { MessageSocket, Target } from "./protocol.ts";
import { RemoteClient } from "./remote_client.ts";
import { serveSocket } from "./remote_socket.ts";

Deno.test("a socket that opens as its asker gives up is closed, not left to itself", async () => {
  const closed = Promise.withResolvers<void>();
  const socket: MessageSocket = { ...silent(), close: closed.resolve };
  const client = new RemoteClient({ server: "s" } as Target, {
    over: new AbortController().signal,
    ask(question) {
      assert.equal(question.type, "open");
      if (question.type === "open") serveSocket(socket, question.port);
      return Promise.reject(new Cancelled());
    },
  });
  await assert.rejects(client.open("/x", { protocols: ["p"] }), Cancelled);
  await closed.promise;
});

/** A signal that knows who listens to it. */
class CountingSignal {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<unknown>();

  constructor() {
    const { signal } = this.#controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...words: Parameters<typeof add>) => {
      this.#listeners.add(words[1]);
      add(...words);
    };
    signal.removeEventListener = (...words: Parameters<typeof remove>) => {
      this.#listeners.delete(words[1]);
      remove(...words);
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }
}

/** Answers a request with this body, and an upgrade with a socket that waits. */
function answering(over: AbortSignal, body: () => ReadableStream<Uint8Array<ArrayBuffer>>): RemoteClient {
  return new RemoteClient({ server: "s" } as Target, {
    over,
    ask(question) {
      if (question.type === "open") {
        serveSocket(silent(), question.port);
        return Promise.resolve("p");
      }
      return Promise.resolve({ status: 200, headers: [], body: body() });
    },
  });
}

function silent(): MessageSocket {
  return { protocol: "p", receive: () => new Promise(() => {}), send: () => Promise.resolve(), close() {} };
}

const chunk = new TextEncoder().encode("line\n");

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}

Deno.test("an engine's signal is let go of by each body and socket that has ended", async () => {
  const over = new CountingSignal();
  const asked = new CountingSignal();
  const client = answering(over.signal, endless);
  const left = (await client.request("/left", { signal: asked.signal })).body!.getReader();
  await left.read();
  assert.deepEqual([over.listeners, asked.listeners], [1, 1]);
  await left.cancel();
  const read = await answering(over.signal, () => ReadableStream.from([chunk])).request("/read");
  assert.equal(await read.text(), "line\n");
  const broken = answering(
    over.signal,
    () => new ReadableStream({ start: (c) => c.error(new Error("cut")) }),
  );
  await assert.rejects((await broken.request("/broken", { signal: asked.signal })).text());
  const socket = await client.open("/open", { protocols: ["p"], signal: asked.signal });
  socket.close();
  await Promise.resolve();
  assert.deepEqual([over.listeners, asked.listeners], [0, 0]);
});

Deno.test("a body and a socket end with their asker and with the engine", async () => {
  for (const ends of ["engine", "asker"]) {
    const over = new CountingSignal();
    const asked = new CountingSignal();
    const client = answering(over.signal, endless);
    const body = (await client.request("/x", { signal: asked.signal })).body!.getReader();
    const socket = await client.open("/open", { protocols: ["p"], signal: asked.signal });
    const waiting = socket.receive();
    await body.read();
    (ends === "engine" ? over : asked).abort(new Cancelled(ends));
    await assert.rejects(waiting, new Cancelled(ends));
    await assert.rejects(async () => {
      while (!(await body.read()).done);
    }, new Cancelled(ends));
    await body.cancel().catch(() => {});
    assert.deepEqual([over.listeners, asked.listeners], [0, 0]);
  }
});
