import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { categoryResources, findResource, parseResourceArgs, resolveResource } from "./kinds.ts";
import { type Resource, resourceKey } from "./resource.ts";

function served(spec: string, options: Partial<Resource> = {}): Resource {
  const [scope, kind, plural] = spec.split(" ") as [string, string, string];
  const [group, version] = scope.includes("/") ? scope.split("/") as [string, string] : ["", scope];
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["get", "list"],
    subresources: [],
    preferred: true,
    ...options,
  };
}

const RESOURCES = [
  served("v1 Event events", { shortNames: ["ev"] }),
  served("v1 Pod pods", { shortNames: ["po"], categories: ["all"] }),
  served("v1 Service services", { shortNames: ["svc"], categories: ["all"] }),
  served("apps/v1 Deployment deployments", { shortNames: ["deploy"], categories: ["all"] }),
  served("extensions/v1beta1 Deployment deployments", { categories: ["all"] }),
  served("autoscaling/v1 HorizontalPodAutoscaler horizontalpodautoscalers", {
    preferred: false,
    shortNames: ["hpa"],
  }),
  served("autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers", { shortNames: ["hpa"] }),
  served("events.k8s.io/v1 Event events", { shortNames: ["ev"] }),
  served("metrics.k8s.io/v1beta1 PodMetrics pods", { singular: "" }),
  served("cert-manager.io/v1 Certificate certificates", { shortNames: ["cert"] }),
  served("old.io/v1alpha1 Certificate certificates", { preferred: false }),
  served("twin.io/v1 Left lefts", { singular: "same" }),
  served("twin.io/v1 Right rights", { singular: "same" }),
];

function keyOf(spelling: string): string {
  return resourceKey(resolveResource(spelling, RESOURCES));
}

function codeOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof OrkaError) return `${error.code}: ${error.message} (${error.hint ?? ""})`;
    throw error;
  }
  return "nothing thrown";
}

Deno.test("every spelling that kubectl takes finds its resource", () => {
  const table: Record<string, string> = {
    pods: "v1/pods",
    pod: "v1/pods",
    po: "v1/pods",
    Pod: "v1/pods",
    PODS: "v1/pods",
    "pods.metrics.k8s.io": "metrics.k8s.io/v1beta1/pods",
    "pods.met": "metrics.k8s.io/v1beta1/pods",
    podmetrics: "metrics.k8s.io/v1beta1/pods",
    "v1/Pod": "v1/pods",
    "v1/pods": "v1/pods",
    ev: "v1/events",
    "events.events.k8s.io": "events.k8s.io/v1/events",
    deployments: "apps/v1/deployments",
    "deploy.apps": "apps/v1/deployments",
    "deployments.app": "apps/v1/deployments",
    "deployments.v1.apps": "apps/v1/deployments",
    "deployments.v1beta1.extensions": "extensions/v1beta1/deployments",
    "Deployment.v1.apps": "apps/v1/deployments",
    "apps/v1/Deployment": "apps/v1/deployments",
    "apps/v1/deployments": "apps/v1/deployments",
    "apps/deployment": "apps/v1/deployments",
    hpa: "autoscaling/v2/horizontalpodautoscalers",
    "hpa.v1.autoscaling": "autoscaling/v1/horizontalpodautoscalers",
    "autoscaling/v1/HorizontalPodAutoscaler": "autoscaling/v1/horizontalpodautoscalers",
    certificates: "cert-manager.io/v1/certificates",
    "certificates.cert-manager.io": "cert-manager.io/v1/certificates",
    "certificate.v1.cert-manager.io": "cert-manager.io/v1/certificates",
    "cert-manager.io/v1/Certificate": "cert-manager.io/v1/certificates",
    "certificates.old.io": "old.io/v1alpha1/certificates",
  };
  for (const [spelling, key] of Object.entries(table)) assert.equal(keyOf(spelling), key, spelling);
});

Deno.test("an unknown kind says so in kubectl's words and offers the near miss", () => {
  const miss = (word: string) => codeOf(() => resolveResource(word, RESOURCES));
  assert.equal(
    miss("pdos"),
    `unknown-kind: the server doesn't have a resource type "pdos" (did you mean "pods"?)`,
  );
  assert.equal(miss("zzzzzz"), `unknown-kind: the server doesn't have a resource type "zzzzzz" ()`);
  assert.match(miss("pods.v1.foo"), /resource type "pods"/);
  assert.match(miss(""), /resource type ""/);
  assert.match(miss("v2/Pod"), /^unknown-kind/);
  assert.equal(findResource("nosuch", RESOURCES), undefined);
});

Deno.test("two resources of one group version with one singular are ambiguous", () => {
  assert.match(
    codeOf(() => resolveResource("same", RESOURCES)),
    /^ambiguous-kind: .*lefts.twin.io, rights.twin.io/,
  );
});

Deno.test("a category is its resources in discovery order, one version each", () => {
  const all = categoryResources("all", RESOURCES).map(resourceKey);
  assert.deepEqual(all, ["v1/pods", "v1/services", "apps/v1/deployments", "extensions/v1beta1/deployments"]);
});

Deno.test("arguments become resources and names", () => {
  const parse = (...args: string[]) =>
    parseResourceArgs(args, RESOURCES).map((a) =>
      resourceKey(a.resource) + (a.name === undefined ? "" : ` ${a.name}`)
    );
  assert.deepEqual(parse("pods"), ["v1/pods"]);
  assert.deepEqual(parse("po,svc"), ["v1/pods", "v1/services"]);
  assert.deepEqual(parse("po,pods,all"), [
    "v1/pods",
    "v1/services",
    "apps/v1/deployments",
    "extensions/v1beta1/deployments",
  ]);
  assert.deepEqual(parse("pod", "a", "b"), ["v1/pods a", "v1/pods b"]);
  assert.deepEqual(parse("pod,svc", "a"), ["v1/pods a", "v1/services a"]);
  assert.deepEqual(parse("pod/a", "svc/b"), ["v1/pods a", "v1/services b"]);
  assert.deepEqual(parse("v1/Pod"), ["v1/pods"]);
  assert.deepEqual(parse("v1/Pod,apps/v1/Deployment"), ["v1/pods", "apps/v1/deployments"]);
  assert.deepEqual(parse("v1/Pod", "a"), ["v1/pods a"]);
  assert.deepEqual(parse("v1/Pod/a"), ["v1/pods a"]);
  assert.deepEqual(parse("apps/v1/Deployment/web"), ["apps/v1/deployments web"]);
});

Deno.test("mixed forms are usage errors in kubectl's words", () => {
  const error = (...args: string[]) => codeOf(() => parseResourceArgs(args, RESOURCES));
  assert.match(
    error("pods", "pod/a"),
    /^usage: there is no need to specify a resource type as a separate argument/,
  );
  assert.match(
    error("a.io/v1/Bar"),
    /^unknown-kind: the server doesn't have a resource type "a.io\/v1\/Bar"/,
  );
  assert.match(error("a/b/c"), /^usage: arguments in resource\/name form may not have more than one slash/);
  assert.match(
    error("pods/"),
    /^usage: arguments in resource\/name form must have a single resource and name/,
  );
  assert.match(error("pods,svc/x"), /^usage: .*must have a single resource and name/);
  assert.match(error(",pods"), /^unknown-kind: the server doesn't have a resource type ""/);
  assert.match(error("pdo/x"), /did you mean "po/);
  assert.match(error(), /^usage: You must specify the type of resource to get/);
});

Deno.test("a category where one kind is wanted names its kinds, and no guess is the word itself", () => {
  const told = (spelling: string) => {
    try {
      resolveResource(spelling, RESOURCES);
      return "";
    } catch (error) {
      return error instanceof OrkaError ? `${error.code}: ${error.message} (${error.hint ?? ""})` : "";
    }
  };
  assert.match(
    told("all"),
    /^ambiguous-kind: "all" is several kinds, name one: pods, /,
  );
  assert.match(told("pods.nowhere"), /^unknown-kind/);
  assert.doesNotMatch(told("pods.nowhere"), /"pods"\?/);
});
