import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { type AuditRecord, type Memory, openMemory } from "../persist/mod.ts";
import { type HistoryOptions, objectHistory } from "./mod.ts";

const REF = {
  cluster: "https://one",
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  uid: "u1",
};
const START = Date.parse("2026-05-01T10:00:00Z");

function version(replicas: number, more: Record<string, unknown> = {}): KubeObject {
  const metadata = { name: "web", namespace: "shop", uid: "u1", resourceVersion: String(replicas), ...more };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas } } as unknown as KubeObject;
}

function owned(manager: string, { at, subresource = "" }: { at: string; subresource?: string }) {
  const fieldsV1 = { "f:spec": { "f:replicas": {} } };
  return { manager, operation: "Update", subresource, time: at, fieldsType: "FieldsV1", fieldsV1 };
}

function scaled(from: number, to: number): AuditRecord {
  return {
    ref: REF,
    verb: "scale",
    user: "jane",
    fieldManager: "orka",
    changes: [{ path: "spec.replicas", before: String(from), after: String(to) }],
    before: version(from),
    after: version(to),
    inverse: { verb: "restore" },
  };
}

async function withMemory(
  use: (rig: { memory: Memory; clock: ManualClock }) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock(START);
  using memory = await openMemory({ directory: null, clock, warn: assert.fail });
  await use({ memory, clock });
}

function told(options: Partial<HistoryOptions> & { memory: Memory }): string[] {
  return objectHistory({ ref: REF, live: null, ...options })
    .map(({ source, verb, manager, summary }) => [source, verb, manager, summary].join(" ").trim());
}

Deno.test("one timeline of all sources, the newest first", () =>
  withMemory(async ({ memory, clock }) => {
    memory.audit.add(scaled(2, 3));
    await clock.advance(60_000);
    memory.audit.add(scaled(3, 4));
    const live = version(9, {
      creationTimestamp: "2026-05-01T09:00:00Z",
      managedFields: [owned("hpa", { at: "2026-05-01T10:00:30Z", subresource: "scale" })],
    });
    const watched = [{ ts: START + 90_000, before: version(4), after: version(9) }];
    assert.deepEqual(told({ memory, live, watched }), [
      "watched Update  spec.replicas",
      "orka scale orka spec.replicas: 3 -> 4",
      "manager Update hpa spec.replicas",
      "orka scale orka spec.replicas: 2 -> 3",
      "created create  uid u1",
    ]);
  }));

Deno.test("what the audit tells is not told a second time by managedFields, snapshots or a session's eyes", () =>
  withMemory(({ memory }) => {
    memory.audit.add(scaled(2, 3));
    memory.snapshots.add({ ref: REF, object: version(3), verb: "scale" });
    const at = "2026-05-01T10:00:01Z";
    const live = version(3, { managedFields: [owned("orka", { at }), owned("hpa", { at })] });
    const watched = [{ ts: START + 500, before: version(2), after: live }];
    assert.deepEqual(told({ memory, live }), [
      "manager Update hpa spec.replicas",
      "orka scale orka spec.replicas: 2 -> 3",
    ]);
    const [seen] = objectHistory({ memory, ref: REF, live: null, watched });
    assert.equal(seen!.source, "orka");
    return Promise.resolve();
  }));

Deno.test("a snapshot whose entry is forgotten is told, against the one before it", () =>
  withMemory(async ({ memory, clock }) => {
    memory.snapshots.add({ ref: REF, object: version(2), verb: "apply" });
    await clock.advance(10_000);
    memory.snapshots.add({ ref: REF, object: version(3), verb: "edit" });
    const [newest, oldest] = objectHistory({ memory, ref: REF, live: null });
    assert.deepEqual([newest!.verb, newest!.summary], ["edit", "spec.replicas"]);
    assert.deepEqual(newest!.changes, [{ type: "replace", path: ["spec", "replicas"], before: 2, after: 3 }]);
    assert.deepEqual([oldest!.summary, oldest!.changes], ["version 2", null]);
  }));

Deno.test("both versions give the fields; undo's ends are named; the limit counts all sources", () =>
  withMemory(({ memory }) => {
    const id = memory.audit.add(scaled(2, 3))!;
    memory.audit.add({ ...scaled(3, 2), verb: "undo", undoes: id });
    const entries = objectHistory({ memory, ref: REF, live: null });
    assert.deepEqual(entries.map(({ undoes, undoneBy }) => [undoes, undoneBy]), [[id, null], [null, id + 1]]);
    assert.deepEqual(entries[1]!.changes, [{
      type: "replace",
      path: ["spec", "replicas"],
      before: 2,
      after: 3,
    }]);
    assert.equal(objectHistory({ memory, ref: REF, live: null, limit: 1 }).length, 1);
    return Promise.resolve();
  }));

Deno.test("managedFields that make no sense cost nothing but themselves", () =>
  withMemory(({ memory }) => {
    const managedFields = [
      { manager: "x", time: "yesterday" },
      null,
      owned("y", { at: "2026-05-01T10:00:00Z" }),
    ];
    const live = version(1, { managedFields, creationTimestamp: null });
    assert.deepEqual(told({ memory, live }), ["manager Update y spec.replicas"]);
    return Promise.resolve();
  }));
