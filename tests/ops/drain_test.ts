import assert from "node:assert/strict";
import { deleteObject, patchObject } from "../../src/apply/mod.ts";
import { ManualClock } from "../../src/base/mod.ts";
import {
  type DrainPlan,
  type DrainResult,
  isCordoned,
  planDrain,
  runDrain,
  tryEvictions,
} from "../../src/ops/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import { cliOnEmbedded, type CliOptions, settled } from "../cli/harness.ts";
import { NodeRig } from "./node_rig.ts";

const ALL = ["--ignore-daemonsets", "--force", "--delete-emptydir-data"];

/** A drain for real on a clock that runs as long as it does. */
function drain(rig: NodeRig, args: readonly string[], options: CliOptions = {}) {
  const clock = new ManualClock();
  const orka = cliOnEmbedded(rig.cluster, { clock, ...options });
  return settled(clock, orka("drain", "n1", "--write", ...args));
}

/** A plan, what `meanwhile` does, and its run to the end. */
async function ranPlan(rig: NodeRig, meanwhile?: () => Promise<void>) {
  const { client } = rig;
  const clock = new ManualClock();
  const memory = await openMemory({ directory: null, clock, warn: assert.fail });
  const plan = await planDrain(client, "n1", { nowMs: clock.now() });
  await meanwhile?.();
  let result: DrainResult | null = null;
  runDrain(plan, { context: { client, memory, user: "jane" }, clock, timeoutMs: 0, random: () => 0 })
    .then((found) => result = found, assert.fail);
  while (result === null) await clock.advance(500);
  const audit = memory.audit.list();
  memory.close();
  return { result: result as DrainResult, audit };
}

async function cordoned(rig: NodeRig): Promise<boolean> {
  return isCordoned((await rig.read("Node", "n1"))!);
}

Deno.test("the plan names what goes, what stays and what stands in the way, and nothing is changed", async () => {
  await using rig = await NodeRig.open();
  await rig.owner({ kind: "DaemonSet", name: "proxy" });
  await rig.owner({ kind: "DaemonSet", name: "gone" });
  await rig.pod("a-web");
  await rig.pod("b-cache", { emptyDir: true });
  await rig.pod("c-bare", { owner: null });
  await rig.pod("d-daemon", { owner: { kind: "DaemonSet", name: "proxy" } });
  await rig.pod("e-orphan", { owner: { kind: "DaemonSet", name: "gone" } });
  await rig.pod("f-mirror", { mirror: true, owner: null });
  await rig.pod("g-done", { owner: null, emptyDir: true, phase: "Succeeded" });
  await rig.pod("h-elsewhere", { node: "n2" });
  const orka = cliOnEmbedded(rig.cluster, {
    fault: ({ url }) => url.endsWith("/daemonsets/gone") ? { status: 404 } : null,
  });
  (await orka("drain", "n1")).code(1).stdout(
    `node/n1: 2 pods to evict, 1 to stay, 4 in the way
  evict      default/a-web      
  stops it   default/b-cache    cannot delete Pods with local storage (use --delete-emptydir-data to override)
  stops it   default/c-bare     cannot delete Pods that declare no controller (use --force to override)
  stops it   default/d-daemon   cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)
  stops it   default/e-orphan   daemonsets.apps "gone" not found
  stays      default/f-mirror   is a mirror pod
  evict      default/g-done     
`,
  ).stderr(/unable to drain node "n1" due to error: cannot delete Pods with local storage/);
  (await orka("drain", "n1", ...ALL)).code(3).stdout(/5 pods to evict, 2 to stay\n/).stderr(/--write/);
  (await orka("drain", "n1", ...ALL, "--dry-run=server")).code(0);
  (await orka("drain", "n1", "--write")).code(1).stderr(/Nothing was changed/);
  assert.equal((await rig.podNames()).length, 8);
  assert.equal(await cordoned(rig), false);
});

Deno.test("pods of a DaemonSet that can't be read stay, whatever is forced; those of one that is gone go", async () => {
  await using rig = await NodeRig.open();
  await rig.owner({ kind: "DaemonSet", name: "proxy" });
  await rig.owner({ kind: "DaemonSet", name: "gone" });
  await rig.pod("a-daemon", { owner: { kind: "DaemonSet", name: "proxy" } });
  await rig.pod("b-orphan", { owner: { kind: "DaemonSet", name: "gone" } });
  const orka = cliOnEmbedded(rig.cluster, {
    fault: ({ url }) =>
      url.endsWith("/daemonsets/proxy")
        ? { status: 403 }
        : url.endsWith("/daemonsets/gone")
        ? { status: 404 }
        : null,
  });
  (await orka("drain", "n1", ...ALL)).code(1).stdout(
    /stops it +default\/a-daemon[^]*evict +default\/b-orphan/,
  );
});

Deno.test("a drain cordons the node, evicts the pods and waits until they are gone", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.pod("b", { emptyDir: true });
  await rig.pod("other", { node: "n2" });
  const ran = await drain(rig, ALL);
  ran.code(0).stderr("Warning: deleting Pods with local storage: default/b\n");
  assert.deepEqual(ran.out.trim().split("\n").sort(), [
    "evicting pod default/a",
    "evicting pod default/b",
    "node/n1 cordoned",
    "node/n1 drained",
    "pod/a evicted",
    "pod/b evicted",
  ]);
  assert.deepEqual(await rig.podNames(), ["other"]);
  assert.ok(await cordoned(rig));
  (await drain(rig, [])).code(0).stdout("node/n1 already cordoned\nnode/n1 drained\n");
});

Deno.test("a budget that allows nothing is named by the plan, and holds the drain until its time is over", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.pod("b");
  await rig.pod("free", { labels: { app: "free" } });
  await rig.budget("web", { minAvailable: 2 });
  (await cliOnEmbedded(rig.cluster)("drain", "n1")).code(3)
    .stdout(/budgets:\n {2}default\/web {3}min available 2 {3}holds 2 pods back: no eviction allowed now/)
    .stdout(/default\/a +refused now: Cannot evict pod as it would violate the pod's disruption budget\./);
  const ran = await drain(rig, ["--timeout=30s"]);
  ran.code(1)
    .stderr(/error when evicting pods\/"a" -n "default" \(will retry after \d+s\): Cannot evict pod/)
    .stderr(
      /drain did not complete within 30s: default\/a is held back; default\/b is held back\n1 of 3 pods are gone/,
    );
  assert.equal(ran.err.match(/pods\/"a"/g)!.length, 1);
  assert.deepEqual(await rig.podNames(), ["a", "b"]);
});

Deno.test("evictions that a budget holds back go through once it allows them", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.budget("web", { minAvailable: 1 });
  let refused = 0;
  const clock = new ManualClock();
  const orka = cliOnEmbedded(rig.cluster, {
    clock,
    fault: (request) => {
      if (request.url.endsWith("/eviction") && ++refused === 3) void rig.pod("spare", { node: "n2" });
      return null;
    },
  });
  (await settled(clock, orka("drain", "n1", "--write"))).code(0).stdout(
    /pod\/a evicted\nnode\/n1 drained\n$/,
  );
  assert.ok(refused >= 3);
});

Deno.test("--disable-eviction deletes past the budgets", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.budget("web", { minAvailable: 1 });
  (await drain(rig, ["--disable-eviction"])).code(0).stdout(/deleting pod default\/a\npod\/a deleted\n/);
});

Deno.test("Ctrl-C leaves the node cordoned and says what is done", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a", { labels: { app: "free" } });
  await rig.pod("b");
  await rig.budget("web", { minAvailable: 1 });
  const stop = new AbortController();
  const ran = await drain(rig, [], {
    signal: stop.signal,
    onStdout: (text) =>
      text.includes("pod/a evicted") && stop.abort(new DOMException("Ctrl-C", "AbortError")),
  });
  ran.code(130).stderr(
    /stopped: 1 of 2 pods are gone; node\/n1 stays cordoned\.\nRun it again to go on, or orka uncordon n1/,
  );
  assert.deepEqual(await rig.podNames(), ["b"]);
  assert.ok(await cordoned(rig));
});

Deno.test("pods that finalizers hold are named while it waits and when it gives up", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("held", { finalizers: ["a.test/hold"] });
  (await drain(rig, ["--timeout=20s"])).code(1)
    .stderr(/pod default\/held waits for its finalizers: a\.test\/hold/)
    .stderr(/within 20s: default\/held waits for its finalizers: a\.test\/hold/);
});

Deno.test("a node that is deleted meanwhile ends the drain, with what is left", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("held", { finalizers: ["a.test/hold"] });
  const ran = await drain(rig, [], {
    onStdout: (text) => {
      if (text.includes("evicting pod")) void deleteObject(rig.client, rig.target("Node", "n1"));
    },
  });
  ran.code(1).stderr(
    /node "n1" was deleted while it was drained: 0 of 1 pods are gone\nLeft to the cluster to collect: default\/held/,
  );
});

Deno.test("storms of 429 and a few faults of the server are ridden out; a lasting fault ends it", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.pod("b");
  const tries = new Map<string, number>();
  const fault = (answers: readonly (number | undefined)[]) => (request: Request): ResponseInit | null => {
    const { pathname } = new URL(request.url);
    if (!pathname.endsWith("/eviction")) return null;
    const at = tries.get(pathname) ?? 0;
    tries.set(pathname, at + 1);
    const status = answers[Math.min(at, answers.length - 1)];
    return status === undefined ? null : { status, headers: { "retry-after": "1" } };
  };
  const lasting = await drain(rig, [], { fault: fault([500]) });
  lasting.code(1).stderr(/unable to drain node "n1": default\/a: .*; default\/b: /).stderr(
    /0 of 2 pods are gone/,
  );
  assert.deepEqual([...tries.values()], [6, 6]);
  tries.clear();
  (await drain(rig, [], { fault: fault([429, 429, 429, 500, 503, 429, 500, undefined]) })).code(0);
  assert.deepEqual(await rig.podNames(), []);
});

Deno.test("a pod made anew under an evicted one's name is left alone", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a", { labels: {} });
  await rig.pod("b");
  await rig.budget("web", { minAvailable: 1 });
  const isOfA = (url: string) => url.endsWith("/pods/a/eviction");
  let anew: Promise<void> | null = null;
  const ran = await drain(rig, ["--timeout=30s"], {
    fault: ({ url }) => {
      if (!isOfA(url) || anew !== null) return null;
      anew = deleteObject(rig.client, rig.target("Pod", "a")).then(() =>
        rig.pod("a", { node: "n2", labels: {} })
      );
      return { status: 429 };
    },
  });
  ran.code(1).stdout(/pod\/a evicted/).stderr(/default\/b is held back/);
  assert.deepEqual(await rig.podNames(), ["a", "b"]);
  const uid = (await rig.read("Pod", "b"))!.metadata.uid!;
  const pods = [{ namespace: "default", name: "a", uid }] as unknown as DrainPlan["evict"];
  const refusals = await tryEvictions(rig.client, { evict: pods }, {});
  assert.equal(refusals.get(uid)?.code, "conflict", "the uid is a precondition");
});

Deno.test("pods that come between the plan and the cordon are covered by the rules too", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  const { result } = await ranPlan(rig, () => rig.pod("late", { owner: null }));
  assert.equal(result.outcome, "refused");
  assert.deepEqual(result.plan.refuse.map(({ name }) => name), ["late"]);
  assert.deepEqual(await rig.podNames(), ["a", "late"]);
  assert.ok(await cordoned(rig));
});

Deno.test("a refused cordon is where it ends: nothing has begun", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  (await drain(rig, [], { fault: ({ method }) => method === "PATCH" ? { status: 503 } : null })).code(1);
  assert.deepEqual(await rig.podNames(), ["a"]);
});

Deno.test("on a terminal it asks, and in a protected context the node's name has to be typed", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  (await drain(rig, [], { terminal: true, answers: ["n"] })).code(3).stderr(
    /^node\/n1: 1 pod to evict, 0 to stay\n +evict +default\/a +\nDrain node "n1", evicting 1 pod\? \[y\/N\]/,
  );
  const files = { "/c.yaml": "contexts: [{match: prod, protected: true}]" };
  const guarded = { env: { ORKA_CONFIG: "/c.yaml" }, files, target: { context: "prod" }, terminal: true };
  (await drain(rig, [], { ...guarded, answers: ["y"] })).code(3).stderr(/type n1 to go on/);
  assert.equal(await cordoned(rig), false);
  (await drain(rig, [], { ...guarded, answers: ["n1"] })).code(0).stderr(/1 of 1 pods are gone/);
});

Deno.test("plan and events as JSON", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  const plan = JSON.parse(
    (await cliOnEmbedded(rig.cluster)("drain", "n1", "--dry-run=server", "--json")).code(0).out,
  );
  assert.deepEqual(plan, {
    node: "n1",
    cordoned: false,
    evict: [{ namespace: "default", name: "a" }],
    skip: [],
    refuse: [],
    budgets: [],
  });
  const ran = (await drain(rig, ["--json"])).code(0);
  assert.deepEqual(ran.out.trim().split("\n").map((line) => JSON.parse(line).type), [
    "cordoned",
    "evicting",
    "evicted",
    "drained",
  ]);
});

Deno.test("what is no node, and selectors that select none, are said", async () => {
  await using rig = await NodeRig.open();
  const orka = cliOnEmbedded(rig.cluster);
  (await orka("drain", "nosuch", "--write")).code(1).stderr(/nodes "nosuch" not found/);
  (await orka("drain")).code(2);
  (await orka("drain", "pod/x")).code(2).stderr(/is no node/);
  (await orka("drain", "n1", "-l", "a=b")).code(2);
  (await orka("drain", "-l", "a=b")).code(1).stderr(/No resources found/);
  await patchObject(rig.client, rig.target("Node", "n1"), {
    type: "merge",
    patch: { metadata: { labels: { a: "b" } } },
  });
  (await orka("drain", "-l", "a=b", "--dry-run")).code(0).stdout(/node\/n1: 0 pods to evict/);
});

Deno.test("connections that are cut, at the eviction and while it waits, cost tries and nothing else", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  await rig.pod("b");
  let cuts = 0;
  const ran = await drain(rig, [], {
    fault: ({ url, method }) => {
      // The cordon, the plan and its second look go through.
      const isEviction = url.endsWith("/eviction");
      const isPoll = method === "GET" && url.includes("resourceVersion=");
      if ((!isEviction && !isPoll) || ++cuts > 6) return null;
      throw new TypeError("connection reset by peer");
    },
  });
  ran.code(0).stdout(/node\/n1 drained\n$/);
  assert.deepEqual(await rig.podNames(), []);
});

Deno.test("a drain is remembered pod by pod; its evictions have no way back, its cordon has", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  const { result, audit } = await ranPlan(rig);
  assert.deepEqual(result.evicted.map(({ name }) => name), ["a"]);
  const entries = audit.map((
    { verb, ref, inverse },
  ) => [verb, ref.name, inverse?.verb ?? null]);
  assert.deepEqual(entries, [["evict", "a", null], ["cordon", "n1", "restore"]]);
});

Deno.test("a mistake of Orka's own in an eviction ends the drain and is heard", async () => {
  await using rig = await NodeRig.open();
  await rig.pod("a");
  const { client } = rig;
  const clock = new ManualClock();
  const plan = await planDrain(client, "n1", { nowMs: clock.now() });
  const odd = {
    ...client,
    target: client.target,
    request: client.request.bind(client),
    json: (path: string, options: Parameters<typeof client.json>[1]) =>
      path.includes("/eviction") ? Promise.reject(new TypeError("a bug")) : client.json(path, options),
  };
  const context = { client: odd, memory: null, user: "jane" };
  let failure: unknown = null;
  runDrain(plan, { context, clock, timeoutMs: 0, random: () => 0 }).then(() => failure = "none", (error) => {
    failure = error;
  });
  for (let i = 0; i < 20 && failure === null; i++) await clock.advance(1_000);
  assert.ok(failure instanceof TypeError, String(failure));
});
