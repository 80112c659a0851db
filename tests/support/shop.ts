/** A small shop of a cluster, served from memory over a socket, with a kubeconfig for it: for pictures and walks. */
import { FakeApi } from "./fake_api.ts";

const APPS = ["cart", "checkout", "catalog", "payments", "search", "web"];
const MINUTE_MS = 60_000;

export interface Target extends AsyncDisposable {
  /** A folder that goes with the target. */
  readonly dir: string;
  /** What makes the program use it, and keep its files there. */
  readonly env: Readonly<Record<string, string>>;
}

/** Serves `api` and writes a kubeconfig that names it. */
export async function serveTarget(api: FakeApi, name: string): Promise<Target> {
  const server = await api.listen();
  const dir = await Deno.makeTempDir({ prefix: "orka-target-" });
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: server.url } }],
    users: [{ name: "you", user: {} }],
    contexts: [{ name, context: { cluster: name, user: "you", namespace: name } }],
    "current-context": name,
  };
  await Deno.writeTextFile(`${dir}/config`, JSON.stringify(config));
  return {
    dir,
    env: { KUBECONFIG: `${dir}/config`, XDG_CACHE_HOME: dir, XDG_STATE_HOME: dir },
    async [Symbol.asyncDispose]() {
      await server.close();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Three replicas of six apps in the namespace `shop`, and their Deployments; two pods wait. */
export function shop(): FakeApi {
  const api = new FakeApi();
  for (const name of ["default", "kube-system", "shop"]) {
    api.put({ apiVersion: "v1", kind: "Namespace", metadata: { name }, status: { phase: "Active" } });
  }
  APPS.forEach((app, a) => {
    for (let i = 0; i < 3; i++) api.put(pod(app, a * 3 + i));
    api.put(deployment(app, a));
  });
  return api;
}

function born(index: number): string {
  return new Date(Date.now() - (index + 2) * 37 * MINUTE_MS).toISOString();
}

function deployment(app: string, index: number) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace: "shop", name: app, labels: { app }, creationTimestamp: born(index) },
    spec: { replicas: 3 },
    status: { readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 },
  };
}

function pod(app: string, index: number) {
  const waiting = index === 10 || index === 14;
  const suffix = (index * 7919 % 46656).toString(36).padStart(3, "0");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "shop",
      name: `${app}-6c9f7d5b8-${suffix}xq`,
      labels: { app },
      creationTimestamp: born(index),
    },
    spec: {
      nodeName: `node-${index % 3}`,
      containers: [{ name: "main", image: `${app}:1.4` }, { name: "proxy", image: "proxy:2" }],
    },
    status: {
      phase: waiting ? "Pending" : "Running",
      podIP: `10.0.${index % 3}.${20 + index}`,
      containerStatuses: ["main", "proxy"].map((name) => ({
        name,
        ready: !waiting,
        restartCount: index === 4 ? 3 : 0,
      })),
    },
  };
}
