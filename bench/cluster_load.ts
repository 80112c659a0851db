/**
 * The cluster that benchmarks run on, and its load: 50 fake nodes, 50 namespaces, 20,000 running pods and 20,000
 * config maps. Filling takes half a minute a kind and happens once; `deno run -A bench/cluster_load.ts` does only that.
 *
 * It is the cluster of ORKA_TEST_KUBECONFIG, else the one that the script beside the repository starts.
 */
import { RealCluster, realCluster } from "../tests/support/real_cluster.ts";
import { print } from "./report.ts";
import { must } from "./process_meter.ts";

export const PODS = 20_000;
export const CONFIG_MAPS = 20_000;
const NAMESPACES = 50;
const NODES = 50;
/** Requests under way at once: past 24 the API server only queues them. */
const PARALLEL = 24;

/** Plain requests to the API server, for filling and for its own share of a figure. */
export interface Api extends Disposable {
  readonly get: (path: string, accept?: string) => Promise<Response>;
  readonly send: (method: string, path: string, body: unknown, contentType?: string) => Promise<number>;
}

/** The cluster and its administrator's connection. */
export async function benchCluster(): Promise<RealCluster> {
  const named = realCluster();
  if (named) return named;
  const script = decodeURIComponent(new URL("../../shared/testcluster/cluster", import.meta.url).pathname);
  try {
    await Deno.stat(script);
  } catch {
    throw new Error("no cluster: name one with ORKA_TEST_KUBECONFIG (and ORKA_TEST_KUBECTL)");
  }
  const last = (text: string) => text.trim().split("\n").at(-1)!;
  const bin = last(await must("bash", [script, "build"], { timeoutMs: 20 * 60_000 }));
  const kubeconfig = last(await must("bash", [script, "up"], { timeoutMs: 120_000 }));
  return new RealCluster(kubeconfig, `${bin}/kubectl`);
}

export async function connect(cluster: RealCluster): Promise<Api> {
  const config = JSON.parse(
    await cluster.kubectlOk(["config", "view", "--raw", "--flatten", "--minify", "-o", "json"]),
  );
  const { server, ["certificate-authority-data"]: ca } = config.clusters[0].cluster;
  const { ["client-certificate-data"]: cert, ["client-key-data"]: key } = config.users[0].user;
  const client = Deno.createHttpClient({ caCerts: [atob(ca)], cert: atob(cert), key: atob(key) });
  return {
    get: (path, accept = "application/json") => fetch(server + path, { client, headers: { accept } }),
    async send(method, path, body, contentType = "application/json") {
      const headers = { "content-type": contentType };
      const response = await fetch(server + path, { client, method, headers, body: JSON.stringify(body) });
      await response.body?.cancel();
      if (!response.ok && response.status !== 409) throw new Error(`${method} ${path}: ${response.status}`);
      return response.status;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** How many objects a path holds. */
export async function count(api: Api, path: string): Promise<number> {
  const list = await (await api.get(`${path}?limit=1`, "application/json")).json();
  return list.items.length + (list.metadata.remainingItemCount ?? 0);
}

async function inParallel(total: number, one: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    while (next < total) await one(next++);
  }));
}

/** A pod as a Deployment's look: 200 apps, three label keys, two containers, already bound to a node. */
function pod(index: number): object {
  const app = `app-${index % 200}`;
  return {
    metadata: {
      name: `${app}-7d9c5b8f6d-${index.toString(36).padStart(5, "0")}`,
      labels: { app, tier: index % 3 ? "backend" : "frontend", "pod-template-hash": "7d9c5b8f6d" },
    },
    spec: {
      nodeName: `node-${index % NODES}`,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "main",
          image: `images.test/${app}:1.${index % 10}`,
          env: [{ name: "A", value: "b" }],
          resources: { requests: { cpu: "100m", memory: "64Mi" } },
        },
        { name: "sidecar", image: "proxy:2" },
      ],
    },
  };
}

function configMap(index: number): object {
  const name = `settings-${index.toString(36).padStart(5, "0")}`;
  return {
    metadata: { name, labels: { app: `app-${index % 200}` } },
    data: { "app.conf": `level=info\nshard=${index}\n` },
  };
}

/** Makes what is missing of the load, and waits until the pods run. */
export async function ensureLoad(cluster: RealCluster, api: Api): Promise<void> {
  const pods = await count(api, "/api/v1/pods");
  const maps = await count(api, "/api/v1/configmaps");
  if (pods >= PODS && maps >= CONFIG_MAPS) return;
  print(`filling the cluster: ${pods} pods and ${maps} config maps are there\n`);
  await inParallel(NODES, (i) => api.send("POST", "/api/v1/nodes", node(i)));
  await inParallel(
    NAMESPACES,
    (i) => api.send("POST", "/api/v1/namespaces", { metadata: { name: `load-${i}` } }),
  );
  for (let i = 0; i < NAMESPACES; i++) {
    await cluster.kubectlOk([
      "-n",
      `load-${i}`,
      "wait",
      "--for=create",
      "serviceaccount/default",
      "--timeout=60s",
    ]);
  }
  const into = (kind: string, index: number) => `/api/v1/namespaces/load-${index % NAMESPACES}/${kind}`;
  if (pods < PODS) await inParallel(PODS, (i) => api.send("POST", into("pods", i), pod(i)));
  if (maps < CONFIG_MAPS) {
    await inParallel(CONFIG_MAPS, (i) => api.send("POST", into("configmaps", i), configMap(i)));
  }
  await allRunning(api);
}

function node(index: number): object {
  const amounts = { cpu: "64", memory: "512Gi", pods: "4000" };
  return {
    metadata: {
      name: `node-${index}`,
      labels: {
        "kubernetes.io/hostname": `node-${index}`,
        "kubernetes.io/os": "linux",
        "node-role.kubernetes.io/agent": "",
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    status: { allocatable: amounts, capacity: amounts },
  };
}

async function allRunning(api: Api): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const list = await (await api.get("/api/v1/pods?limit=1&fieldSelector=status.phase%3DPending")).json();
    if (list.items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  throw new Error("pods are still pending after 4 minutes");
}

/** Changes `perSecond` pods a second, in cells that a table shows (RESTARTS), until aborted; how many it made. */
export async function churn(api: Api, perSecond: number, signal: AbortSignal): Promise<number> {
  let made = 0;
  const started = performance.now();
  while (!signal.aborted) {
    const due = Math.floor((performance.now() - started) / 1000 * perSecond);
    const batch = Math.min(due - made, PARALLEL);
    if (batch > 0) {
      const from = made;
      await Promise.all(Array.from({ length: batch }, (_, i) => restart(api, from + i)));
      made += batch;
    } else {
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
    }
  }
  return made;
}

/** Writes a new restart count; a prime step so that neighbours on the screen are not neighbours in time. */
async function restart(api: Api, tick: number): Promise<void> {
  const index = (tick * 7919) % PODS;
  const name = `app-${index % 200}-7d9c5b8f6d-${index.toString(36).padStart(5, "0")}`;
  const path = `/api/v1/namespaces/load-${index % NAMESPACES}/pods/${name}/status`;
  const containerStatuses = ["main", "sidecar"].map((name) => ({
    name,
    image: name,
    imageID: name,
    ready: true,
    started: true,
    restartCount: name === "main" ? 1 + tick % 97 : 0,
    state: { running: {} },
  }));
  await api.send("PATCH", path, { status: { containerStatuses } }, "application/strategic-merge-patch+json");
}

/** The server's own share: all pages of a list read and dropped, nothing parsed but the continue token. */
export async function plainList(
  api: Api,
  path: string,
  accept?: string,
): Promise<{ ms: number; firstMs: number; bytes: number }> {
  const started = performance.now();
  let token = "", bytes = 0, firstMs = NaN;
  do {
    const response = await api.get(
      `${path}?limit=500${token && `&continue=${encodeURIComponent(token)}`}`,
      accept,
    );
    const body = new Uint8Array(await response.arrayBuffer());
    if (bytes === 0) firstMs = performance.now() - started;
    bytes += body.length;
    // The list's metadata stands at its head.
    token = /"continue":\s*"([^"]*)"/.exec(new TextDecoder().decode(body.subarray(0, 2048)))?.[1] ?? "";
  } while (token !== "");
  return { ms: performance.now() - started, firstMs, bytes };
}

if (import.meta.main) {
  const cluster = await benchCluster();
  using api = await connect(cluster);
  await ensureLoad(cluster, api);
  print(`${await count(api, "/api/v1/pods")} pods, ${await count(api, "/api/v1/configmaps")} config maps\n`);
}
