import assert from "node:assert/strict";
import type { KubeObject } from "../../kube/mod.ts";
import { containerCells, defaultContainer, podContainers } from "./pod_containers.ts";

const NOW_MS = Date.UTC(2026, 7, 1, 10);

function pod(overrides: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-0" },
    spec: {
      initContainers: [{ name: "setup", image: "setup:1" }],
      containers: [
        {
          name: "main",
          image: "web:1",
          ports: [{ name: "http", containerPort: 8080 }, { containerPort: 53, protocol: "UDP" }],
        },
        { name: "proxy", image: "proxy:1" },
      ],
      ephemeralContainers: [{ name: "debug", image: "busybox" }],
    },
    status: {
      initContainerStatuses: [{ name: "setup", state: { terminated: { exitCode: 0, reason: "Completed" } } }],
      containerStatuses: [
        {
          name: "main",
          ready: true,
          restartCount: 2,
          state: { running: { startedAt: "2026-08-01T09:55:00Z" } },
        },
        { name: "proxy", ready: false, restartCount: 7, state: { waiting: { reason: "CrashLoopBackOff" } } },
      ],
    },
    ...overrides,
  };
}

Deno.test("containers with what is known of them, the main ones first", () => {
  const containers = podContainers(pod());
  assert.deepEqual(containers.map(({ name, role }) => [name, role]), [
    ["main", "main"],
    ["proxy", "main"],
    ["setup", "init"],
    ["debug", "debug"],
  ]);
  assert.deepEqual(containers.map((one) => containerCells(one, NOW_MS)), [
    ["main", "main", "✓", "Running", "2", "5m", "http:8080, 53/UDP", "web:1"],
    ["proxy", "main", "✗", "Waiting: CrashLoopBackOff", "7", "", "", "proxy:1"],
    ["setup", "init", "✗", "Completed", "0", "", "", "setup:1"],
    ["debug", "debug", "✗", "?", "0", "", "", "busybox"],
  ]);
});

Deno.test("the default container is the annotation's, if there is such, else the first", () => {
  assert.equal(defaultContainer(pod()), "main");
  const named = (name: string) =>
    pod({ metadata: { name: "x", annotations: { "kubectl.kubernetes.io/default-container": name } } });
  assert.equal(defaultContainer(named("proxy")), "proxy");
  assert.equal(defaultContainer(named("nope")), "main");
});

Deno.test("a pod without anything breaks nothing", () => {
  assert.deepEqual(podContainers({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } }), []);
  assert.deepEqual(
    podContainers(pod({ spec: { containers: [null, "x"] }, status: [] })).map(({ name }) => name),
    ["", ""],
  );
});
