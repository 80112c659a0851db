import assert from "node:assert/strict";
import objects from "../../../../fixtures/k1s/objects.json" with { type: "json" };
import { cellWriter, type TableCell } from "./mod.ts";

interface Sample {
  readonly path: string;
  readonly json: unknown;
  readonly cells: readonly TableCell[];
}

/** Group and plural of `/apis/apps/v1/namespaces/x/deployments/web`. */
function resourceOf(path: string): { group: string; plural: string } {
  const parts = path.split("/").slice(1);
  return { group: parts[0] === "api" ? "" : parts[1]!, plural: parts.at(-2)! };
}

/** Ages depend on when the fixture was recorded. */
function ageless(cells: readonly TableCell[]): readonly TableCell[] {
  return cells.map((cell) =>
    typeof cell === "string" && /^\d+[smhdy](\d+[smhd])?$/.test(cell) ? "AGE" : cell
  );
}

Deno.test("every recorded object has the real server's cells", () => {
  const kinds = new Set<string>();
  for (const { path, json, cells } of objects as readonly Sample[]) {
    // autoscaling/v1 is another view of what is stored as autoscaling/v2
    if (path.startsWith("/apis/autoscaling/v1/")) continue;
    const resource = resourceOf(path);
    kinds.add(`${resource.group}/${resource.plural}`);
    const written = cellWriter(resource)(json, { nowMs: Date.parse("2026-11-22T00:00:00Z") });
    assert.deepEqual(ageless(written), ageless(cells), path);
  }
  assert.ok(kinds.size > 45, `${kinds.size} kinds recorded`);
});

interface PodOptions {
  readonly phase?: string;
  readonly statuses?: readonly unknown[];
  readonly init?: readonly unknown[];
  readonly initContainers?: readonly unknown[];
  readonly conditions?: readonly unknown[];
  readonly deleted?: boolean;
  readonly reason?: string;
}

function pod(
  { phase = "Running", statuses = [], init = [], initContainers = [], ...rest }: PodOptions,
): unknown {
  return {
    metadata: { name: "web", ...(rest.deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    spec: { containers: statuses.map((_, index) => ({ name: `c${index}` })), initContainers },
    status: {
      phase,
      ...(rest.reason ? { reason: rest.reason } : {}),
      conditions: rest.conditions ?? [],
      containerStatuses: statuses,
      initContainerStatuses: init,
    },
  };
}

const running = { ready: true, restartCount: 0, state: { running: {} } };
const exited = (exitCode: number, reason?: string) => ({
  restartCount: 1,
  state: { terminated: { exitCode, ...(reason ? { reason } : {}) } },
  lastState: { terminated: { finishedAt: "2026-01-01T00:00:00Z" } },
});
const waiting = (reason: string) => ({ restartCount: 0, state: { waiting: { reason } } });
const readyCondition = [{ type: "Ready", status: "True" }];

const PODS: readonly [string, PodOptions, string, string, string][] = [
  ["all running", { statuses: [running, running] }, "2/2", "Running", "0"],
  ["one crashing", { statuses: [running, waiting("CrashLoopBackOff")] }, "1/2", "CrashLoopBackOff", "0"],
  ["the first container speaks last", { statuses: [waiting("A"), waiting("B")] }, "0/2", "A", "0"],
  ["exit code without reason", { statuses: [exited(3)] }, "0/1", "ExitCode:3", "1 (10m ago)"],
  [
    "completed beside running, ready",
    {
      statuses: [{ ...exited(0, "Completed") }, running],
      conditions: readyCondition,
    },
    "1/2",
    "Running",
    "1 (10m ago)",
  ],
  [
    "completed beside running, not ready",
    { statuses: [exited(0, "Completed"), running] },
    "1/2",
    "NotReady",
    "1 (10m ago)",
  ],
  [
    "completed hides no error",
    { statuses: [exited(0, "Completed"), exited(1, "Error")] },
    "0/2",
    "Error",
    "2 (10m ago)",
  ],
  [
    "init waiting",
    { initContainers: [{ name: "i" }], init: [{ name: "i", ...waiting("ImagePullBackOff") }] },
    "0/0",
    "Init:ImagePullBackOff",
    "0",
  ],
  [
    "init under way",
    { initContainers: [{ name: "i" }, { name: "j" }], init: [{ name: "i", ...running }] },
    "0/0",
    "Init:0/2",
    "0",
  ],
  [
    "init failed",
    { initContainers: [{ name: "i" }], init: [{ name: "i", ...exited(2) }] },
    "0/0",
    "Init:ExitCode:2",
    "1 (10m ago)",
  ],
  [
    "sidecar counts",
    {
      statuses: [running],
      initContainers: [{ name: "s", restartPolicy: "Always" }],
      init: [{ name: "s", started: true, ...running }],
    },
    "2/2",
    "Running",
    "0",
  ],
  ["deleted", { statuses: [running], deleted: true }, "1/1", "Terminating", "0"],
  [
    "deleted after its end",
    { phase: "Succeeded", statuses: [exited(0, "Completed")], deleted: true },
    "0/1",
    "Completed",
    "1 (10m ago)",
  ],
  ["node lost", { reason: "NodeLost", deleted: true }, "0/0", "Unknown", "0"],
  [
    "gated",
    { phase: "Pending", conditions: [{ type: "PodScheduled", reason: "SchedulingGated" }] },
    "0/0",
    "SchedulingGated",
    "0",
  ],
];

for (const [name, options, ready, status, restarts] of PODS) {
  Deno.test(`pod cells: ${name}`, () => {
    const cells = cellWriter({ group: "", plural: "pods" })(pod(options), {
      nowMs: Date.parse("2026-01-01T00:10:00Z"),
    });
    assert.deepEqual(cells.slice(1, 4), [ready, status, restarts]);
  });
}

Deno.test("cells of garbage are written, never thrown", () => {
  for (const garbage of [null, 7, "x", [], { metadata: 3 }, { spec: [], status: "x" }]) {
    for (const { path } of objects as readonly Sample[]) {
      assert.ok(Array.isArray(cellWriter(resourceOf(path))(garbage, { nowMs: 0 })), path);
    }
  }
});
