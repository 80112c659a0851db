import assert from "node:assert/strict";
import type { KubeObject } from "../kube/mod.ts";
import { planEdit } from "./edit_plan.ts";
import { fieldOwners, ownersOf } from "./field_owners.ts";
import { pathText } from "./field_path.ts";
import type { ListType, ListTypes } from "./list_types.ts";

const LISTS: Readonly<Record<string, ListType>> = {
  "spec.containers": { type: "map", keys: ["name"] },
  "metadata.finalizers": { type: "set" },
};
const lists: ListTypes = (path) => LISTS[path.join(".")];
const options = { lists, manager: "orka" };

function entry(manager: string, operation: "Apply" | "Update", fieldsV1: object) {
  return {
    manager,
    operation,
    apiVersion: "v1",
    time: "2026-01-02T03:04:05Z",
    fieldsType: "FieldsV1",
    fieldsV1,
  };
}

const LIVE: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-0",
    namespace: "shop",
    uid: "u",
    resourceVersion: "7",
    labels: { app: "web", team: "a" },
    finalizers: ["x/y"],
    managedFields: [
      entry("orka", "Apply", { "f:metadata": { "f:labels": { "f:team": {} } } }),
      entry("kubectl", "Update", {
        "f:metadata": { "f:labels": { ".": {}, "f:app": {} }, "f:finalizers": { ".": {}, 'v:"x/y"': {} } },
        "f:spec": {
          "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {}, "f:args": {} } },
        },
      }),
    ],
  },
  spec: { containers: [{ name: "web", image: "web:1", args: ["a"] }, { name: "log", image: "log:1" }] },
};

function edited(
  change: (copy: { metadata: Record<string, unknown>; spec: Record<string, unknown> }) => void,
) {
  const copy = structuredClone(LIVE) as unknown as Parameters<typeof change>[0];
  const { managedFields: _, resourceVersion: __, uid: ___, ...metadata } = copy.metadata;
  copy.metadata = metadata;
  change(copy);
  return copy as unknown as KubeObject;
}

Deno.test("an edit that says the same is none", () => {
  assert.deepEqual(planEdit(LIVE, edited(() => {}), options), { type: "none" });
});

Deno.test("what was set is applied with what orka had applied before, and nothing of others", () => {
  const plan = planEdit(
    LIVE,
    edited(({ spec }) => (spec.containers as { image: string }[])[1]!.image = "log:2"),
    options,
  );
  assert.deepEqual(plan, {
    type: "apply",
    configuration: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-0", namespace: "shop", labels: { team: "a" } },
      spec: { containers: [{ name: "log", image: "log:2" }] },
    },
  });
});

Deno.test("a list that is one value is applied whole; a set item alone", () => {
  const plan = planEdit(
    LIVE,
    edited(({ metadata, spec }) => {
      metadata.finalizers = ["x/y", "a/b"];
      (spec.containers as { args: string[] }[])[0]!.args.push("b");
    }),
    options,
  );
  assert.equal(plan.type, "apply");
  assert.deepEqual((plan as { configuration: KubeObject }).configuration, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-0", namespace: "shop", labels: { team: "a" }, finalizers: ["a/b"] },
    spec: { containers: [{ name: "web", args: ["a", "b"] }] },
  });
});

Deno.test("taking out what orka alone applied is an apply without it", () => {
  const plan = planEdit(LIVE, edited(({ metadata }) => metadata.labels = { app: "web" }), options);
  assert.deepEqual(plan, {
    type: "apply",
    configuration: { apiVersion: "v1", kind: "Pod", metadata: { name: "web-0", namespace: "shop" } },
  });
});

Deno.test("taking out what another manager owns is one patch of the version that was edited", () => {
  const plan = planEdit(
    LIVE,
    edited(({ metadata, spec }) => {
      metadata.labels = { team: "b" };
      (spec.containers as unknown[]).pop();
    }),
    options,
  );
  assert.equal(plan.type, "patch");
  if (plan.type !== "patch") return;
  assert.deepEqual(plan.patch, {
    metadata: { labels: { app: null, team: "b" }, resourceVersion: "7" },
    spec: { containers: [{ name: "web", image: "web:1", args: ["a"] }] },
  });
  assert.deepEqual(
    plan.removed.map(({ path, owners }) => [pathText(path), owners.map(({ manager }) => manager)]),
    [["metadata.labels.app", ["kubectl"]], ["spec.containers[name=log]", []]],
  );
});

Deno.test("an edited resourceVersion, uid or managedFields changes nothing", () => {
  assert.equal(
    planEdit(LIVE, edited(({ metadata }) => metadata.resourceVersion = "9"), options).type,
    "none",
  );
});

Deno.test("owners of a field, of one around it and of one within it", () => {
  const owners = fieldOwners(LIVE);
  const of = (...path: Parameters<typeof ownersOf>[0]) =>
    ownersOf(path, owners).map(({ manager }) => manager);
  assert.deepEqual(of("metadata", "labels", "team"), ["orka"]);
  assert.deepEqual(of("metadata", "labels"), ["orka", "kubectl"]);
  assert.deepEqual(of("spec", "containers", { key: { name: "web" } }, "image"), ["kubectl"]);
  assert.deepEqual(of("spec", "containers", { key: { name: "web" } }, "args", { index: 0 }), ["kubectl"]);
  assert.deepEqual(of("spec", "nodeName"), []);
});

Deno.test("managedFields that make no sense are nobody's", () => {
  const broken = [null, 3, { manager: "x", fieldsV1: { "k:{": {}, "f:a": 3, "?": {} } }, { fieldsV1: "x" }];
  const owners = fieldOwners({ metadata: { name: "x", managedFields: broken } });
  assert.deepEqual(owners.map(({ fields }) => fields), [[], []]);
});
