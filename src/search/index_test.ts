import assert from "node:assert/strict";
import { resourceOf } from "../../tests/support/resources.ts";
import { seededRandom } from "../base/mod.ts";
import { type Resource, resourceKey } from "../kube/mod.ts";
import { KindStore, readRow, type Snapshot, storeColumns } from "../store/mod.ts";
import { SearchIndex, textPrefix } from "./index.ts";
import { parseQuery } from "./parse_query.ts";
import type { TextTerm } from "./query.ts";
import { matchText } from "./text/match_text.ts";

const NOW_MS = 1_700_000_000_000;

const column = (name: string, type = "string") => ({ name, type, format: "", description: "", priority: 0 });

interface PodLike {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: string;
  readonly restarts: string;
  readonly cpu: string;
  readonly ageSecs: number;
}

/** One kind whose objects come and go. */
class Kind {
  readonly store = new KindStore({ raw: null });
  readonly objects = new Map<string, PodLike>();
  snapshot: Snapshot;

  constructor(readonly resource: Resource) {
    const names = ["Name", "Status", "Restarts", "CPU", "Age"];
    this.store.setColumns(storeColumns(names.map((name) => column(name))));
    this.snapshot = this.store.publish();
  }

  put(uid: string, object: PodLike): void {
    const { name, namespace, labels, status, restarts, cpu, ageSecs } = object;
    const creationTimestamp = new Date(NOW_MS - ageSecs * 1000).toISOString();
    const row = readRow({ metadata: { uid, name, namespace, labels, creationTimestamp } }, [
      name,
      status,
      restarts,
      cpu,
      `${ageSecs}s`,
    ]);
    this.store.upsert(row, null, { receivedMs: NOW_MS, by: "watch" });
    this.objects.set(uid, object);
  }

  remove(uid: string): void {
    this.store.remove(uid);
    this.objects.delete(uid);
  }

  publish(index: SearchIndex): void {
    this.snapshot = this.store.publish();
    index.update(resourceKey(this.resource), { resource: this.resource, snapshot: this.snapshot });
  }
}

function settle(index: SearchIndex): void {
  while (index.isUnsettled) for (const _ of index.settle());
}

const WORDS = ["web", "api", "db", "cart", "pay", "auth", "shop", "prod"];

function randomObject(random: () => number): PodLike {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  return {
    name: `${pick(WORDS)}-${pick(WORDS)}-${Math.floor(random() * 1e6).toString(36)}`,
    namespace: pick(WORDS),
    labels: random() < 0.8 ? { app: pick(WORDS), tier: pick(["1", "2"]) } : {},
    status: pick(["Running", "Pending", "Failed"]),
    restarts: pick(["0", "3", "7 (5m ago)", "12"]),
    cpu: pick(["250m", "1", "1500m", "<none>"]),
    ageSecs: Math.floor(random() * 20_000),
  };
}

/** Typed terms beside what they mean, said once more by hand. */
const TERMS: readonly (readonly [string, (object: PodLike, kind: Resource) => boolean])[] = [
  ["k:po", (_, { kind }) => kind === "Pod"],
  ["k:deploy,pods", () => true],
  ["-k:Deployment", (_, { kind }) => kind !== "Deployment"],
  ["g:apps", (_, { group }) => group === "apps"],
  ["g:core", (_, { group }) => group === ""],
  ["ns:shop,prod", ({ namespace }) => namespace === "shop" || namespace === "prod"],
  ["-ns:*p*", ({ namespace }) => !namespace.includes("p")],
  ["name:web-*", ({ name }) => name.startsWith("web-")],
  ["label:app", ({ labels }) => labels["app"] !== undefined],
  ["label:app=web,a*", ({ labels }) => /^(web|a.*)$/.test(labels["app"] ?? "")],
  ["label:app!=web", ({ labels }) => labels["app"] !== "web"],
  ["-label:tier=1", ({ labels }) => labels["tier"] !== "1"],
  ["restarts>3", ({ restarts }) => parseInt(restarts) > 3],
  ["restarts<=3", ({ restarts }) => parseInt(restarts) <= 3],
  ["-restarts=0", ({ restarts }) => restarts !== "0"],
  ["cpu>=1", ({ cpu }) => cpu === "1" || cpu === "1500m"],
  ["cpu=1000m", ({ cpu }) => cpu === "1"],
  ["cpu<1", ({ cpu }) => cpu === "250m"],
  ["age<2h", ({ ageSecs }) => ageSecs < 7200],
  ["age>=90m", ({ ageSecs }) => ageSecs >= 5400],
  ["status=running,failed", ({ status }) => status !== "Pending"],
  ["field:status!=Running", ({ status }) => status !== "Running"],
  ["app=web", ({ labels }) => labels["app"] === "web"],
];

Deno.test("property: a plain scan finds the same by typed terms and text, after any history", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
    const index = new SearchIndex();
    const kinds = [
      new Kind(resourceOf("Pod", { shortNames: ["po"] })),
      new Kind(resourceOf("Deployment", { group: "apps", shortNames: ["deploy"] })),
    ];
    let uids = 0;
    for (let round = 0; round < 10; round++) {
      for (const kind of kinds) {
        for (let i = 0; i < 40; i++) {
          const uids_ = [...kind.objects.keys()];
          const known = uids_.length > 0 && random() < 0.5 ? pick(uids_) : undefined;
          if (known !== undefined && random() < 0.4) kind.remove(known);
          else if (known !== undefined) {
            const { name, namespace } = kind.objects.get(known)!;
            kind.put(known, { ...randomObject(random), name, namespace });
          } else kind.put(`uid-${uids++}`, randomObject(random));
        }
        kind.publish(index);
      }
      settle(index);
      // Asked twice over a change, so that what was kept of the first answer would show.
      const failed = () => index.search(parseQuery("status=failed"), { limit: 1, nowMs: NOW_MS }).matched;
      const all = kinds.flatMap((kind) => [...kind.objects.values()]);
      assert.equal(failed(), all.filter(({ status }) => status === "Failed").length, `seed ${seed}`);
      const typed = Array.from({ length: Math.floor(random() * 4) }, () => pick(TERMS));
      const words = random() < 0.5 ? [] : [pick(["w", "pay", "'shop", "!web", "ap-c", "^db"])];
      const text = [...typed.map(([term]) => term), ...words].join(" ");
      const query = parseQuery(text);
      const terms = query.filter((term): term is TextTerm => term.type === "text");
      const want = kinds.flatMap((kind) =>
        [...kind.objects.values()].flatMap((object) => {
          if (!typed.every(([, holds]) => holds(object, kind.resource))) return [];
          const prefix = textPrefix(kind.resource, object.namespace);
          const found = matchText(terms, { text: prefix + object.name, name: prefix.length });
          return found === null ? [] : [`${found.score} ${prefix}${object.name}`];
        })
      );
      const answer = index.search(query, { limit: 10_000, nowMs: NOW_MS });
      const got = answer.hits.map((hit) =>
        `${hit.score} ${textPrefix(hit.resource, hit.namespace)}${hit.name}`
      );
      assert.deepEqual(got.toSorted(), want.sort(), `seed ${seed}, round ${round}: ${text}`);
      assert.equal(answer.matched, want.length);
      failed();
    }
  }
});

Deno.test("property: what was selected before few rows changed is what a new index selects", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seededRandom(seed);
    const kept = new SearchIndex();
    const kind = new Kind(resourceOf("Pod"));
    for (let i = 0; i < 200; i++) kind.put(`uid-${i}`, randomObject(random));
    kind.publish(kept);
    const queries = ["restarts>3", "-status=failed w", "age<2h", "status=failed cpu<1 a"];
    const ask = (index: SearchIndex, text: string, nowMs: number) =>
      index.search(parseQuery(text), { limit: 1000, nowMs }).hits.map(({ uid }) => uid);
    for (let round = 0; round < 12; round++) {
      const text = queries[Math.floor(round / 4) % queries.length]!;
      settle(kept);
      ask(kept, text, NOW_MS);
      // Now and then a snapshot goes by unasked.
      for (let publish = round % 3; publish >= 0; publish--) {
        for (let i = 0; i < 3; i++) {
          const uid = `uid-${Math.floor(random() * 230)}`;
          if (kind.objects.has(uid) && random() < 0.3) kind.remove(uid);
          else kind.put(uid, randomObject(random));
        }
        kind.publish(kept);
      }
      settle(kept);
      const fresh = new SearchIndex();
      fresh.update("pods", { resource: kind.resource, snapshot: kind.snapshot });
      settle(fresh);
      const nowMs = NOW_MS + round * 600_000;
      assert.deepEqual(
        ask(kept, text, nowMs),
        ask(fresh, text, nowMs),
        `seed ${seed}, round ${round}: ${text}`,
      );
    }
  }
});

Deno.test("a body that comes late is found, although its row did not change", () => {
  const index = new SearchIndex();
  const kind = new Kind(resourceOf("Pod"));
  kind.put("uid-1", randomObject(seededRandom(1)));
  kind.snapshot = kind.store.publish();
  const bodies = new Map<string, Uint8Array>();
  const { resource, snapshot } = kind;
  index.update("pods", { resource, snapshot, readBody: (uid) => bodies.get(uid) ?? null });
  settle(index);
  const query = parseQuery("field:spec.nodeName=n1");
  const ask = () => {
    for (const _ of index.prepare(query));
    return index.search(query, { limit: 5, nowMs: NOW_MS }).matched;
  };
  assert.equal(ask(), 0);
  bodies.set("uid-1", new TextEncoder().encode('{"spec":{"nodeName":"n1"}}'));
  assert.equal(ask(), 1);
});

/** Pods with these bodies; null: not held. */
function podsWith(index: SearchIndex, bodies: Readonly<Record<string, unknown>>): (text: string) => string {
  const store = new KindStore({ raw: null });
  store.setColumns(storeColumns([column("Name")]));
  for (const name of Object.keys(bodies)) {
    const row = readRow({ metadata: { uid: name, name, namespace: "shop" } }, [name]);
    store.upsert(row, null, { receivedMs: NOW_MS, by: "list" });
  }
  const readBody = (uid: string) =>
    bodies[uid] === null ? null : new TextEncoder().encode(JSON.stringify(bodies[uid]));
  index.update("pods", { resource: resourceOf("Pod"), snapshot: store.publish(), readBody });
  settle(index);
  return (text) => {
    const query = parseQuery(text);
    for (const _ of index.prepare(query));
    return index.search(query, { limit: 10, nowMs: NOW_MS }).hits.map(({ name }) => name).join();
  };
}

Deno.test("cpu and memory compare as quantities, and what has none fits no comparison", () => {
  const asks = (cpu: string, memory: string) => ({
    spec: { containers: [{ resources: { requests: { cpu, memory } } }] },
  });
  const find = podsWith(new SearchIndex(), {
    a: asks("500m", "1Gi"),
    b: asks("2", "1500M"),
    c: { spec: { containers: [{}] } },
    d: asks("50m", "900Mi"),
  });
  assert.equal(find("cpu>500m"), "b");
  assert.equal(find("cpu>=0.5"), "a,b");
  assert.equal(find("k:pods CPU<1"), "a,d");
  assert.equal(find("cpu=2000m"), "b");
  assert.equal(find("field:cpu>1h"), "", "a duration is no quantity");
  assert.equal(find("memory>=1Gi"), "a,b");
  assert.equal(find("field:memory"), "a,b,d");
  assert.equal(find("-memory>=1Gi"), "c,d");
});

Deno.test("what is not known of a body fits no term, negated or not", () => {
  const find = podsWith(new SearchIndex(), {
    a: { metadata: { annotations: { team: "x" } } },
    b: {},
    c: null,
  });
  assert.equal(find("anno:team"), "a");
  assert.equal(find("-anno:team"), "b");
  assert.equal(find("-field:spec.x=1"), "a,b");
  assert.equal(find("-cpu>1"), "a,b");
});

Deno.test("a full index takes nothing more in, counts it, and takes it in when there is room", () => {
  const empty = new SearchIndex().bytesHeld;
  const index = new SearchIndex({ maxBytes: empty + 80_000 });
  const random = seededRandom(7);
  const [pods, deployments] = [new Kind(resourceOf("Pod")), new Kind(resourceOf("Deployment"))];
  for (let i = 0; i < 100; i++) pods.put(`pod-${i}`, { ...randomObject(random), name: `pod-${i}` });
  for (let i = 0; i < 1000; i++) deployments.put(`d-${i}`, { ...randomObject(random), name: `d-${i}` });
  const matched = () => index.search([], { limit: 1, nowMs: NOW_MS }).matched;
  pods.publish(index);
  settle(index);
  assert.equal(index.missing(), 0);
  deployments.publish(index);
  settle(index);
  const missing = index.missing();
  assert.ok(missing > 0 && missing <= 1000, String(missing));
  assert.equal(index.missing(new Set([resourceKey(pods.resource)])), 0);
  assert.equal(matched(), 1100 - missing);
  assert.ok(index.bytesHeld < empty + 160_000, String(index.bytesHeld));
  for (let i = 0; i < 990; i++) deployments.remove(`d-${i}`);
  deployments.publish(index);
  settle(index);
  deployments.put("d-2000", { ...randomObject(random), name: "d-2000" });
  deployments.publish(index);
  settle(index);
  assert.equal(index.missing(), 0);
  assert.equal(matched(), 111);
});

Deno.test("a collection that is taken out is found no more, and one of two groups is told apart", () => {
  const index = new SearchIndex();
  const kinds = ["a.io", "b.io"].map((group) => new Kind(resourceOf("Thing", { group })));
  for (const [at, kind] of kinds.toReversed().entries()) {
    kind.put(`uid-${at}`, { ...randomObject(seededRandom(1)), name: "same", namespace: "shop" });
    kind.publish(index);
  }
  settle(index);
  const find = (text: string) =>
    index.search(parseQuery(text), { limit: 10, nowMs: NOW_MS }).hits.map(({ resource }) => resource.group);
  assert.deepEqual(find("same"), ["a.io", "b.io"]);
  assert.deepEqual(find("g:b.io same"), ["b.io"]);
  index.remove(resourceKey(kinds[0]!.resource));
  assert.deepEqual(find("same"), ["b.io"]);
  assert.equal(index.size, 1);
});

Deno.test("a column that no kind has is named", () => {
  const index = new SearchIndex();
  const pods = new Kind(resourceOf("Pod"));
  pods.put("uid-1", randomObject(seededRandom(1)));
  pods.publish(index);
  assert.deepEqual(index.unknownFields(parseQuery("restart>5 age<1h cpu>1 memory>1 spec.x>1")), ["restart"]);
});
