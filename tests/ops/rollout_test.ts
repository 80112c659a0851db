import assert from "node:assert/strict";
import { deleteObject, patchObject, readObject } from "../../src/apply/mod.ts";
import { ManualClock, OrkaError } from "../../src/base/mod.ts";
import type { Client } from "../../src/client/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { type RolloutState, rolloutStatus, watchRollout } from "../../src/ops/mod.ts";
import { cliOnEmbedded, settled } from "../cli/harness.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";

const TEMPLATE = (image: string, hash?: string) => ({
  metadata: { labels: { app: "web", ...(hash === undefined ? {} : { "pod-template-hash": hash }) } },
  spec: { containers: [{ name: "web", image }] },
});
const SELECTOR = { matchLabels: { app: "web" } };
const target = (kind: string, name = "web") => ({ resource: resource(kind), namespace: "default", name });

async function withWorkloads(use: (cluster: Embedded) => Promise<void>): Promise<void> {
  await using cluster = await openEmbedded();
  const web = { metadata: { name: "web" }, spec: { selector: SELECTOR, template: TEMPLATE("web:2") } };
  for (const kind of ["Deployment", "DaemonSet", "StatefulSet"]) {
    const spec = kind === "StatefulSet" ? { ...web.spec, serviceName: "web" } : web.spec;
    await cluster.create({ apiVersion: "apps/v1", kind, ...web, spec });
  }
  await use(cluster);
}

async function ownedBy(cluster: Embedded, kind: string, object: KubeObject): Promise<void> {
  const { uid } = (await readObject(cluster.client, target(kind)))!.metadata;
  const owner = { apiVersion: "apps/v1", kind, name: "web", uid: uid!, controller: true };
  await cluster.create({ ...object, metadata: { ...object.metadata, ownerReferences: [owner] } });
}

/** Revisions 1 and 2 of the Deployment, with web:1 and web:2, as its controller would keep them. */
async function withHistory(cluster: Embedded): Promise<void> {
  for (const number of [1, 2]) {
    await ownedBy(cluster, "Deployment", {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `web-${number}`,
        labels: { app: "web" },
        annotations: {
          "deployment.kubernetes.io/revision": String(number),
          ...(number === 1 ? { "kubernetes.io/change-cause": "the first" } : {}),
        },
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "web", "pod-template-hash": `h${number}` } },
        template: TEMPLATE(`web:${number}`, `h${number}`),
      },
    });
  }
}

async function withRevisions(cluster: Embedded, kind: string): Promise<void> {
  for (const number of [1, 2]) {
    await ownedBy(cluster, kind, {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata: { name: `web-${kind.toLowerCase()}-${number}`, labels: { app: "web" } },
      revision: number,
      data: { spec: { template: { $patch: "replace", ...TEMPLATE(`web:${number}`) } } },
    });
  }
}

async function imageOf(cluster: Embedded, kind: string): Promise<string> {
  const live = await readObject(cluster.client, target(kind)) as {
    spec?: { template?: ReturnType<typeof TEMPLATE> };
  } | null;
  return live!.spec!.template!.spec.containers[0]!.image;
}

async function setStatus(cluster: Embedded, kind: string, status: object): Promise<void> {
  await patchObject(cluster.client, { ...target(kind), subresource: "status" }, {
    type: "merge",
    patch: { status },
  });
}

function object(kind: string, spec: object, status: object | undefined, more: object = {}) {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "web", generation: 2, ...more },
    spec,
    status,
  } as KubeObject;
}

const SEEN = { observedGeneration: 2 };
const ROLLING = { updateStrategy: { type: "RollingUpdate" } };
const PARTITION = (partition: number) => ({
  replicas: 3,
  updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } },
});

const STATES:
  readonly (readonly [kind: string, spec: object, status: object | undefined, expected: string])[] = [
    ["Deployment", {}, undefined, "progress Waiting for deployment spec update to be observed..."],
    [
      "Deployment",
      { replicas: 3 },
      SEEN,
      'progress Waiting for deployment "web" rollout to finish: 0 out of 3 new replicas have been updated...',
    ],
    [
      "Deployment",
      { replicas: 3 },
      { ...SEEN, updatedReplicas: 3, replicas: 4 },
      'progress Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
    ],
    [
      "Deployment",
      { replicas: 3 },
      { ...SEEN, updatedReplicas: 3, replicas: 3, availableReplicas: 2 },
      'progress Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...',
    ],
    [
      "Deployment",
      { replicas: 3 },
      { ...SEEN, updatedReplicas: 3, replicas: 3, availableReplicas: 3 },
      'done deployment "web" successfully rolled out',
    ],
    [
      "Deployment",
      { replicas: 3 },
      { ...SEEN, conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] },
      'failed deployment "web" exceeded its progress deadline',
    ],
    ["Deployment", { replicas: 0 }, SEEN, 'done deployment "web" successfully rolled out'],
    [
      "DaemonSet",
      { updateStrategy: { type: "OnDelete" } },
      SEEN,
      "failed rollout status is only available for RollingUpdate strategy type",
    ],
    [
      "DaemonSet",
      ROLLING,
      { observedGeneration: 1 },
      "progress Waiting for daemon set spec update to be observed...",
    ],
    [
      "DaemonSet",
      ROLLING,
      { ...SEEN, desiredNumberScheduled: 2, updatedNumberScheduled: 1 },
      'progress Waiting for daemon set "web" rollout to finish: 1 out of 2 new pods have been updated...',
    ],
    [
      "DaemonSet",
      ROLLING,
      { ...SEEN, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
      'progress Waiting for daemon set "web" rollout to finish: 1 of 2 updated pods are available...',
    ],
    [
      "DaemonSet",
      ROLLING,
      { ...SEEN, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
      'done daemon set "web" successfully rolled out',
    ],
    ["StatefulSet", PARTITION(0), {}, "progress Waiting for statefulset spec update to be observed..."],
    [
      "StatefulSet",
      PARTITION(0),
      { ...SEEN, readyReplicas: 1 },
      "progress Waiting for 2 pods to be ready...",
    ],
    [
      "StatefulSet",
      PARTITION(1),
      { ...SEEN, readyReplicas: 3, updatedReplicas: 1 },
      "progress Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
    ],
    [
      "StatefulSet",
      PARTITION(1),
      { ...SEEN, readyReplicas: 3, updatedReplicas: 2 },
      "done partitioned roll out complete: 2 new pods have been updated...",
    ],
    [
      "StatefulSet",
      { replicas: 3, ...ROLLING },
      { ...SEEN, readyReplicas: 3, updatedReplicas: 1, updateRevision: "b", currentRevision: "a" },
      "progress waiting for statefulset rolling update to complete 1 pods at revision b...",
    ],
    [
      "StatefulSet",
      { replicas: 3, ...ROLLING },
      { ...SEEN, readyReplicas: 3, currentReplicas: 3, updateRevision: "b", currentRevision: "b" },
      "done statefulset rolling update complete 3 pods at revision b...",
    ],
  ];

Deno.test("each state of a rollout has kubectl's words", () => {
  for (const [kind, spec, status, expected] of STATES) {
    const { type, message } = rolloutStatus(object(kind, spec, status), { target: target(kind) });
    assert.equal(`${type} ${message}`, expected);
  }
  const annotations = { "deployment.kubernetes.io/revision": "4" };
  const live = object("Deployment", {}, SEEN, { annotations });
  assert.deepEqual(rolloutStatus(live, { target: target("Deployment"), revision: 3 }), {
    type: "failed",
    message: "desired revision (3) is different from the running revision (4)",
  });
  assert.equal(rolloutStatus(live, { target: target("Deployment"), revision: 4 }).type, "done");
});

Deno.test("a rollout is followed over a cut watch to its verdict", () =>
  withWorkloads(async (cluster) => {
    const clock = new ManualClock();
    const states: RolloutState[] = [];
    const steps = [
      { observedGeneration: 1 },
      { observedGeneration: 1, updatedReplicas: 1, replicas: 1 },
      { observedGeneration: 1, updatedReplicas: 1, replicas: 1, availableReplicas: 1 },
    ];
    let watches = 0;
    const { client: whole } = cluster;
    const client: Client = {
      target: whole.target,
      json: (path, options) => whole.json(path, options),
      open: (path, options) => whole.open(path, options),
      close: () => whole.close(),
      request: (path, options) => {
        if (!path.includes("watch=true")) return whole.request(path, options);
        watches++;
        const status = steps.shift();
        if (status !== undefined) void setStatus(cluster, "Deployment", status);
        // The first two are closed before they have told anything.
        return watches <= 2 ? Promise.resolve(new Response("")) : whole.request(path, options);
      },
    };
    const run = watchRollout(client, target("Deployment"), {
      clock,
      timeoutMs: 60_000,
      random: () => 0,
      onState: (state) => states.push(state),
    });
    let verdict: RolloutState | null = null;
    run.then((state) => verdict = state, assert.fail);
    for (let i = 0; i < 100 && verdict === null; i++) await clock.advance(100);
    assert.equal(verdict!.message, 'deployment "web" successfully rolled out');
    assert.equal(states.at(0)!.message, "Waiting for deployment spec update to be observed...");
    assert.equal(states.at(-1)!.type, "done");
    assert.ok(watches >= 3, `${watches} watches`);
    assert.equal(
      new Set(states.map(({ message }) => message)).size,
      states.length,
      "no state is told twice in a row",
    );
  }));

Deno.test("rollout status: verdict, failure, timeout, deletion and unknown kinds by exit code", () =>
  withWorkloads(async (cluster) => {
    const clock = new ManualClock();
    const orka = cliOnEmbedded(cluster, { clock });
    (await settled(clock, orka("rollout", "status", "deploy/web", "--timeout=5s"))).code(1)
      .stdout("Waiting for deployment spec update to be observed...\n")
      .stderr(/timed out waiting for the condition/);
    (await orka("rollout", "status", "deploy/web", "--watch=false")).code(0);
    await setStatus(cluster, "Deployment", {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
    });
    (await orka("ops", "rollout", "status", "deploy", "web")).code(0)
      .stdout('deployment "web" successfully rolled out\n').stderr("");
    (await orka("rollout", "status", "deploy/web", "--json")).code(0).stdout(
      '{"object":"deployment.apps/web","namespace":"default","type":"done","message":"deployment \\"web\\" successfully rolled out"}\n',
    );
    (await orka("rollout", "status", "deploy/web", "--revision=7")).code(1).stderr(/desired revision \(7\)/);
    (await orka("rollout", "status", "sa/default")).code(1);
    (await orka("rollout", "status", "deploy/nosuch")).code(1).stderr(/deployments.apps "nosuch" not found/);
    (await orka("rollout", "statis", "deploy/web")).code(2).stderr(/Did you mean "status"/);
    (await orka("rollout", "status")).code(2);
  }));

Deno.test("history lists revisions and shows what one of them ran", () =>
  withWorkloads(async (cluster) => {
    await withHistory(cluster);
    await withRevisions(cluster, "StatefulSet");
    const orka = cliOnEmbedded(cluster);
    (await orka("rollout", "history", "deploy/web")).code(0).stdout(
      "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         the first\n2         <none>\n\n",
    );
    (await orka("rollout", "history", "deploy/web", "--revision=1")).code(0)
      .stdout(/^deployment\.apps\/web with revision #1\nPod Template:\n/).stdout(/Image:\s+web:1\n/).stdout(
        /the first/,
      );
    (await orka("rollout", "history", "sts/web")).code(0).stdout(/1 +<none>\n2 +<none>\n/);
    (await orka("rollout", "history", "sts/web", "--revision=2")).code(0).stdout(/Image:\s+web:2\n/);
    (await orka("rollout", "history", "deploy/web", "--revision=9")).code(1).stderr(/There are 1, 2\./);
    (await orka("rollout", "history", "sa/default")).code(1).stderr(/no history viewer/);
    (await orka("rollout", "history", "deploy/web", "--revision=2", "-o", "name")).stdout(
      "replicaset.apps/web-2\n",
    );
  }));

Deno.test("undo goes back to the revision before, or to a named one, and says when there is none", () =>
  withWorkloads(async (cluster) => {
    await withHistory(cluster);
    const orka = cliOnEmbedded(cluster);
    (await orka("rollout", "undo", "deploy/web")).code(3).stdout(
      /deployment\.apps\/web would change\n[^]*web:1/,
    );
    assert.equal(await imageOf(cluster, "Deployment"), "web:2");
    (await orka("rollout", "undo", "deploy/web", "--write")).code(0).stdout(
      "deployment.apps/web rolled back\n",
    );
    assert.equal(await imageOf(cluster, "Deployment"), "web:1");
    const { metadata, spec } = (await readObject(cluster.client, target("Deployment")))!;
    assert.equal(metadata.annotations?.["kubernetes.io/change-cause"], "the first");
    assert.doesNotMatch(JSON.stringify(spec), /pod-template-hash/);
    (await orka("rollout", "undo", "deploy/web", "--to-revision=1", "--write")).code(0).stdout(
      /skipped rollback/,
    );
    (await orka("rollout", "undo", "deploy/web", "--to-revision=2", "--write")).code(0);
    assert.equal(await imageOf(cluster, "Deployment"), "web:2");
    (await orka("rollout", "undo", "deploy/web", "--to-revision=7", "--write")).code(1)
      .stderr(/unable to find specified revision 7 in history/);
    (await orka("rollout", "undo", "ds/web", "--write")).code(1).stderr(
      /no rollout history found for daemonset "web"/,
    );
    for (const kind of ["DaemonSet", "StatefulSet"]) {
      await withRevisions(cluster, kind);
      (await orka("rollout", "undo", `${kind}/web`, "--write")).code(0);
      assert.equal(await imageOf(cluster, kind), "web:1");
    }
  }));

Deno.test("pause holds a Deployment: it can be neither restarted nor rolled back until it is resumed", () =>
  withWorkloads(async (cluster) => {
    await withHistory(cluster);
    const orka = cliOnEmbedded(cluster);
    (await orka("rollout", "pause", "deploy/web", "--write")).code(0).stdout("deployment.apps/web paused\n");
    (await orka("rollout", "pause", "deploy/web", "--write")).code(1).stderr(
      /deployments.apps "web" is already paused/,
    );
    (await orka("rr", "deploy/web", "--write")).code(1).stderr(/can't restart paused deployment/);
    (await orka("rollout", "undo", "deploy/web", "--write")).code(1).stderr(/paused/);
    (await orka("rollout", "resume", "deploy/web", "--write")).code(0).stdout(
      "deployment.apps/web resumed\n",
    );
    (await orka("rollout", "resume", "deploy/web", "--write")).code(1).stderr(/is not paused/);
    (await orka("rollout", "pause", "ds/web", "--write")).code(1).stderr(/pausing is not supported/);
  }));

Deno.test("a restart annotates the template, and with --watch ends with the rollout's verdict", () =>
  withWorkloads(async (cluster) => {
    const clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    const orka = cliOnEmbedded(cluster, { clock });
    (await orka("rr", "deploy/web")).code(3).stdout(/restartedAt/);
    (await orka("rr", "deploy/web", "ds/web", "--write")).code(0)
      .stdout("deployment.apps/web restarted\ndaemonset.apps/web restarted\n");
    const { spec } = (await readObject(cluster.client, target("Deployment")))!;
    const { template } = spec as { template: { metadata: { annotations: Record<string, string> } } };
    assert.deepEqual(template.metadata.annotations, {
      "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z",
    });
    (await orka("rollout", "restart", "rs/none", "--write")).code(1);
    await setStatus(cluster, "StatefulSet", {
      observedGeneration: 2,
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
    });
    (await orka("rollout", "restart", "sts/web", "--watch", "--write")).code(0)
      .stdout("statefulset.apps/web restarted\n").stderr(/partitioned roll out complete: 1 new pods/);
    await setStatus(cluster, "Deployment", {
      observedGeneration: 99,
      conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
    });
    await clock.advance(2_000);
    (await orka("rr", "deploy/web", "--watch", "--write")).code(1).stderr(/exceeded its progress deadline/);
  }));

Deno.test("a rollout whose object is deleted says so", () =>
  withWorkloads(async (cluster) => {
    let deleted: Promise<unknown> | undefined;
    const run = watchRollout(cluster.client, target("Deployment"), {
      clock: new ManualClock(),
      timeoutMs: 0,
      random: () => 0,
      onState: () => void (deleted = deleteObject(cluster.client, target("Deployment"))),
    });
    const error = await run.then(() => assert.fail(), (error) => error);
    await deleted;
    assert.ok(error instanceof OrkaError);
    assert.equal(error.code, "not-found");
  }));
