import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { type AuditRecord, type Memory, type ObjectRef, openMemory, withoutSecrets } from "./mod.ts";
import { stateDirectory } from "./mod.ts";

const CLUSTER = "https://user:pass@one:6443/";

function refOf(name: string, more: Partial<ObjectRef> = {}): ObjectRef {
  return {
    cluster: CLUSTER,
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "shop",
    name,
    uid: `uid-${name}`,
    ...more,
  };
}

function objectOf(ref: ObjectRef, more: Record<string, unknown> = {}, resourceVersion = "1"): KubeObject {
  const { apiVersion, kind, name, namespace, uid } = ref;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion, managedFields: [{ manager: "m" }] },
    ...more,
  };
}

function change(ref: ObjectRef, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ref,
    verb: "scale",
    user: "ada",
    fieldManager: "orka",
    changes: [{ path: "spec.replicas", before: "2", after: "3" }],
    before: objectOf(ref, { spec: { replicas: 2 } }, "1"),
    after: objectOf(ref, { spec: { replicas: 3 } }, "2"),
    inverse: { verb: "scale", args: { replicas: 2 } },
    ...more,
  };
}

interface Rig {
  readonly directory: string;
  readonly clock: ManualClock;
  readonly warnings: string[];
  open(more?: { keepSecrets?: boolean; maxBytes?: number }): Promise<Memory>;
}

async function withMemory(use: (rig: Rig) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const rig: Rig = {
    directory: `${root}/state/orka`,
    clock: new ManualClock(),
    warnings: [],
    open: (more = {}) =>
      openMemory({
        directory: rig.directory,
        clock: rig.clock,
        warn: (message) => rig.warnings.push(message),
        ...more,
      }),
  };
  try {
    await use(rig);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function filesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** Every byte of the directory's files as Latin-1, to look for what may not be in it. */
function bytesOf(directory: string): string {
  return filesOf(directory).map((name) =>
    new TextDecoder("latin1").decode(Deno.readFileSync(`${directory}/${name}`))
  ).join("");
}

Deno.test("the directory is ORKA_STATE_DIR, then XDG's, then the home's", () => {
  const of = (env: Record<string, string>) => stateDirectory((name) => env[name]);
  assert.equal(of({ ORKA_STATE_DIR: "/o", XDG_STATE_HOME: "/s", HOME: "/h" }), "/o");
  assert.equal(of({ XDG_STATE_HOME: "/s", HOME: "/h" }), "/s/orka");
  assert.equal(of({ XDG_STATE_HOME: "relative", HOME: "/h" }), "/h/.local/state/orka");
  assert.equal(of({}), null);
});

Deno.test("what was kept is there for the next process, and for nobody else on the machine", async () => {
  await withMemory(async (rig) => {
    const ref = refOf("web");
    const memory = await rig.open();
    memory.prefs.set("theme", "dark");
    memory.prefs.set("theme.2", "x");
    memory.schemas.put({ cluster: CLUSTER, group: "g", plural: "ps", version: "v1" }, {
      etag: "7",
      text: "{}",
    });
    const ts = memory.snapshots.add({ ref, object: objectOf(ref), verb: "apply" });
    const id = memory.audit.add(change(ref));
    assert.equal(Deno.statSync(rig.directory).mode! & 0o777, 0o700);
    for (const name of filesOf(rig.directory)) {
      assert.equal(Deno.statSync(`${rig.directory}/${name}`).mode! & 0o777, 0o600, name);
    }
    memory.close();

    using next = await rig.open();
    assert.equal(next.prefs.get("theme"), "dark");
    assert.deepEqual(next.prefs.list("theme"), [["theme", "dark"], ["theme.2", "x"]]);
    const key = { cluster: "https://one:6443", group: "g", plural: "ps", version: "v1" };
    assert.deepEqual(next.schemas.get(key), { etag: "7", text: "{}" });
    assert.equal(next.schemas.get({ ...key, version: "v2" }), null);
    assert.equal(next.snapshots.list({ uid: ref.uid })[0]?.ts, ts);
    assert.equal(next.audit.list()[0]?.id, id);
    assert.equal(next.degraded, null);
    assert.deepEqual(rig.warnings, []);
    assert.doesNotMatch(bytesOf(rig.directory), /pass@/, "user info of the server's URL");
  });
});

Deno.test("a schema is dropped with its cluster", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const key = (cluster: string) => ({ cluster, group: "g", plural: "p", version: "v1" });
    for (const cluster of ["https://a", "https://ab"]) {
      memory.schemas.put(key(cluster), { etag: "1", text: "t" });
    }
    memory.schemas.clear("https://a");
    assert.equal(memory.schemas.get(key("https://a")), null);
    assert.equal(memory.schemas.get(key("https://ab"))?.text, "t");
  });
});

Deno.test("an audit entry says what history and undo need", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const ref = refOf("web");
    const id = memory.audit.add(change(ref))!;
    const undo = memory.audit.add(change(ref, { verb: "undo", undoes: id, inverse: null }))!;
    const entry = memory.audit.get(id)!;
    assert.deepEqual(entry, {
      id,
      ts: rig.clock.now(),
      ref: { ...ref, cluster: "https://one:6443" },
      verb: "scale",
      user: "ada",
      fieldManager: "orka",
      subresource: "",
      summary: "spec.replicas: 2 -> 3",
      resourceVersionBefore: "1",
      resourceVersionAfter: "2",
      inverse: { verb: "scale", args: { replicas: 2 } },
      undoes: null,
      undoneBy: undo,
      hasBodies: true,
      redacted: false,
    });
    const { before, after } = memory.audit.bodies(id)!;
    assert.deepEqual([before?.spec, after?.spec], [{ replicas: 2 }, { replicas: 3 }]);
    assert.equal(after?.metadata.managedFields, undefined);
    assert.equal(memory.audit.get(undo)?.undoes, id);
    assert.equal(memory.audit.get(999), null);
    assert.equal(memory.audit.bodies(999), null);
  });
});

Deno.test("entries are found by object in any version of its group, newest first, page by page", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const kinds = [
      { apiVersion: "apps/v1", kind: "Deployment" },
      { apiVersion: "apps/v1beta1", kind: "Deployment" },
      { apiVersion: "v1", kind: "Pod" },
      { apiVersion: "other.io/v1", kind: "Pod" },
    ];
    const ids = kinds.map((kind) => memory.audit.add(change(refOf("web", kind)))!);
    const found = (filter: Parameters<typeof memory.audit.list>[0]) =>
      memory.audit.list(filter).map(({ id }) => ids.indexOf(id));
    assert.deepEqual(found({}), [3, 2, 1, 0]);
    assert.deepEqual(found({ apiVersion: "apps/v2", kind: "Deployment" }), [1, 0]);
    assert.deepEqual(found({ apiVersion: "v1", kind: "Pod" }), [2]);
    assert.deepEqual(found({ kind: "Pod" }), [3, 2]);
    assert.deepEqual(found({ limit: 2 }), [3, 2]);
    assert.deepEqual(found({ beforeId: ids[2]! }), [1, 0]);
    assert.deepEqual(found({ cluster: "https://two" }), []);
    assert.deepEqual(found({ namespace: "shop", name: "web", uid: "uid-web", cluster: CLUSTER }), [
      3,
      2,
      1,
      0,
    ]);
  });
});

Deno.test("old entries and the bodies of all but the newest thousand go", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const ref = refOf("web");
    const first = memory.audit.add(change(ref))!;
    await rig.clock.advance(181 * 24 * 60 * 60 * 1000);
    const second = memory.audit.add(change(ref))!;
    assert.equal(memory.audit.get(first), null);
    assert.equal(memory.audit.bodies(first), null);
    for (let i = 0; i < 1_000; i++) memory.audit.add(change(ref));
    assert.equal(memory.audit.get(second)?.hasBodies, false);
    assert.equal(memory.audit.bodies(second), null);
    assert.equal(memory.audit.list({ limit: 5_000 }).filter(({ hasBodies }) => hasBodies).length, 1_000);
  });
});

Deno.test("three snapshots of an object are kept, also of one whose uid is not known", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    for (const ref of [refOf("web"), refOf("api", { uid: "" })]) {
      for (const version of ["1", "2", "3", "4"]) {
        memory.snapshots.add({ ref, object: objectOf(ref, {}, version), verb: "apply" });
      }
      const { uid: _, ...byName } = ref;
      const found = memory.snapshots.list(byName);
      assert.deepEqual(found.map(({ resourceVersion }) => resourceVersion), ["4", "3", "2"]);
      assert.equal(found[0]?.ref.uid, ref.uid);
      assert.equal(found[0]?.object.metadata.managedFields, undefined);
    }
  });
});

Deno.test("a summary is bounded, and says how much it leaves out", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const changes = Array.from(
      { length: 500 },
      (_, i) => ({ path: `spec.f${i}`, after: "long ".repeat(99) }),
    );
    const { summary } = memory.audit.get(memory.audit.add(change(refOf("web"), { changes }))!)!;
    assert.ok(summary.length <= 2_000, String(summary.length));
    assert.match(summary, /^spec\.f0: \+long .*…; .*; \+48\d more$/);
  });
});

const SECRET = refOf("login", { apiVersion: "v1", kind: "Secret" });

function secretOf(value: string): KubeObject {
  const bare = objectOf(SECRET, { data: { password: value }, stringData: { token: value }, type: "Opaque" });
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": value, team: "core" };
  return { ...bare, metadata: { ...bare.metadata, annotations } };
}

function writeSecret(memory: Memory, value: string): number {
  memory.snapshots.add({ ref: SECRET, object: secretOf(value), verb: "apply" });
  return memory.audit.add({
    ...change(SECRET),
    changes: [{ path: "data.password", before: value, after: value }],
    before: secretOf(value),
    after: secretOf(value),
    inverse: { verb: "patch", args: { data: { password: value } } },
  })!;
}

Deno.test("no value of a Secret reaches the disk", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open();
    const id = writeSecret(memory, "hunter2hunter2");
    assert.doesNotMatch(bytesOf(rig.directory), /hunter2/);
    const entry = memory.audit.get(id)!;
    assert.deepEqual([entry.summary, entry.inverse, entry.redacted], [
      "data.password",
      { verb: "patch" },
      true,
    ]);
    const [snapshot] = memory.snapshots.list({ uid: SECRET.uid });
    assert.equal(snapshot?.redacted, true);
    for (const object of [snapshot?.object, memory.audit.bodies(id)?.after]) {
      assert.doesNotMatch(JSON.stringify(object), /hunter2/);
      assert.deepEqual(object?.metadata.annotations, { team: "core" });
      assert.equal(object?.type, "Opaque");
    }
  });
});

Deno.test("a Secret is kept whole where the person asked for it", async () => {
  await withMemory(async (rig) => {
    using memory = await rig.open({ keepSecrets: true });
    const id = writeSecret(memory, "hunter2");
    assert.equal(memory.audit.get(id)?.redacted, false);
    assert.deepEqual(memory.audit.bodies(id)?.before?.data, { password: "hunter2" });
    assert.deepEqual(memory.snapshots.list({ uid: SECRET.uid })[0]?.object.data, { password: "hunter2" });
  });
});

Deno.test("Secrets inside a List are left out too", () => {
  const list = {
    apiVersion: "v1",
    kind: "SecretList",
    metadata: { name: "" },
    items: [{ data: { a: "x" } }],
  };
  assert.deepEqual((withoutSecrets(list).items as KubeObject[])[0]?.data, undefined);
  const mixed = { ...list, kind: "List", items: [secretOf("x"), objectOf(refOf("web"), { data: 1 })] };
  const [secret, other] = withoutSecrets(mixed).items as KubeObject[];
  assert.deepEqual([secret?.data, secret?.stringData, other?.data], [undefined, undefined, 1]);
});
