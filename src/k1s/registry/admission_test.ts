/** What a creation gets from the rest of the cluster and from who asks, as the real server was seen to give it. */
import assert from "node:assert/strict";
import { ApiServer } from "../http/handler.ts";
import { createMemoryStore } from "../storage/mod.ts";
import type { JsonObject } from "./object.ts";

const SPACE = "/api/v1/namespaces/default";
const REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const PEM = btoa("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");

type Send = (method: string, path: string, body: unknown, headers?: HeadersInit) => Promise<JsonObject>;

async function withServer(work: (send: Send) => Promise<void>): Promise<void> {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const send: Send = async (method, path, body, headers = {}) => {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const response = await server.handler(
      new Request(`http://k1s${path}`, {
        method,
        headers: { "content-type": type, ...Object.fromEntries(new Headers(headers)) },
        body: JSON.stringify(body),
      }),
    );
    return await response.json();
  };
  try {
    await work(send);
  } finally {
    await server.close();
    await store.close();
  }
}

interface PodSpec {
  readonly serviceAccount: string;
  readonly serviceAccountName: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly { readonly name: string; readonly projected?: JsonObject }[];
  readonly containers: readonly {
    readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
}

async function podSpec(send: Send, spec: JsonObject): Promise<PodSpec> {
  const name = crypto.randomUUID();
  const pod = { metadata: { name }, spec: { containers: [{ name: "c", image: "x" }], ...spec } };
  const made = await send("POST", `${SPACE}/pods`, pod);
  assert.equal(made.kind, "Pod", String(made.message));
  return made.spec as unknown as PodSpec;
}

Deno.test("a pod has its account's token in every container, but where something else is mounted", () =>
  withServer(async (send) => {
    const { volumes = [], containers, serviceAccount } = await podSpec(send, {});
    assert.equal(serviceAccount, "default");
    const name = volumes[0]!.name;
    assert.match(name, /^kube-api-access-[a-z0-9]{5}$/);
    assert.deepEqual(containers[0]!.volumeMounts, [{ name, readOnly: true, mountPath: MOUNT_PATH }]);
    const own = { name: "own", mountPath: MOUNT_PATH };
    const other = await podSpec(send, {
      volumes: [{ name: "own", emptyDir: {} }],
      containers: [{ name: "c", image: "x", volumeMounts: [own] }],
    });
    assert.deepEqual(other.volumes?.map((volume) => volume.name), ["own"]);
    assert.deepEqual(other.containers[0]!.volumeMounts, [own]);
  }));

Deno.test("an account says whether its token is mounted, unless the pod does, and gives pull secrets", () =>
  withServer(async (send) => {
    const account = {
      metadata: { name: "quiet" },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "a" }, { name: "b" }],
    };
    await send("POST", `${SPACE}/serviceaccounts`, account);
    const quiet = await podSpec(send, { serviceAccountName: "quiet" });
    assert.equal(quiet.volumes, undefined);
    assert.deepEqual(quiet.imagePullSecrets, [{ name: "a" }, { name: "b" }]);
    const loud = await podSpec(send, {
      serviceAccountName: "quiet",
      automountServiceAccountToken: true,
      imagePullSecrets: [{ name: "own" }],
    });
    assert.equal(loud.volumes?.length, 1);
    assert.deepEqual(loud.imagePullSecrets, [{ name: "own" }]);
    const silent = await podSpec(send, { automountServiceAccountToken: false });
    assert.equal(silent.volumes, undefined);
  }));

Deno.test("the older name of a pod's account counts where the newer says nothing", () =>
  withServer(async (send) => {
    await send("POST", `${SPACE}/serviceaccounts`, { metadata: { name: "other" } });
    const older = await podSpec(send, { serviceAccount: "other" });
    assert.equal(older.serviceAccountName, "other");
    const both = await podSpec(send, { serviceAccount: "default", serviceAccountName: "other" });
    assert.equal(both.serviceAccount, "other");
  }));

Deno.test("a pod that gets its name made is refused by what it is generated from", () =>
  withServer(async (send) => {
    const spec = { containers: [{ name: "c", image: "x" }], serviceAccountName: "none" };
    const refused = await send("POST", `${SPACE}/pods`, { metadata: { generateName: "made-" }, spec });
    assert.equal(
      refused.message,
      'pods "made-" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
    );
  }));

Deno.test("a certificate is asked for by whoever asks, and that stays", () =>
  withServer(async (send) => {
    const body = {
      metadata: { name: "jane" },
      spec: {
        signerName: "example.com/x",
        usages: ["client auth"],
        username: "bob",
        groups: ["system:masters"],
        extra: { x: ["y"] },
        request: PEM,
      },
    };
    const as = [
      ["impersonate-user", "jane"],
      ["impersonate-group", "devs"],
      ["impersonate-uid", "7"],
      ["impersonate-extra-a.b%2fc", "d"],
    ] as [string, string][];
    const made = await send("POST", REQUESTS, body, as);
    const { username, groups, uid, extra } = made.spec as JsonObject;
    assert.deepEqual(
      { username, groups, uid, extra },
      {
        username: "jane",
        groups: ["devs", "system:authenticated"],
        uid: "7",
        extra: { "a.b/c": ["d"] },
      },
    );
    const changed = await send("PATCH", `${REQUESTS}/jane`, { spec: { username: "bob", groups: null } });
    assert.deepEqual(changed.spec, made.spec);
    const self = await send("POST", REQUESTS, { ...body, metadata: { name: "self" } });
    const { username: own, extra: none } = self.spec as JsonObject;
    assert.deepEqual([own, none], ["kubernetes-admin", undefined]);
  }));

Deno.test("a pod gets overhead and places of its runtime class, and is refused where it says otherwise", () =>
  withServer(async (send) => {
    const tolerations = [{ key: "sandbox", operator: "Exists" }];
    await send("POST", "/apis/node.k8s.io/v1/runtimeclasses", {
      metadata: { name: "boxed" },
      handler: "box",
      overhead: { podFixed: { cpu: "100m" } },
      scheduling: { nodeSelector: { kind: "boxes" }, tolerations },
    });
    const create = (spec: JsonObject) =>
      send("POST", `${SPACE}/pods`, {
        metadata: { name: crypto.randomUUID() },
        spec: { containers: [{ name: "c", image: "x" }], ...spec },
      });
    const spec = (await create({ runtimeClassName: "boxed" })).spec as JsonObject;
    assert.deepEqual(spec.overhead, { cpu: "100m" });
    assert.deepEqual(spec.nodeSelector, { kind: "boxes" });
    assert.deepEqual((spec.tolerations as JsonObject[])[0], tolerations[0]);
    const refusals: [JsonObject, RegExp][] = [
      [{ runtimeClassName: "none" }, /forbidden: pod rejected: RuntimeClass "none" not found$/],
      [{ overhead: { cpu: "1" } }, /Pod Overhead set without corresponding RuntimeClass defined Overhead$/],
      [
        { runtimeClassName: "boxed", overhead: { cpu: "1" } },
        /doesn't match RuntimeClass's defined Overhead$/,
      ],
      [
        { runtimeClassName: "boxed", nodeSelector: { kind: "x" } },
        /rejected: conflict: .*nodeSelector\[kind\] = x$/,
      ],
    ];
    for (const [given, words] of refusals) assert.match(String((await create(given)).message), words);
  }));

Deno.test("a request for a certificate is granted at its approval, not in its status", () =>
  withServer(async (send) => {
    const spec = { request: PEM, signerName: "example.com/s", usages: ["client auth"] };
    await send("POST", REQUESTS, { metadata: { name: "r" }, spec });
    const patch = { status: { conditions: [{ type: "Approved", status: "True", reason: "x" }] } };
    const words = 'status.conditions: Forbidden: updates may not add a condition of type "Approved"';
    const refused = await send("PATCH", `${REQUESTS}/r/status`, patch);
    assert.ok(String(refused.message).endsWith(words), String(refused.message));
    assert.equal((await send("PATCH", `${REQUESTS}/r/approval`, patch)).kind, "CertificateSigningRequest");
    assert.equal((await send("PATCH", `${REQUESTS}/r/status`, patch)).kind, "CertificateSigningRequest");
  }));

Deno.test("what a node may not be, and what of it stays", () =>
  withServer(async (send) => {
    const nodes = "/api/v1/nodes";
    const made = await send("POST", nodes, {
      metadata: { name: "n" },
      spec: { podCIDR: "10.0.0.0/24", providerID: "a" },
    });
    assert.deepEqual((made.spec as JsonObject).podCIDRs, ["10.0.0.0/24"]);
    const taint = { key: "a", effect: "NoSchedule" };
    const refusals: [JsonObject, RegExp][] = [
      [{ taints: [taint, taint] }, /metadata\.taints\[1\]: .*taints must be unique by key and effect pair$/],
      [{ podCIDR: "10.1.0.0/24" }, /spec\.podCIDRs: Forbidden: node updates may not change podCIDR/],
      [{ providerID: "b" }, /spec\.providerID: Forbidden: node updates may not change providerID/],
    ];
    for (const [spec, words] of refusals) {
      assert.match(String((await send("PATCH", `${nodes}/n`, { spec })).message), words);
    }
  }));

Deno.test("a pod's address that a status names is the first of its addresses, and its writer's", () =>
  withServer(async (send) => {
    await send("POST", `${SPACE}/pods`, {
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "x" }] },
    });
    const patch = (status: JsonObject) =>
      send("PATCH", `${SPACE}/pods/p/status?fieldManager=node`, { status });
    const written = await patch({ podIP: "10.1.0.1" });
    assert.deepEqual((written.status as JsonObject).podIPs, [{ ip: "10.1.0.1" }]);
    const owners = JSON.stringify((written.metadata as JsonObject).managedFields);
    assert.match(owners, /"f:podIPs":\{".":\{\},"k:\{\\"ip\\":\\"10\.1\.0\.1\\"\}"/);
    assert.deepEqual(((await patch({ podIP: "10.1.0.2" })).status as JsonObject).podIPs, [{
      ip: "10.1.0.2",
    }]);
  }));
