import assert from "node:assert/strict";
import type { KubeObject } from "../kube/mod.ts";
import { drillNeedsObject, drillOf } from "./drill.ts";
import { KNOWN_KINDS } from "./known_kinds.ts";

const kind = (plural: string) => KNOWN_KINDS.find((resource) => resource.plural === plural)!;
const ref = (plural: string, name = "x") => ({
  resource: kind(plural),
  namespace: kind(plural).namespaced ? "web" : "",
  name,
});

function object(spec: Record<string, unknown>): KubeObject {
  return { apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec };
}

Deno.test("enter follows selectors to pods", () => {
  const expressions = [{ key: "tier", operator: "In", values: ["b", "a"] }, {
    key: "old",
    operator: "DoesNotExist",
  }];
  const deployment = object({ selector: { matchLabels: { app: "web" }, matchExpressions: expressions } });
  assert.deepEqual(drillOf(ref("deployments"), deployment), {
    type: "view",
    kind: "pods",
    namespace: "web",
    labelSelector: "app=web,!old,tier in (a,b)",
  });
  const service = drillOf(ref("services"), object({ selector: { app: "web" } }));
  assert.equal(service.type === "view" && service.labelSelector, "app=web");
  assert.equal(drillOf(ref("services"), object({ externalName: "x.org" })).type, "nothing");
  assert.ok(drillNeedsObject(kind("services")));
});

Deno.test("enter knows the kinds that lead elsewhere by themselves", () => {
  assert.deepEqual(drillOf(ref("namespaces", "shop"), null), { type: "namespace", namespace: "shop" });
  assert.deepEqual(drillOf(ref("nodes", "n1"), null), {
    type: "view",
    kind: "pods",
    namespace: null,
    fieldSelector: "spec.nodeName=n1",
  });
  const jobs = drillOf(ref("cronjobs", "nightly"), null);
  assert.ok(
    jobs.type === "view" && jobs.kind === "jobs.batch" && new RegExp(jobs.filter!).test("nightly-291"),
  );
  const crd = { ...kind("nodes"), group: "apiextensions.k8s.io", plural: "customresourcedefinitions" };
  const kinds = drillOf({ resource: crd, namespace: "", name: "certificates.cert-manager.io" }, null);
  assert.deepEqual(kinds, { type: "view", kind: "certificates.cert-manager.io", namespace: null });
  assert.equal(drillOf(ref("pods"), null).type, "containers");
  for (const plural of ["secrets", "configmaps"]) {
    assert.equal(drillOf(ref(plural), null).type, "describe");
  }
});
