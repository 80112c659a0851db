import assert from "node:assert/strict";
import { OrkaError } from "../../src/base/mod.ts";
import type { Engine } from "../../src/engine/protocol.ts";
import type { SessionOptions } from "../../src/tui/mod.ts";
import { FakeEngine, wireError } from "../support/fake_engine.ts";
import { KINDS, NOW_MS, podOf, smallCluster } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

Deno.test("a lost connection: what, since when, when again; rows stay; it heals", async () => {
  await using robot = await Robot.start();
  const error = wireError("unreachable", "connection refused");
  robot.engine.server({ reachable: false, error, answeredMs: NOW_MS - 9000 });
  robot.engine.status("pods", { phase: "stale", error, freshMs: NOW_MS - 14_000, retryMs: NOW_MS + 3000 });
  await robot.settle();
  robot.expect(
    "Connection lost: connection refused",
    "shown as of 14s ago",
    "next try in 3s",
    "✗ no answer 9s",
  );
  robot.expect("web-7c9-aaaaa");
  await robot.wait(1000);
  robot.expect("shown as of 15s ago", "next try in 2s", "✗ no answer 10s");
  await robot.type("<ctrl-r>");
  assert.ok(robot.engine.log.includes("refresh pods default"));
  robot.engine.server({ reachable: true, error: null });
  robot.engine.status("pods", { phase: "live", error: null, retryMs: null });
  await robot.settle();
  robot.expect("● live").expectNot("Connection lost", "shown as of");
});

Deno.test("stale while listing anew is no alarm", async () => {
  await using robot = await Robot.start();
  robot.engine.status("pods", { phase: "stale", freshMs: NOW_MS - 2000 });
  await robot.settle();
  robot.expect("Listing anew", "◐ stale 2s", "web-7c9-aaaaa").expectNot("Connection lost");
});

Deno.test("access denied names what is missing and how to check; other kinds still work", async () => {
  const engine = smallCluster();
  const message =
    `secrets is forbidden: User "viewer" cannot list resource "secrets" in API group "" in the namespace "default"`;
  const hint = "to see it: orka auth can-i list secrets -n default";
  engine.status("secrets", { phase: "denied", error: wireError("forbidden", message, hint) });
  await using robot = await Robot.start({ engine });
  await robot.type(":secrets<enter>");
  robot.expect("Access denied", `User "viewer" cannot list`, hint);
  await robot.type(":po default<enter>").then((r) => r.expect("web-7c9-aaaaa").expectNot("Access denied"));
});

Deno.test("expired credentials say so, and heal", async () => {
  await using robot = await Robot.start();
  const error = wireError("unauthorized", "the token has expired");
  robot.engine.status("pods", { phase: "unauthorized", error, retryMs: NOW_MS + 30_000 });
  await robot.settle();
  robot.expect("Credentials refused: the token has expired", "next try in 30s");
  robot.engine.status("pods", { phase: "live", error: null, retryMs: null });
  await robot.settle();
  robot.expect("web-7c9-aaaaa").expectNot("Credentials refused");
});

Deno.test("a broken context opens the contexts, says why, and another one can be chosen", async () => {
  const good = smallCluster();
  const connect = (context: string | undefined): Promise<Engine> =>
    context === "test" ? Promise.resolve(good) : Promise.reject(
      new OrkaError("no-context", `context "prod" does not exist`, { hint: "see kubectl config" }),
    );
  await using robot = await Robot.start({ engine: good, connect, context: "prod" });
  robot.expect("contexts", "viewer", `context "prod" does not exist`, "✗ no connection");
  await robot.type("<enter>");
  robot.expect("web-7c9-aaaaa", "● live").expectNot("does not exist");
});

Deno.test("a failed connection is tried again by itself", async () => {
  const engine = smallCluster();
  let isBroken = true;
  const connect = () =>
    isBroken ? Promise.reject(new OrkaError("kubeconfig", "bad YAML")) : Promise.resolve<Engine>(engine);
  await using robot = await Robot.start({ engine, connect });
  robot.expect("bad YAML");
  isBroken = false;
  await robot.wait(11_000);
  robot.expect("web-7c9-aaaaa", "● live").expectNot("bad YAML");
});

Deno.test("switching contexts shows one cluster only, also when it fails", async () => {
  const engines: Record<string, FakeEngine> = {
    test: smallCluster(),
    viewer: new FakeEngine({ kinds: KINDS, context: "viewer", namespace: "shop" }),
  };
  engines["viewer"]!.put(podOf("only-here", { namespace: "shop" }));
  const connect = (context = "test"): Promise<Engine> => {
    const engine = engines[context];
    return engine
      ? Promise.resolve(engine)
      : Promise.reject(new OrkaError("kubeconfig", "cannot be reached"));
  };
  const names = ["test", "viewer", "gone"];
  const contexts = () =>
    Promise.resolve(names.map((name) => ({ name, cluster: name, user: name, namespace: "" })));
  await using robot = await Robot.start({ engine: engines["test"]!, connect, contexts });
  await robot.type(":svc<enter>:ctx viewer<enter>");
  robot.expect("only-here").expectNot("web-7c9-aaaaa");
  assert.match(robot.header, /viewer › shop › pods/);
  await robot.type("[").then((r) => r.expect("Nothing before this").expectNot("ClusterIP"));
  assert.ok(engines["test"]!.log.includes("dispose"));
  await robot.type(":ctx tset<enter>").then((r) =>
    r.expect(`no context "tset"`, "did you mean test?", "only-here")
  );
  await robot.type(":ctx gone<enter>");
  robot.expect("Context gone: cannot be reached", "contexts", "next try in 10s").expectNot("only-here");
  await robot.type(":po<enter>").then((r) => r.expect("No connection yet"));
  await robot.type(":po default @test<enter>").then((r) => r.expect("web-7c9-aaaaa").expectNot("cannot be"));
  await robot.type(":ctx v<enter>").then((r) => assert.match(r.header, /viewer/, "the suggestion is taken"));
});

Deno.test("an answer to an earlier context is thrown away", async () => {
  const slow = smallCluster();
  const fast = new FakeEngine({ kinds: KINDS, context: "viewer" });
  const { promise, resolve } = Promise.withResolvers<Engine>();
  const connect = (context: string | undefined) =>
    context === "viewer" ? Promise.resolve<Engine>(fast) : promise;
  await using robot = await Robot.start({ engine: slow, connect });
  await robot.type(":ctx viewer<enter>");
  resolve(slow);
  await robot.settle();
  assert.match(robot.header, /viewer/);
  assert.deepEqual(slow.log, ["dispose"]);
});

Deno.test("a failure in what a key does is a notice, not the end", async () => {
  await using robot = await Robot.start();
  robot.engine.remove("deployments.apps", "web", "default");
  await robot.type("/done<enter><shift-j>").then((r) => r.expect("has no owner"));
  robot.engine.remove("pods", "done-1", "default");
  await robot.type("<esc>:rs<enter>");
  robot.engine.log.length = 0;
  await robot.type("<shift-j>");
  assert.equal(robot.isOver, false);
});

Deno.test("a crash of the engine is said, and another one is opened", async () => {
  const engines = [smallCluster(), smallCluster()];
  const crash: ((error: Error) => void)[] = [];
  const connect: SessionOptions["connect"] = (_, { onCrash }) => {
    crash.push(onCrash);
    return Promise.resolve<Engine>(engines[crash.length - 1]!);
  };
  await using robot = await Robot.start({ engine: engines[0]!, connect });
  crash[0]!(new Error("out of luck"));
  await robot.settle();
  robot.expect("out of luck", "✗ no connection");
  await robot.wait(10_000);
  robot.expect("● live");
  assert.equal(crash.length, 2);
});
