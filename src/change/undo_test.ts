import assert from "node:assert/strict";
import { readObject } from "../apply/mod.ts";
import { ManualClock } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { type AuditRecord, openMemory } from "../persist/mod.ts";
import { openEmbedded } from "../../tests/support/embedded.ts";
import { resource } from "../../tests/support/resources.ts";
import { newestChange, planUndo } from "./mod.ts";

const JOB = resource("Job");
const STALE = { "controller-uid": "old", "batch.kubernetes.io/controller-uid": "old", app: "j" };
const DELETED = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name: "j",
    namespace: "default",
    uid: "old",
    labels: STALE,
    ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: "gone", uid: "x" }],
    finalizers: ["a/b"],
    deletionTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: {
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "old" } },
    template: {
      metadata: { labels: STALE },
      spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] },
    },
  },
} as unknown as KubeObject;

function deletion(object: KubeObject): AuditRecord {
  const { apiVersion, kind, metadata: { name, namespace = "", uid = "" } } = object;
  const ref = { cluster: "https://one", apiVersion, kind, namespace, name, uid };
  const common = { verb: "delete", user: "jane", fieldManager: "orka", changes: [] };
  return { ...common, ref, before: object, after: null, inverse: { verb: "create" } };
}

Deno.test("a Job made anew has nothing of the uid that is gone, nor its owners and finalizers", async () => {
  await using cluster = await openEmbedded();
  const { client } = cluster;
  using memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
  const entry = memory.audit.get(memory.audit.add(deletion(DELETED))!)!;
  const { change } = await planUndo({ client, resource: JOB, entry, bodies: memory.audit.bodies(entry.id) });
  await change.send({ dryRun: false });
  const made = (await readObject(client, { resource: JOB, namespace: "default", name: "j" }))!;
  assert.doesNotMatch(JSON.stringify(made), /"old"|gone|a\/b|deletionTimestamp/);
  assert.equal(made.metadata.labels?.app, "j");
});

Deno.test("the newest change is found past any number of undone ones", async () => {
  using memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
  const cluster = { cluster: "https://one" };
  assert.equal(newestChange(memory.audit, cluster), null);
  const first = memory.audit.add(deletion(DELETED))!;
  for (let at = 0; at < 120; at++) {
    const undoes = memory.audit.add(deletion(DELETED))!;
    memory.audit.add({ ...deletion(DELETED), verb: "undo", undoes });
  }
  assert.equal(newestChange(memory.audit, cluster)?.id, first);
  assert.equal(newestChange(memory.audit, { cluster: "https://two" }), null);
});
