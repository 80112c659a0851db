/**
 * Generated pods served as an API server's Tables, page by page as bytes, and a watch whose frames a POST to /modify asks for:
 * any number of objects without holding one of them. `deno run -A bench/pod_server.ts COUNT` serves them on
 * 127.0.0.1 and prints its port: in a process of its own, so that its garbage is not counted as the engine's.
 */
import { print } from "./report.ts";

const encoder = new TextEncoder();

const COLUMNS = [
  ["Name", "string", "name", 0],
  ["Ready", "string", "", 0],
  ["Status", "string", "", 0],
  ["Restarts", "string", "", 0],
  ["Age", "string", "", 0],
  ["IP", "string", "", 1],
  ["Node", "string", "", 1],
  ["Nominated Node", "string", "", 1],
  ["Readiness Gates", "string", "", 1],
].map(([name, type, format, priority]) => ({
  name,
  type,
  format,
  description: `${name} of the pod`,
  priority,
}));

const PHASES = [
  "Running",
  "Running",
  "Running",
  "Running",
  "Running",
  "Pending",
  "Completed",
  "CrashLoopBackOff",
];
const CREATED = "2026-01-01T00:00:00Z";

class PodServer {
  readonly #count: number;
  #version = 1_000_000;
  #watch: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor(count: number) {
    this.#count = count;
  }

  async answer(request: Request): Promise<Response> {
    const { searchParams, pathname } = new URL(request.url);
    if (pathname === "/version") return Response.json({ gitVersion: "v0.0.0" });
    if (pathname === "/modify") return Response.json(this.#modify(await request.json()));
    const body = searchParams.get("watch") === "true" ? this.#watchBody() : this.#page(searchParams);
    return new Response(body, { headers: { "content-type": "application/json" } });
  }

  /** Sends one frame for each of the pods: a change of status. False when nobody watches yet. */
  #modify(pods: readonly number[]): boolean {
    const lines = pods.map((i) => {
      const version = ++this.#version;
      return `{"type":"MODIFIED","object":{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"${version}"},` +
        `"columnDefinitions":null,"rows":[${podRow(i, { version, whole: true })}]}}\n`;
    });
    this.#watch?.enqueue(encoder.encode(lines.join("")));
    return this.#watch !== null;
  }

  #watchBody(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#watch = controller),
      cancel: () => void (this.#watch = null),
    });
  }

  #page(query: URLSearchParams): ReadableStream<Uint8Array> {
    const from = Number(query.get("continue") ?? 0);
    const to = Math.min(this.#count, from + Number(query.get("limit") ?? this.#count));
    const more = to < this.#count ? `,"continue":"${to}","remainingItemCount":${this.#count - to}` : "";
    const whole = query.get("includeObject") === "Object";
    let next = from;
    const chunk = () => {
      let text = next === from
        ? `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"1000000"${more}},` +
          `"columnDefinitions":${JSON.stringify(COLUMNS)},"rows":[`
        : "";
      // Some 16 rows are a network buffer's worth.
      for (const end = Math.min(to, next + 16); next < end; next++) {
        text += (next > from ? "," : "") + podRow(next, { version: 1000 + next, whole });
      }
      return encoder.encode(next === to ? `${text}]}\n` : text);
    };
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(chunk());
        if (next === to) controller.close();
      },
    });
  }
}

function podRow(i: number, { version, whole }: { version: number; whole: boolean }): string {
  const app = `app-${i % 400}`;
  const name = `${app}-${(i * 2654435761 % 2 ** 32).toString(36)}-${(i * 40503 % 60466176).toString(36)}`;
  const namespace = `load-${i % 50}`;
  const status = PHASES[(i + version) % PHASES.length];
  const ip = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
  const restarts = i % 17 === 0 ? "3 (5m ago)" : "0";
  const node = `node-${i % 1500}`;
  const metadata =
    `{"name":"${name}","generateName":"${app}-","namespace":"${namespace}","uid":"${
      uid(i)
    }","resourceVersion":"${version}",` +
    `"creationTimestamp":"${CREATED}","labels":{"app":"${app}","pod-template-hash":"h${i % 400}","tier":"t${
      i % 4
    }"},` +
    `"annotations":{"checksum/config":"${
      (i * 7919).toString(16).padStart(40, "a")
    }"},"ownerReferences":[{"apiVersion":"apps/v1",` +
    `"kind":"ReplicaSet","name":"${app}-rs","uid":"${
      uid(i % 400 + 10_000_000)
    }","controller":true,"blockOwnerDeletion":true}],` +
    `"managedFields":${MANAGED}}`;
  const cells = `["${name}","1/1","${status}","${restarts}","40d","${ip}","${node}","<none>","<none>"]`;
  const object = whole
    ? `{"kind":"Pod","apiVersion":"v1","metadata":${metadata},"spec":${spec(app, node)},"status":${
      podStatus(status!, ip)
    }}`
    : `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadata}}`;
  return `{"cells":${cells},"object":${object}}`;
}

function uid(i: number): string {
  const hex = (n: number, digits: number) => (n >>> 0).toString(16).padStart(8, "0").slice(-digits);
  return `${hex(i * 2654435761, 8)}-${hex(i, 4)}-4${hex(i >> 4, 3)}-a${hex(i >> 8, 3)}-${hex(i, 8)}${
    hex(i, 4)
  }`;
}

// Some 2 KB, as kubelet and controllers leave on a pod.
const MANAGED = JSON.stringify(
  ["kube-controller-manager", "kubelet"].map((manager) => ({
    manager,
    operation: "Update",
    apiVersion: "v1",
    time: CREATED,
    fieldsType: "FieldsV1",
    fieldsV1: Object.fromEntries(
      Array.from({ length: 28 }, (_, i) => [`f:field${i}`, { ".": {}, "f:name": {}, "f:value": {} }]),
    ),
  })),
);

// The server must not be what is measured: a spec is text made once, but for its app and node.
const SPECS = new Map<string, string>();

function spec(app: string, node: string): string {
  const known = SPECS.get(app);
  if (known !== undefined) return known.replace("NODE", node);
  SPECS.set(app, makeSpec(app));
  return spec(app, node);
}

function makeSpec(app: string): string {
  const env = Array.from({ length: 20 }, (_, i) => ({ name: `SETTING_${i}`, value: `${app}-value-${i}` }));
  return JSON.stringify({
    containers: [{
      name: "main",
      image: `registry.example.com/team/${app}:1.2.3`,
      ports: [{ containerPort: 8080, protocol: "TCP" }],
      env,
      resources: { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: "100m", memory: "128Mi" } },
      volumeMounts: [{
        name: "token",
        readOnly: true,
        mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
      }],
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      imagePullPolicy: "IfNotPresent",
    }],
    nodeName: "NODE",
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    serviceAccountName: app,
    tolerations: ["not-ready", "unreachable"].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    })),
  });
}

function podStatus(phase: string, ip: string): string {
  const conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    .map((type) => ({ type, status: "True", lastProbeTime: null, lastTransitionTime: CREATED }));
  return JSON.stringify({
    phase,
    conditions,
    hostIP: "172.16.0.1",
    podIP: ip,
    podIPs: [{ ip }],
    startTime: CREATED,
  });
}

if (import.meta.main) {
  const server = new PodServer(Number(Deno.args[0]));
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => print(`${port}\n`),
  }, (request) => server.answer(request));
}
