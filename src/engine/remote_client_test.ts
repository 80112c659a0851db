import assert from "node:assert/strict";
import { Cancelled } from "../base/mod.ts";
import type { MessageSocket, Target } from "./protocol.ts";
import { RemoteClient } from "./remote_client.ts";
import { serveSocket } from "./remote_socket.ts";

Deno.test("a socket that opens as its asker gives up is closed, not left to itself", async () => {
  const closed = Promise.withResolvers<void>();
  const socket: MessageSocket = {
    protocol: "p",
    receive: () => new Promise(() => {}),
    send: () => Promise.resolve(),
    close: closed.resolve,
  };
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
