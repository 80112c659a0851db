import assert from "node:assert/strict";
import type { Resource } from "../kube/mod.ts";
import { KNOWN_KINDS } from "./known_kinds.ts";
import { type PaletteWorld, suggest } from "./suggestions.ts";

const metrics: Resource = { ...KNOWN_KINDS[0]!, group: "metrics.k8s.io", kind: "PodMetrics", shortNames: [] };
const WORLD: PaletteWorld = {
  resources: [...KNOWN_KINDS, metrics],
  namespaces: ["default", "kube-system", "shop"],
  contexts: ["test", "viewer"],
  history: ["deploy shop", "pods"],
};

function lines(line: string, world = WORLD): readonly string[] {
  return suggest(line, world).map((suggestion) => suggestion.line);
}

Deno.test("every spelling of a kind leads to it, the nearest first", () => {
  for (const typed of ["po", "pod", "pods"]) assert.equal(lines(typed)[0], "pods", typed);
  assert.equal(lines("deploy")[0], "deployments");
  assert.equal(lines("sts")[0], "statefulsets");
  assert.equal(lines("dps")[0], "deployments", "letters in order");
  assert.ok(lines("pods").includes("pods.metrics.k8s.io"), "the second of a name gets its group");
  assert.deepEqual(lines("zzz"), []);
});

Deno.test("arguments are those of the first word", () => {
  assert.deepEqual(lines("ctx "), ["ctx test", "ctx viewer"]);
  assert.deepEqual(lines("ctx v"), ["ctx viewer"]);
  assert.deepEqual(lines("ns ku"), ["ns kube-system"]);
  assert.deepEqual(lines("pods sh"), ["pods shop"]);
  assert.ok(lines("pods ").includes("pods all"));
  assert.deepEqual(lines("pods @v"), ["pods @viewer"]);
  assert.deepEqual(lines("theme l"), ["theme light"]);
  assert.deepEqual(lines("quit "), []);
});

Deno.test("an empty line offers what was run before, then what most people want", () => {
  assert.deepEqual(lines("").slice(0, 4), ["deploy shop", "pods", "deployments", "services"]);
});
