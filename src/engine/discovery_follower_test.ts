import assert from "node:assert/strict";
import { resource } from "../../tests/support/resources.ts";
import { defaultKnobs, ManualClock, MetricSet, OrkaError, silentLogger } from "../base/mod.ts";
import { createClient } from "../client/mod.ts";
import { DiscoveryFollower } from "./discovery_follower.ts";
import type { Discovered } from "./protocol.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly follower: DiscoveryFollower;
  readonly asked: () => number;
}

/** A follower whose server answers discovery only after so many refusals. */
function rig(refusals: number, { follow = true, cached = null as Discovered | null } = {}): Rig {
  const clock = new ManualClock();
  let asked = 0;
  const follower = new DiscoveryFollower(
    createClient({ fetch: () => Promise.reject(new Error("unasked")), clock }),
    {
      source: {
        cached: () => Promise.resolve(cached),
        fetch() {
          if (++asked <= refusals) return Promise.reject(new OrkaError("unreachable", "no server yet"));
          return Promise.resolve({ resources: [resource("Pod")], broken: [], cached: false });
        },
      },
      follow,
      clock,
      random: () => 0.5,
      knobs: defaultKnobs(),
      metrics: new MetricSet(),
      log: silentLogger,
    },
  );
  return { clock, follower, asked: () => asked };
}

Deno.test("a server that could not be asked at first is asked again until it tells", async () => {
  const { clock, follower, asked } = rig(3);
  await using _ = follower;
  const told: Discovered[] = [];
  follower.listen((discovered) => told.push(discovered));
  await assert.rejects(follower.get(), { code: "unreachable" });
  assert.equal(told.length, 0);
  await clock.advance(60_000);
  assert.equal(asked(), 4);
  assert.equal(told.at(-1)?.cached, false);
  await clock.advance(600_000);
  assert.equal(asked(), 4, "and no more once it has told");
});

Deno.test("what the disk says stands until the server has been asked, however often it takes", async () => {
  const { clock, follower, asked } = rig(2, { cached: { resources: [], broken: [], cached: true } });
  await using _ = follower;
  assert.equal((await follower.get()).cached, true);
  await clock.advance(60_000);
  assert.equal(asked(), 3);
  assert.equal((await follower.get()).cached, false);
});

Deno.test("a verb that ends soon asks once", async () => {
  const { clock, follower, asked } = rig(9, { follow: false });
  await using _ = follower;
  await assert.rejects(follower.get(), { code: "unreachable" });
  await clock.advance(600_000);
  assert.equal(asked(), 1);
  assert.equal(clock.pending, 0);
});
