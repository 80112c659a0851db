import assert from "node:assert/strict";
import cases from "../../../fixtures/k1s/strategic_patches.json" with { type: "json" };
import types from "../builtin/types.json" with { type: "json" };
import type { StoredDefinition } from "../builtin/mod.ts";
import { patchSchema } from "../builtin/patch_schema.ts";
import { applyStrategicMergePatch, type Json, type JsonObject, PatchError } from "./mod.ts";

const deployment = patchSchema(
  types as unknown as Record<string, StoredDefinition>,
  "io.k8s.api.apps.v1.Deployment",
);

interface Recorded {
  readonly original: JsonObject;
  readonly patch: JsonObject;
  readonly result: JsonObject;
}

/** What the real server's defaulting does not touch, in a form that ignores empty against absent. */
function essence(object: Json): unknown {
  const { metadata, spec } = object as {
    metadata: { finalizers?: string[]; labels?: JsonObject };
    spec: { strategy: { type: string }; template: { spec: Record<string, JsonObject[]> } };
  };
  const { containers = [], volumes = [], tolerations = [], hostAliases = [], nodeSelector } =
    spec.template.spec;
  return {
    finalizers: metadata.finalizers ?? [],
    labels: { ...metadata.labels },
    strategy: spec.strategy.type,
    containers: containers.map(({ name, image, env, ports, args }) => ({
      name,
      image,
      env: env ?? [],
      ports: (ports as JsonObject[] ?? []).map((port) => port.containerPort),
      args: args ?? [],
    })),
    volumes: volumes.map((volume) =>
      Object.keys(volume).filter((key) => !key.startsWith("$")).sort().concat(String(volume.name))
    ),
    tolerations: tolerations.map(({ key }) => key),
    hostAliases: hostAliases.map(({ ip, hostnames }) => ({ ip, hostnames: hostnames ?? [] })),
    nodeSelector: { ...nodeSelector },
  };
}

Deno.test("recorded patches give what the real server gave", () => {
  assert.ok(cases.length > 30);
  for (const { original, patch, result } of cases as unknown as Recorded[]) {
    const before = JSON.stringify([original, patch]);
    const ours = applyStrategicMergePatch(original, patch, deployment);
    assert.deepEqual(essence(ours), essence(result), JSON.stringify(patch));
    assert.equal(JSON.stringify([original, patch]), before, "inputs are not changed");
  }
});

const podSpec = (spec: Json): JsonObject => ({ spec: { template: { spec } } });

const REFUSED: readonly [string, Json, Json, RegExp][] = [
  [
    "an element without its key",
    { containers: [{ name: "a" }] },
    { containers: [{ image: "x" }] },
    /does not contain declared merge key: name/,
  ],
  ["an unknown directive", {}, { $patch: "bogus" }, /^$|unknown patch type: bogus/],
  ["an unknown directive in a list", { containers: [{ name: "a" }] }, {
    containers: [{ name: "a", $patch: "x" }],
  }, /unknown patch type: x/],
  ["merging a list on request", { containers: [{ name: "a" }] }, {
    containers: [{ name: "a", $patch: "merge" }],
  }, /cannot yet be specified/],
  ["a patch that breaks $retainKeys", { volumes: [{ name: "v" }] }, {
    volumes: [{ name: "v", emptyDir: {}, $retainKeys: ["name"] }],
  }, /invalid patch format of retainKeys/],
  [
    "an order that is no list",
    { containers: [] },
    { "$setElementOrder/containers": 7 },
    /expected a \[\]interface/,
  ],
  [
    "a list of mixed elements",
    { containers: [{ name: "a" }] },
    { containers: ["a"] },
    /list element types are not identical/,
  ],
];

for (const [name, original, patch, message] of REFUSED) {
  Deno.test(`strategic merge refuses ${name}`, () => {
    assert.throws(() => applyStrategicMergePatch(podSpec(original), podSpec(patch), deployment), (error) => {
      assert.ok(error instanceof PatchError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a field that the schema does not know merges as a map and replaces as a list", () => {
  const original = { data: { a: "1", list: [1, 2] } };
  const merged = applyStrategicMergePatch(original, { data: { b: "2", list: [3] } }, deployment);
  assert.deepEqual(merged, { data: { a: "1", b: "2", list: [3] } });
});

Deno.test("a key named __proto__ is data", () => {
  const patch = JSON.parse('{"metadata": {"labels": {"__proto__": "x"}}}');
  const merged = applyStrategicMergePatch({ metadata: { labels: { a: "b" } } }, patch, deployment);
  assert.equal(JSON.stringify(merged), '{"metadata":{"labels":{"a":"b","__proto__":"x"}}}');
});
