import assert from "node:assert/strict";
import { podAmounts } from "./pod_amounts.ts";
import { formatQuantity } from "./quantity.ts";

const asks = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
const sidecar = (cpu: string) => asks(cpu, { restartPolicy: "Always" });

function cpuOf(spec: object): string | undefined {
  const cpu = podAmounts({ spec }, "requests").get("cpu");
  return cpu && formatQuantity(cpu);
}

Deno.test("a pod asks for its containers together, or for its greediest moment of starting", () => {
  assert.equal(cpuOf({ containers: [asks("100m"), asks("250m"), {}] }), "350m");
  assert.equal(cpuOf({ containers: [asks("100m")], initContainers: [asks("1"), asks("2")] }), "2");
  assert.equal(cpuOf({ containers: [asks("100m")], initContainers: [sidecar("200m")] }), "300m");
  // The second one starts beside the sidecar, the first one before it.
  const starting = [asks("450m"), sidecar("200m"), asks("300m")];
  assert.equal(cpuOf({ containers: [asks("100m")], initContainers: starting }), "500m");
  assert.equal(cpuOf({ containers: [asks("100m")], overhead: { cpu: "50m" } }), "150m");
  assert.equal(cpuOf({ containers: [asks("100m")], ...asks("1") }), "1");
});

Deno.test("what asks for nothing, or is no pod, has no amount", () => {
  assert.equal(cpuOf({ containers: [{ name: "a" }] }), undefined);
  assert.equal(cpuOf({ containers: [asks("many")] }), undefined);
  for (const value of [null, 3, { spec: { containers: "x", initContainers: [null] } }]) {
    assert.equal(podAmounts(value, "requests").size, 0);
  }
});
