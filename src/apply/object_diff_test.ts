import assert from "node:assert/strict";
import { changeLines } from "./change_text.ts";
import { diffObjects, type FieldChange, sameJson } from "./object_diff.ts";
import { pathText } from "./field_path.ts";
import { withoutNoise } from "./noise.ts";
import { maskSecrets } from "./secret_mask.ts";
import type { KubeObject } from "../kube/mod.ts";

function told(changes: readonly FieldChange[]): string[] {
  return changes.map(({ type, path }) => `${type} ${pathText(path)}`);
}

Deno.test("fields that were set, changed and taken out are told by their paths", () => {
  const before = { spec: { replicas: 2, paused: true }, metadata: { annotations: { "a.b/c": "1" } } };
  const after = {
    spec: { replicas: 3, strategy: { type: "Recreate" } },
    metadata: { annotations: { "a.b/c": "2" } },
  };
  assert.deepEqual(told(diffObjects(before, after)), [
    "remove spec.paused",
    "replace spec.replicas",
    "add spec.strategy",
    'replace metadata.annotations["a.b/c"]',
  ]);
});

Deno.test("a keyed list's items are compared with their own, wherever they stand", () => {
  const web = { name: "web", image: "web:1", ports: [{ containerPort: 80 }] };
  const log = { name: "log", image: "log:1" };
  const before = { containers: [web, log] };
  const after = { containers: [{ name: "init", image: "i" }, { ...log, image: "log:2" }, web] };
  assert.deepEqual(told(diffObjects(before, after)), [
    "add containers[name=init]",
    "replace containers[name=log].image",
  ]);
  assert.deepEqual(diffObjects(before, { containers: [log, web] }), []);
});

Deno.test("a port is known by its number and protocol, TCP unless it says another", () => {
  const before = { ports: [{ containerPort: 53, protocol: "UDP" }, { containerPort: 53 }] };
  const after = {
    ports: [{ containerPort: 53, protocol: "TCP", hostPort: 5 }, { containerPort: 53, protocol: "UDP" }],
  };
  assert.deepEqual(told(diffObjects(before, after)), [
    "add ports[containerPort=53,protocol=TCP].protocol",
    "add ports[containerPort=53,protocol=TCP].hostPort",
  ]);
});

Deno.test("a list whose items can't be told apart is one value; of equal length, its maps are compared in place", () => {
  assert.deepEqual(told(diffObjects({ args: ["a", "b"] }, { args: ["a", "c", "b"] })), ["replace args"]);
  const rules = (verb: string) => ({ rules: [{ verbs: [verb] }, { verbs: ["get"] }] });
  assert.deepEqual(told(diffObjects(rules("list"), rules("watch"))), ["replace rules[0].verbs"]);
});

Deno.test("what the schema says goes before what it looks like", () => {
  const lists = () => ({ type: "map", keys: ["name", "zone"] } as const);
  const before = { peers: [{ name: "a", zone: "1", x: 1 }, { name: "a", zone: "2", x: 1 }] };
  const after = { peers: [{ name: "a", zone: "2", x: 2 }] };
  assert.deepEqual(told(diffObjects(before, after, { lists })), [
    "remove peers[name=a,zone=1]",
    "replace peers[name=a,zone=2].x",
  ]);
  assert.deepEqual(told(diffObjects(before, after, { strict: true })), ["replace peers"]);
});

Deno.test("changes read as lines", () => {
  const before = { replicas: 2, env: [{ name: "A", value: "1" }] };
  const after = {
    replicas: 3,
    env: [{ name: "B", valueFrom: { configMapKeyRef: { name: "c" } } }],
    text: "a\nb\n",
  };
  assert.deepEqual(changeLines(diffObjects(before, after)).map(({ sign, text }) => `${sign} ${text}`), [
    "~ replicas: 2 -> 3",
    '- env[name=A]: {"name":"A","value":"1"}',
    "+ env[name=B]:",
    "+   name: B",
    "+   valueFrom:",
    "+     configMapKeyRef:",
    "+       name: c",
    "+ text: |",
    "+   a",
    "+   b",
  ]);
});

Deno.test("of a text of many lines, those that differ are shown with the lines around them", () => {
  const text = (changed: string) =>
    Array.from({ length: 30 }, (_, at) => at === 20 ? changed : `line ${at}`).join("\n");
  const lines = changeLines(diffObjects({ conf: text("old") }, { conf: text("new") }));
  assert.deepEqual(lines.map(({ sign, text }) => `${sign} ${text}`), [
    "~ conf: |",
    "    line 17",
    "    line 18",
    "    line 19",
    "-   old",
    "+   new",
    "    line 21",
    "    line 22",
    "    line 23",
  ]);
});

Deno.test("noise is what nobody wrote", () => {
  const object: KubeObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "c",
      uid: "u",
      resourceVersion: "1",
      labels: { a: "b" },
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
    },
    status: { x: 1 },
  };
  const clean = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", labels: { a: "b" } } };
  assert.deepEqual(withoutNoise(object), clean);
  assert.deepEqual(withoutNoise(object, { status: true }), { ...clean, status: { x: 1 } });
});

Deno.test("a Secret's values are never seen, only that one changed", () => {
  const secret = (data: Record<string, string>): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", annotations: { "kubectl.kubernetes.io/last-applied-configuration": "c2VjcmV0" } },
    data,
    stringData: { s: "plain-secret" },
  });
  const [before, after] = maskSecrets(
    secret({ a: "c2FtZQ==", b: "b2xk", gone: "eA==" }),
    secret({ a: "c2FtZQ==", b: "bmV3" }),
  );
  assert.deepEqual(before.data, { a: "***", b: "*** (before)", gone: "***" });
  assert.deepEqual(after.data, { a: "***", b: "*** (after)" });
  assert.doesNotMatch(JSON.stringify([before, after]), /c2VjcmV0|plain-secret|bmV3|b2xk/);
  const other = { ...secret({ a: "x" }), kind: "ConfigMap" };
  assert.equal(maskSecrets(other, other)[0], other);
});

Deno.test("equality of JSON", () => {
  assert.ok(sameJson({ a: [1, { b: null }], c: undefined }, { a: [1, { b: null }] }));
  for (
    const [a, b] of [[{ a: 1 }, { a: 1, b: 2 }], [[1], [1, 2]], [null, {}], [[], {}], [0, ""], [
      { a: null },
      {},
    ]]
  ) {
    assert.ok(!sameJson(a, b) && !sameJson(b, a), JSON.stringify([a, b]));
  }
});
