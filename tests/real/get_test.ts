/**
 * `get` against kubectl on the same server: the same bytes on stdout, the same exit code (but for usage errors),
 * and the same first line on stderr.
 */
import assert from "node:assert/strict";
import { clusterTest, type Output, type RealCluster } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: noted
  labels: {app: web, only: NS, example.com/tier: front}
data: {a: "1", b: "two"}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: strange
  annotations: {tab: "a\\tb", lines: "one\\ntwo", escape: "\\e[31mred", html: "<a&b>", unicode: "ünïcödé 世界"}
data:
  long: "a rather long line of text that has more than eighty characters, so that YAML writers fold it somewhere"
  block: "first\\n  second\\n\\nthird\\n"
  number: "012"
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: alt, port: 81, protocol: UDP}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "example.com/web:1", args: ["--x"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lonely, labels: {app: web}}
spec:
  nodeName: nowhere
  containers: [{name: main, image: "example.com/web:1"}, {name: side, image: "example.com/side:2"}]
---
apiVersion: v1
kind: Event
metadata: {name: told}
type: Warning
reason: Testing
message: "a message of some length"
involvedObject: {apiVersion: v1, kind: Pod, name: lonely, namespace: NS}
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
count: 1
`;

/** Ages and what else moves between two calls. */
function still(text: string): string {
  return text.replace(/\b\d+(y|d|h|m|s)(\d+(d|h|m|s))?\b/g, "AGE").replace(/ +/g, " ")
    .replace(/"?resourceVersion"?: "\d+"/g, "RV").replace(/resourceVersion:\d+/g, "RV");
}

interface Compared {
  readonly kubectl: Output;
  readonly orka: Output;
}

/** Runs both; an age may tick over between them, so what differs is compared without ages. */
async function compare(cluster: RealCluster, args: readonly string[]): Promise<Compared> {
  const [kubectl, orka] = await Promise.all([cluster.kubectl(args), cluster.orka(args)]);
  const line = args.join(" ");
  if (kubectl.stdout !== orka.stdout) assert.equal(still(orka.stdout), still(kubectl.stdout), line);
  assert.doesNotMatch(orka.stderr, /this is a bug/, line);
  return { kubectl, orka };
}

async function filled(cluster: RealCluster) {
  const scratch = await cluster.scratch("cli-get");
  const stdin = MANIFEST.replaceAll("NS", scratch.name);
  const created = await cluster.kubectl(["-n", scratch.name, "create", "-f", "-"], { stdin });
  if (created.code !== 0) await scratch[Symbol.asyncDispose]();
  assert.equal(created.code, 0, created.stderr);
  return scratch;
}

/** Lines with `NS` for the scratch namespace. */
async function compareAll(cluster: RealCluster, namespace: string, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const args = line.replaceAll("NS", namespace).split(" ");
    const { kubectl, orka } = await compare(cluster, args);
    assert.equal(orka.code, kubectl.code, `${line}: ${orka.stderr}`);
    assert.equal(orka.stderr.split("\n")[0], kubectl.stderr.split("\n")[0], line);
  }
}

onClusters("get: tables of pods, nodes, deployments, services, events and more", async (cluster) => {
  // "all" asks for the operators' kinds too, and other tests may be in the middle of installing them
  await cluster.installCrds();
  await using scratch = await filled(cluster);
  await compareAll(cluster, scratch.name, [
    "get pods -n NS",
    "get pods -n NS -o wide",
    "get pod lonely -n NS",
    "get nodes -o wide",
    "get deployments -n NS -o wide",
    "get deploy,svc,cm -n NS",
    "get all -n NS",
    "get svc web -n NS -o wide --show-labels",
    "get events -n NS -o wide",
    "get cm -n NS -L app,example.com/tier --show-kind",
    "get cm -n NS --no-headers",
    "get cm -A -l only=NS",
    "get cm/noted svc/web deploy/web -n NS",
    "get ns NS default kube-system",
    "get priorityclasses",
    "get deployments.v1.apps -n NS",
    "get clusterroles --field-selector metadata.name=view",
    "get cm -n NS --chunk-size=1",
    "get cm -n NS --sort-by=.metadata.name",
    "events -n NS",
    "events -n NS --for pod/lonely --no-headers",
    "events -n NS --types Warning",
    "events -n NS --for cm/noted",
    "get nodes --sort-by={.metadata.name} --no-headers",
  ]);
});

onClusters("get: json, yaml, name, jsonpath, custom-columns", async (cluster) => {
  await using scratch = await filled(cluster);
  await compareAll(cluster, scratch.name, [
    "get cm -n NS -o json",
    "get cm -n NS -o yaml",
    "get cm strange -n NS -o json",
    "get cm strange -n NS -o yaml",
    "get cm strange -n NS -o yaml --show-managed-fields",
    "get cm/noted svc/web -n NS -o yaml",
    "get deploy web -n NS -o json",
    "get pods,deploy -n NS -o name",
    "get secrets -n NS -o json",
    "get cm -n NS -o jsonpath={.items[*].metadata.name}",
    "get cm -n NS -o jsonpath={.items}",
    "get cm strange -n NS -o jsonpath={.metadata.annotations}",
    "get cm -n NS -o jsonpath-as-json={.items[*].data}",
    "get cm -n NS -o custom-columns=NAME:.metadata.name,T:.metadata.annotations.tab,L:.metadata.annotations.lines",
    "get pods -n NS -o custom-columns=NAME:.metadata.name,IMAGES:.spec.containers[*].image,NONE:.spec.nope",
    "get cm -n NS -o custom-columns=DATA:.data,E:.metadata.annotations.escape --no-headers",
    "get deploy -n NS -o jsonpath={range.items[*]}{.metadata.name}{end}",
    "get flowschemas -o name",
    "get pods -n kube-public -o yaml",
  ]);
});

onClusters("get: custom resource definitions and their objects", async (cluster) => {
  await using scratch = await filled(cluster);
  const group = `${scratch.name}.example.com`;
  const column = (name: string, jsonPath: string, type: string, priority = 0) => ({
    name,
    jsonPath,
    type,
    priority,
  });
  await cluster.apply({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", shortNames: ["wdg"] },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        additionalPrinterColumns: [
          column("Size", ".spec.size", "integer"),
          column("On", ".spec.on", "boolean"),
          column("Note", ".spec.note", "string", 1),
          column("Age", ".metadata.creationTimestamp", "date"),
        ],
      }],
    },
  });
  try {
    await cluster.kubectlOk(["wait", "--for=condition=Established", `crd/widgets.${group}`, "--timeout=30s"]);
    const widget = (name: string, spec: object) => ({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name, namespace: scratch.name },
      spec,
    });
    await cluster.apply(widget("large", { size: 12345678, on: true, note: "a note\nof two lines" }));
    await cluster.apply(widget("empty", {}));
    await compareAll(cluster, scratch.name, [
      `get crd widgets.${group}`,
      `get crd widgets.${group} -o yaml`,
      `get widgets.${group} -n NS`,
      `get widgets.v1.${group} -n NS -o wide`,
      `get widget.${group}/large -n NS -o json`,
      `get widgets.${group} -n NS -o yaml`,
      `get widgets.${group} -n NS -o name`,
      `get widgets.${group} -A --sort-by=.spec.size`,
    ]);
    const spelled = await cluster.orka(["get", `${group}/v1/Widget`, "-n", scratch.name, "-o", "name"]);
    assert.equal(spelled.stdout, `widget.${group}/empty\nwidget.${group}/large\n`);
  } finally {
    await cluster.kubectl(["delete", "crd", `widgets.${group}`, "--wait=false"]);
  }
});

onClusters("get: errors in kubectl's words", async (cluster) => {
  await using scratch = await filled(cluster);
  await compareAll(cluster, scratch.name, [
    "get nonsense",
    "get pods,nonsense",
    "get pods nope -n NS",
    "get cm noted nope -n NS",
    "get cm nope -n NS --ignore-not-found",
    "get jobs -n NS",
    "get jobs,cronjobs -n NS",
    "get pods -l a=b=c",
    "get pods --field-selector=foo=bar",
    "get --raw /nope",
  ]);
  for (
    const line of [
      "get",
      "get pods -o nonsense",
      "get pods --nonsense",
      "get pods x -A",
      "get ns,pods -w",
      "get pods -o jsonpath",
    ]
  ) {
    const { kubectl, orka } = await compare(cluster, line.split(" "));
    // Usage errors are 2 here and 1 with kubectl.
    assert.deepEqual([kubectl.code, orka.code], [1, 2], line);
  }
});

clusterTest("get: what RBAC refuses, in kubectl's words", async (cluster) => {
  await using scratch = await filled(cluster);
  await compareAll(cluster, scratch.name, [
    "get secrets --context viewer -n NS",
    "get secret x --context viewer -n NS",
  ]);
  const refused = await cluster.orka(["get", "secrets", "--context", "viewer", "-n", scratch.name]);
  assert.match(refused.stderr, new RegExp(`orka auth can-i list secrets -n ${scratch.name}`));
});

onClusters("get -w: what kubectl prints, and on past its end", async (cluster) => {
  await using scratch = await filled(cluster);
  const watching = cluster.orka(["watch", "cm", "-n", scratch.name, "-l", "app=web", "--until", "3"], {
    timeoutMs: 30_000,
  });
  const waiting = cluster.orka(["watch", "cm/noted", "-n", scratch.name, "--until", "jsonpath=.data.a=9"], {
    timeoutMs: 30_000,
  });
  const patch = ["-n", scratch.name, "patch", "cm", "noted", "-p"];
  // Whether a change comes before the list or after it, there are three lines in the end.
  for (const a of ["7", "8", "9"]) await cluster.kubectlOk([...patch, JSON.stringify({ data: { a } })]);
  let ended = false;
  const seen = Promise.all([watching, waiting]).finally(() => ended = true);
  for (let i = 0; !ended && i < 40; i++) {
    await cluster.kubectlOk([...patch, JSON.stringify({ data: { a: "9", i: String(i) } })]);
  }
  const [watched, waited] = await seen;
  assert.deepEqual([watched.code, watched.stdout], [0, `+ ${scratch.name}/noted\n`.repeat(3)]);
  assert.equal(waited.code, 0, waited.stderr);
});
