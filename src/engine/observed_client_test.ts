import assert from "node:assert/strict";
import { ManualClock, OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { observeClient } from "./observed_client.ts";

async function reachableAfter(error: OrkaError): Promise<boolean> {
  const client = { json: () => Promise.reject(error) } as unknown as Client;
  const observed = observeClient(client, new ManualClock(), () => {});
  await observed.client.json("/version").catch(() => {});
  return observed.status.reachable;
}

Deno.test("a refused credential is a server's answer, a failing credential plugin is none", async () => {
  assert.equal(await reachableAfter(new OrkaError("unauthorized", "no", { status: 401 })), true);
  assert.equal(await reachableAfter(new OrkaError("unauthorized", "the plugin failed")), false);
});
