import assert from "node:assert/strict";
import type { KubeObject } from "../kube/mod.ts";
import { parseUntil } from "./until.ts";

const pod = (status: unknown) =>
  ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, status }) as KubeObject;

function isMet(text: string, status: unknown): boolean {
  const until = parseUntil(text);
  assert.equal(until.type, "object");
  return until.type === "object" && until.isMet(pod(status));
}

Deno.test("--until: lines, time, deletion", () => {
  assert.deepEqual(parseUntil(undefined), { type: "never" });
  assert.deepEqual(parseUntil("10"), { type: "lines", count: 10 });
  assert.deepEqual(parseUntil("1m30s"), { type: "time", ms: 90_000 });
  assert.deepEqual(parseUntil("delete"), { type: "deleted" });
});

Deno.test("--until condition=", () => {
  const status = { conditions: [{ type: "Ready", status: "True" }, { type: "Stuck", status: "False" }] };
  assert.equal(isMet("condition=ready", status), true);
  assert.equal(isMet("condition=Ready=false", status), false);
  assert.equal(isMet("condition=Stuck=False", status), true);
  assert.equal(isMet("condition=Other", status), false);
  assert.equal(isMet("condition=Ready", { conditions: "broken" }), false);
});

Deno.test("--until jsonpath=", () => {
  assert.equal(isMet("jsonpath=.status.phase=Running", { phase: "Running" }), true);
  assert.equal(isMet("jsonpath={.status.phase}=Running", { phase: "Pending" }), false);
  assert.equal(isMet("jsonpath={.status.phase}", { phase: "Pending" }), true);
  assert.equal(isMet("jsonpath={.status.ip}", { phase: "Pending" }), false);
  assert.equal(isMet("jsonpath=.status.n=3", { n: 3 }), true);
});

Deno.test("--until: anything else is a usage error", () => {
  for (const text of ["", "0", "-5s", "soon", "condition="]) {
    assert.throws(() => parseUntil(text), { code: "usage" });
  }
});
