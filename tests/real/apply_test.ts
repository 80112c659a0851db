/** Applies, patches and labels by both programs on the same inputs: the objects and their managedFields have to be the same. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/kube/mod.ts";
import { clusterTest, type Output, type RealCluster, type RunOptions } from "../support/real_cluster.ts";

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeSelector: {none: here}
      containers:
      - name: main
        image: busybox:1
        args: [a, b]
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
        ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}]
      - {name: side, image: "busybox:2"}
      volumes: [{name: tmp, emptyDir: {}}, {name: conf, configMap: {name: c}}]
`;

/** Parts go, come, change, and change their order. */
const DEPLOYMENT_LATER = DEPLOYMENT
  .replace(", tier: front", "")
  .replace("strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}", "strategy: {type: Recreate}")
  .replace(
    'env: [{name: A, value: "1"}, {name: B, value: "2"}]',
    'env: [{name: C, value: "3"}, {name: A, value: "0"}]',
  )
  .replace("args: [a, b]", "args: [b]")
  .replace('      - {name: side, image: "busybox:2"}\n', '      - {name: other, image: "busybox:3"}\n')
  .replace("configMap: {name: c}", "secret: {secretName: s}");

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {note: "<a & b>", on: "1"}, finalizers: [example.com/a, example.com/b]}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}, {name: https, port: 443, targetPort: tls}]
`;
const SERVICE_LATER = SERVICE.replace("{name: http, port: 80}, ", "").replace("port: 443", "port: 8443")
  .replace("[example.com/a, example.com/b]", "[example.com/b, example.com/c]");

const ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [""], resources: [secrets], verbs: [list]}]
`;
const ROLE_LATER = ROLE.replace(', {apiGroups: [""], resources: [secrets], verbs: [list]}', "");

const PAIRS = [[DEPLOYMENT, DEPLOYMENT_LATER], [SERVICE, SERVICE_LATER], [ROLE, ROLE_LATER]] as const;

/** One of the two programs in a namespace of its own. */
type Program = (args: readonly string[], stdin?: string, env?: RunOptions["env"]) => Promise<Output>;

type Name = "orka" | "kubectl";

async function both(
  real: RealCluster,
  use: (run: Program, name: Name) => Promise<unknown>,
): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "orka-apply-test-" });
  try {
    // both to their end: a failure of one leaves no child of the other behind
    const runs = await Promise.allSettled(
      (["kubectl", "orka"] as const).map((name) => inScratch(real, { name, state, use })),
    );
    const [kubectl, orka] = runs.map((run) => {
      if (run.status === "rejected") throw run.reason;
      return run.value;
    });
    assert.deepEqual(orka, kubectl, "orka against kubectl");
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

interface ScratchRun {
  readonly name: Name;
  readonly state: string;
  readonly use: (run: Program, name: Name) => Promise<unknown>;
}

async function inScratch(real: RealCluster, { name, state, use }: ScratchRun): Promise<unknown> {
  await using scratch = await real.scratch("apply");
  const run: Program = (args, stdin, env = {}) => {
    const options = { env, ...(stdin === undefined ? {} : { stdin }) };
    return name === "kubectl"
      ? real.kubectl(["-n", scratch.name, ...args], options)
      : real.orka(["-n", scratch.name, ...args, "--write"], {
        ...options,
        env: { ...env, XDG_STATE_HOME: state },
      });
  };
  try {
    return await use(run, name);
  } finally {
    // finalizers of the fixtures would hold the namespace
    const free = '{"metadata":{"finalizers":null}}';
    await real.kubectl(["-n", scratch.name, "patch", "svc", "web", "--type=merge", "-p", free]);
  }
}

async function ok(output: Promise<Output>): Promise<string> {
  const { code, stdout, stderr } = await output;
  assert.equal(code, 0, stderr);
  return stdout;
}

interface Entry {
  readonly manager: string;
}

/** An object without what differs from run to run. */
function essence(text: string): unknown {
  const { metadata, ...rest } = JSON.parse(text) as KubeObject;
  const { uid: _u, resourceVersion: _v, creationTimestamp: _c, namespace, managedFields, ...kept } = metadata;
  // controllers write when they please
  const entries = (managedFields ?? []).map((entry) => ({ ...entry as Entry, time: "" }))
    .filter(({ manager }) => manager !== "kube-controller-manager");
  entries.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const { "deployment.kubernetes.io/revision": _r, ...annotations } = kept.annotations ?? {};
  const { status: _s, ...spec } = rest;
  const whole = JSON.stringify({ ...spec, metadata: { ...kept, annotations, managedFields: entries } });
  return JSON.parse(
    whole.replaceAll(namespace!, "NS").replace(/"clusterIPs?":("[^"]*"|\[[^\]]*\])/g, '"ip":0'),
  );
}

async function object(run: Program, which: string): Promise<unknown> {
  return essence(await ok(run(["get", which, "-o", "json", "--show-managed-fields"])));
}

/** kubectl can't take out what can't stand beside the new (a volume's other type, a port's other number) while it owns it. */
const MILDER = [
  DEPLOYMENT.replace(", tier: front", "").replace("replicas: 2", "replicas: 1")
    .replace('[{name: A, value: "1"}, ', "["),
  SERVICE.replace("{name: http, port: 80}, ", ""),
  ROLE_LATER,
];

const KINDS = ["deployment/web", "service/web", "role/r"] as const;

clusterTest(
  "server-side apply leaves what kubectl's leaves, managedFields included",
  (real) =>
    both(real, async (run) => {
      const seen: unknown[] = [];
      const flags = ["apply", "--server-side", "--field-manager=orka", "-f", "-"];
      for (const [index, texts] of PAIRS.entries()) {
        for (const text of texts) {
          seen.push(await ok(run(flags, text)), await object(run, KINDS[index]!));
        }
      }
      return seen;
    }),
);

const clientSide = (name: Name) => ["apply", ...(name === "orka" ? ["--server-side=false"] : []), "-f", "-"];

clusterTest(
  "client-side apply merges as kubectl's, with the same note, owners and words",
  (real) =>
    both(real, async (run, name) => {
      const seen: unknown[] = [];
      for (const [index, [first, later]] of PAIRS.entries()) {
        for (const text of [first, later, first]) {
          seen.push(await ok(run(clientSide(name), text)), await object(run, KINDS[index]!));
        }
      }
      seen.push(await ok(run(clientSide(name), ROLE)));
      return seen;
    }),
);

clusterTest(
  "what kubectl applied client-side is taken over as kubectl --server-side does",
  (real) =>
    both(real, async (run, name) => {
      const seen: unknown[] = [];
      for (const [index, [first]] of PAIRS.entries()) {
        const which = KINDS[index]!;
        const later = MILDER[index]!;
        await ok(run(clientSide(name), first));
        await ok(run(["label", which, "from=elsewhere", "--field-manager=other"]));
        await ok(
          run(["apply", "--server-side", "--field-manager=orka", "--force-conflicts", "-f", "-"], later),
        );
        seen.push(await object(run, which));
      }
      return seen;
    }),
);

clusterTest(
  "fields of kubectl's client-side apply go over without force, whatever stood in their place",
  async (real) => {
    await using scratch = await real.scratch("apply");
    const state = await Deno.makeTempDir({ prefix: "orka-apply-test-" });
    try {
      const place = ["-n", scratch.name];
      await ok(real.kubectl([...place, "apply", "-f", "-"], { stdin: DEPLOYMENT }));
      const args = [...place, "apply", "-f", "-", "--write"];
      await ok(real.orka(args, { stdin: DEPLOYMENT_LATER, env: { XDG_STATE_HOME: state } }));
      const live = JSON.parse(await ok(real.kubectl([...place, "get", "deploy/web", "-o", "json"])));
      assert.deepEqual(live.spec.strategy, { type: "Recreate" });
      assert.equal(live.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"], undefined);
    } finally {
      await Deno.remove(state, { recursive: true });
    }
  },
);

clusterTest(
  "edit-last-applied and create --edit do with an editor's text what kubectl does",
  (real) =>
    both(real, async (run, name) => {
      const file = await Deno.makeTempFile({ suffix: ".yaml" });
      await Deno.writeTextFile(file, ROLE);
      const editor = (script: string) => ({ KUBE_EDITOR: `sed -i '${script}'` });
      await ok(run(clientSide(name), ROLE));
      const seen = [
        await ok(run(["apply", "edit-last-applied", "role/r"], "", editor("s/secrets/services/"))),
        await object(run, "role/r"),
        await ok(run(["apply", "edit-last-applied", "role", "r"], "", editor(""))),
        await ok(run(["create", "-f", file, "--edit"], "", editor("s/name: r/name: s/;s/list/watch/"))),
        await ok(run(["create", "-f", file, "--edit"], "", editor(""))),
      ];
      await Deno.remove(file);
      // the managers' names are the programs' own
      const { rules } = await object(run, "role/s") as { rules: unknown };
      return [...seen, rules];
    }),
);

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n";

/** A webhook that nobody answers for, in one namespace. */
const WEBHOOK = (namespace: string) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: namespace },
  webhooks: [{
    name: "deny.example.com",
    clientConfig: { url: "https://127.0.0.1:1/deny" },
    rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["services"] }],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  }],
});

clusterTest("a quota and a webhook that refuse are told, and what went through is", async (real) => {
  await using scratch = await real.scratch("apply");
  const place = ["-n", scratch.name];
  const state = await Deno.makeTempDir({ prefix: "orka-apply-test-" });
  try {
    await real.create(WEBHOOK(scratch.name));
    await ok(real.kubectl([...place, "create", "quota", "q", "--hard=configmaps=2"]));
    const counted = "--for=jsonpath={.status.hard.configmaps}=2";
    await ok(real.kubectl([...place, "wait", "quota/q", counted, "--timeout=30s"]));
    const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n";
    const stdin = [MAP.replace("NAME", "a"), MAP.replace("NAME", "b"), service].join("---\n");
    const apply = [...place, "apply", "-f", "-", "--write"];
    const { code, stdout, stderr } = await real.orka(apply, { stdin, env: { XDG_STATE_HOME: state } });
    assert.equal(stdout, "configmap/a created\n");
    assert.match(
      stderr,
      /configmap\/b \(STDIN\): .*exceeded quota: q, requested: configmaps=1, used: configmaps=2/,
    );
    assert.match(stderr, /service\/s \(STDIN\): .*failed calling webhook "deny\.example\.com"/);
    assert.match(stderr, /1 of 3 went through/);
    assert.equal(code, 1);
  } finally {
    await real.kubectl(["delete", "validatingwebhookconfiguration", scratch.name]);
    await Deno.remove(state, { recursive: true });
  }
});

clusterTest("a memory that can't be written is a warning, and the change is done", async (real) => {
  await using scratch = await real.scratch("apply");
  const stdin = MAP.replace("NAME", "a");
  const args = ["-n", scratch.name, "apply", "-f", "-", "--write"];
  for (const XDG_STATE_HOME of ["/proc/nowhere", "/dev/full"]) {
    const { code, stdout, stderr } = await real.orka(args, { stdin, env: { XDG_STATE_HOME } });
    assert.match(stdout, /^configmap\/a (created|unchanged)\n$/);
    assert.match(stderr, /^Warning: /);
    assert.equal(code, 0, stderr);
  }
});

/** What both are told in a row, with the input where there is one. */
const STEPS: readonly (readonly [string[], string?])[] = [
  [[
    "patch",
    "deploy",
    "web",
    "-p",
    '{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}]}}}}',
  ]],
  // no controller writes a Role meanwhile, which kubectl would take for a change by the patch
  [["patch", "role", "r", "-p", '{"metadata":{"name":"r"}}']],
  [["patch", "deploy/web", "--type=merge", "-p", "spec: {paused: true}"]],
  [["patch", "deploy/web", "--type=json", "-p", '[{"op":"replace","path":"/spec/replicas","value":3}]']],
  [["patch", "deploy/web", "--type=json", "-p", '[{"op":"remove","path":"/spec/nope"}]']],
  [["label", "deploy", "web", "a=b", "tier-"]],
  [["label", "deploy", "web", "a=b"]],
  [["label", "deploy", "web", "a-"]],
  [["annotate", "deploy", "web", "n=some words"]],
  [["replace", "-f", "-"], DEPLOYMENT_LATER],
  [["create", "-f", "-"], DEPLOYMENT],
];

clusterTest(
  "patch, label, annotate, replace and create leave and say the same",
  (real) =>
    both(real, async (run) => {
      const seen: unknown[] = [];
      await ok(run(["create", "--field-manager=m", "-f", "-"], `${DEPLOYMENT}---${ROLE}`));
      for (const [args, stdin] of STEPS) {
        const { code, stdout } = await run([...args, "--field-manager=m"], stdin);
        seen.push([args.join(" "), code, stdout, await object(run, "deployment/web")]);
      }
      return seen;
    }),
);
