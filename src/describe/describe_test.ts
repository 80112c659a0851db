import assert from "node:assert/strict";
import { resourceOf } from "../../tests/support/resources.ts";
import { Cancelled, ManualClock, OrkaError } from "../base/mod.ts";
import type { KubeObject, Resource } from "../kube/mod.ts";
import { describe, type Description, renderText } from "./mod.ts";

const NOW = Date.parse("2026-11-21T05:00:00Z");

function resource(kind: string, group = ""): Resource {
  return resourceOf(kind, { group, verbs: [] });
}

/** Answers by the path before its query; what is not listed is an empty collection. */
function reader(answers: Readonly<Record<string, unknown>> = {}) {
  const asked: string[] = [];
  const read = (path: string) => {
    asked.push(decodeURIComponent(path.replaceAll("+", " ")));
    const answer = answers[path.split("?")[0]!] ?? { items: [] };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { asked, read };
}

function describeWith(
  object: unknown,
  of: Resource,
  { answers = {}, showEvents = false }: { answers?: Record<string, unknown>; showEvents?: boolean } = {},
): Promise<Description> {
  const { read } = reader(answers);
  return describe(object as KubeObject, { resource: of, read, clock: new ManualClock(NOW), showEvents });
}

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-0",
    namespace: "shop",
    uid: "u1",
    ownerReferences: [{
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      name: "web",
      uid: "r1",
      controller: true,
    }],
  },
  spec: {
    nodeName: "n1",
    serviceAccountName: "sa",
    containers: [{
      name: "app",
      image: "nginx",
      env: [{ name: "P", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
    }],
    ephemeralContainers: [{ name: "debug", image: "busybox" }],
    volumes: [{ name: "c", configMap: { name: "cfg" } }],
  },
  status: {
    phase: "Running",
    hostIP: "10.0.0.1",
    qosClass: "BestEffort",
    conditions: [{ type: "Ready", status: "False" }],
    containerStatuses: [{
      name: "app",
      ready: false,
      restartCount: 3,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled", startedAt: "", finishedAt: "" } },
    }],
  },
};

Deno.test("a pod's trouble carries its tone, and its names lead to other objects", async () => {
  const { lines } = await describeWith(POD, resource("Pod"));
  const cells = lines.flatMap((line) => line.cells);
  const tone = (text: string) => cells.find((c) => c.text === text)?.tone;
  assert.equal(tone("CrashLoopBackOff"), "bad");
  assert.equal(tone("OOMKilled"), "bad");
  assert.equal(tone("137"), "bad");
  assert.equal(tone("3"), "warn");
  assert.equal(tone("False "), "bad");
  const targets = cells.flatMap((c) =>
    c.target ? [`${c.target.kind} ${c.target.namespace}/${c.target.name}`] : []
  );
  assert.deepEqual(targets, [
    "ServiceAccount shop/sa",
    "Node /n1",
    "ReplicaSet shop/web",
    "Secret shop/s",
    "ConfigMap shop/cfg",
  ]);
  assert.match(renderText({ lines }), /Ephemeral Containers:\n {2}debug:\n {4}Image: +busybox/);
});

Deno.test("events come last, oldest first, asked for by the object's uid", async () => {
  const { asked, read } = reader({
    "/api/v1/namespaces/shop/events": {
      items: [
        {
          type: "Normal",
          reason: "B",
          message: "b",
          lastTimestamp: "2026-11-21T04:59:00Z",
          firstTimestamp: "2026-11-21T04:59:00Z",
        },
        {
          type: "Warning",
          reason: "A",
          message: " a ",
          count: 3,
          firstTimestamp: "2026-11-21T04:50:00Z",
          lastTimestamp: "2026-11-21T04:55:00Z",
          source: { component: "kubelet" },
          involvedObject: { fieldPath: "spec.x" },
        },
      ],
    },
  });
  const clock = new ManualClock(NOW);
  const description = await describe(POD as unknown as KubeObject, {
    resource: resource("Pod"),
    read,
    clock,
    showEvents: true,
  });
  const rows = renderText(description).split("\n").slice(-3, -1);
  assert.deepEqual(rows, [
    "  Warning  A       5m (x3 over 10m)  kubelet  spec.x: a",
    "  Normal   B       60s                        b",
  ]);
  assert.match(
    asked[0]!,
    /fieldSelector=involvedObject.name=web-0,involvedObject.namespace=shop,involvedObject.uid=u1&limit=500/,
  );
});

Deno.test("a refused read is a line in its place; a cancelled one ends the description", async () => {
  const refused = new OrkaError("forbidden", "pods is forbidden");
  const set = {
    kind: "ReplicaSet",
    metadata: { name: "w", namespace: "shop", uid: "r1" },
    spec: { replicas: 1 },
  };
  const of = resource("ReplicaSet", "apps");
  const text = renderText(
    await describeWith(set, of, {
      showEvents: true,
      answers: { "/api/v1/namespaces/shop/pods": refused, "/api/v1/namespaces/shop/events": refused },
    }),
  );
  assert.match(text, /^Pods Status: +<not allowed: pods is forbidden>$/m);
  assert.match(text, /^Events: +<not allowed: pods is forbidden>$/m);
  const cancelled = describeWith(set, of, { answers: { "/api/v1/namespaces/shop/pods": new Cancelled() } });
  await assert.rejects(cancelled, Cancelled);
});

Deno.test("a secret shows sizes, never values, not even a token", async () => {
  const secret = {
    kind: "Secret",
    metadata: { name: "s", namespace: "shop" },
    type: "kubernetes.io/service-account-token",
    data: { token: btoa("very-secret"), empty: "", pad: btoa("ab") },
  };
  const text = renderText(await describeWith(secret, resource("Secret")));
  assert.match(text, /^token: +11 bytes$/m);
  assert.match(text, /^pad: +2 bytes$/m);
  assert.match(text, /^empty: +0 bytes$/m);
  assert.ok(!text.includes("very-secret") && !text.includes(btoa("very-secret")));
});

Deno.test("an unknown kind is described by its fields, conditions as a table", async () => {
  const object = {
    apiVersion: "x.io/v1",
    kind: "Widget",
    metadata: { name: "w", namespace: "shop", uid: "u", managedFields: [{}] },
    spec: { replicaCount: 2, nonResourceURLs: ["/a"], listOfMaps: [{ a: 1 }], nothing: null },
    status: { conditions: [{ type: "Ready", status: "True", reason: "Fine", message: "ok" }] },
  };
  assert.equal(
    renderText(await describeWith(object, resource("Widget", "x.io"))),
    [
      "Name:         w",
      "Namespace:    shop",
      "Labels:       <none>",
      "Annotations:  <none>",
      "API Version:  x.io/v1",
      "Kind:         Widget",
      "Metadata:",
      "  UID:  u",
      "Spec:",
      "  List Of Maps:",
      "    A:  1",
      "  Non Resource URLs:",
      "    /a",
      "  Nothing:        <nil>",
      "  Replica Count:  2",
      "Status:",
      "  Conditions:",
      "    Type   Status  Last Transition Time  Reason  Message",
      "    ----   ------  --------------------  ------  -------",
      "    Ready  True                          Fine    ok",
      "",
    ].join("\n"),
  );
});

Deno.test("a deployment names the replica set of its template and the older ones", async () => {
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "c", image: "new" }] },
  };
  const owner = [{ kind: "Deployment", name: "web", uid: "d1", controller: true }];
  const set = (name: string, image: string, minute: string) => ({
    metadata: {
      name,
      uid: name,
      ownerReferences: owner,
      creationTimestamp: `2026-11-21T04:${minute}:00Z`,
    },
    spec: {
      replicas: 1,
      template: {
        spec: { containers: [{ image, name: "c" }] },
        metadata: { labels: { "pod-template-hash": name, app: "web" } },
      },
    },
    status: { replicas: 1 },
  });
  const deployment = {
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", uid: "d1" },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template },
  };
  const items = [set("web-b", "new", "03"), set("web-a", "old", "02"), set("web-z", "older", "01")];
  const answers = { "/apis/apps/v1/namespaces/shop/replicasets": { items } };
  const text = renderText(await describeWith(deployment, resource("Deployment", "apps"), { answers }));
  assert.match(text, /^NewReplicaSet: +web-b \(1\/1 replicas created\)$/m);
  assert.match(text, /^OldReplicaSets: +web-z \(1\/1 replicas created\), web-a \(1\/1 replicas created\)$/m);
});

Deno.test("a node adds up what its pods reserve, sidecars and init containers as the scheduler counts them", async () => {
  const pod = {
    metadata: { name: "p", namespace: "shop", creationTimestamp: "2026-11-21T04:00:00Z" },
    spec: {
      containers: [{ resources: { requests: { cpu: "100m", memory: "64Mi" } } }],
      initContainers: [
        { restartPolicy: "Always", resources: { requests: { cpu: "50m" } } },
        { resources: { requests: { cpu: "500m" }, limits: { cpu: "1" } } },
      ],
      overhead: { cpu: "10m" },
    },
  };
  const node = {
    kind: "Node",
    metadata: { name: "n1" },
    status: { allocatable: { cpu: "2", memory: "1Gi", "x.io/gpu": "4" } },
  };
  const text = renderText(
    await describeWith(node, resource("Node"), { answers: { "/api/v1/pods": { items: [pod] } } }),
  );
  assert.match(text, /shop +p +560m \(28%\) +1010m \(50%\) +64Mi \(6%\) +0 \(0%\) +60m/);
  assert.match(text, /^ {2}x\.io\/gpu +0 +0$/m);
});

Deno.test("objects that lack everything are described all the same", async () => {
  const kinds: [string, string][] = [
    ["Pod", ""],
    ["Node", ""],
    ["Service", ""],
    ["Namespace", ""],
    ["PersistentVolume", ""],
    ["PersistentVolumeClaim", ""],
    ["Deployment", "apps"],
    ["StatefulSet", "apps"],
    ["DaemonSet", "apps"],
    ["Job", "batch"],
    ["CronJob", "batch"],
    ["Ingress", "networking.k8s.io"],
    ["NetworkPolicy", "networking.k8s.io"],
    ["HorizontalPodAutoscaler", "autoscaling"],
    ["Role", "rbac.authorization.k8s.io"],
    ["RoleBinding", "rbac.authorization.k8s.io"],
    ["CustomResourceDefinition", "apiextensions.k8s.io"],
  ];
  for (const [kind, group] of kinds) {
    const odd = {
      kind,
      metadata: { name: "x" },
      spec: { containers: "none", rules: 7, ports: [null], template: [] },
    };
    const text = renderText(await describeWith(odd, resource(kind, group)));
    assert.match(text, /^Name: +x$/m, kind);
  }
});
