import assert from "node:assert/strict";
import type { Column, Row } from "../engine/protocol.ts";
import { rowTone, statusTone, toneColumns } from "./row_tone.ts";

function columns(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({
    name,
    type: "string",
    format: "",
    description: "",
    priority: 0,
    cell: "text",
  }));
}

function row(...cells: readonly string[]): Row {
  return { uid: "u", namespace: "n", name: "x", cells, labels: {}, createdMs: 0, deleting: false };
}

Deno.test("a pod's row says how the pod is", () => {
  const at = toneColumns(columns("Name", "Ready", "Status"));
  const cases = [
    ["1/1", "Running", "ok"],
    ["1/2", "Running", "warn"],
    ["0/1", "Completed", "done"],
    ["0/1", "CrashLoopBackOff", "error"],
    ["0/1", "Init:CrashLoopBackOff", "error"],
    ["0/1", "Init:0/2", "pending"],
    ["0/1", "ContainerCreating", "pending"],
    ["0/1", "Pending", "pending"],
    ["0/1", "ImagePullBackOff", "error"],
    ["0/1", "ErrImagePull", "error"],
    ["0/1", "OOMKilled", "error"],
    ["0/1", "Evicted", "error"],
    ["0/1", "Error", "error"],
    ["1/1", "Terminating", "terminating"],
    ["0/1", "Unknown", "pending"],
  ] as const;
  for (const [ready, status, tone] of cases) {
    assert.equal(rowTone(row("web", ready, status), at), tone, status);
  }
});

Deno.test("other kinds are judged by the same words", () => {
  const node = toneColumns(columns("Name", "Status", "Roles"));
  assert.equal(rowTone(row("n", "Ready", "<none>"), node), "ok");
  assert.equal(rowTone(row("n", "NotReady", "<none>"), node), "error");
  assert.equal(rowTone(row("n", "Ready,SchedulingDisabled", ""), node), "warn");
  const deployment = toneColumns(columns("Name", "Ready", "Up-to-date"));
  assert.equal(rowTone(row("d", "2/3", "3"), deployment), "warn");
  assert.equal(rowTone(row("d", "0/0", "0"), deployment), "ok");
  const certificate = toneColumns(columns("Name", "Ready", "Secret"));
  assert.equal(rowTone(row("c", "False", "s"), certificate), "error");
  assert.equal(rowTone(row("c", "True", "s"), certificate), "ok");
  assert.equal(
    rowTone(row("e", "Warning", "BackOff"), toneColumns(columns("Last Seen", "Type", "Reason"))),
    "warn",
  );
  assert.equal(rowTone(row("cm", "3"), toneColumns(columns("Name", "Data"))), "plain");
  assert.equal(statusTone("Bound"), "ok");
  assert.equal(statusTone("Lost"), "error");
});

Deno.test("going away and not being readable come before what the cells say", () => {
  const at = toneColumns(columns("Name", "Ready", "Status"));
  assert.equal(rowTone({ ...row("web", "1/1", "Running"), deleting: true }, at), "terminating");
  assert.equal(rowTone({ ...row("web", "1/1", "Running"), malformed: "no name" }, at), "error");
});
