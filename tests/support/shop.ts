/** A small shop of a cluster, served from memory over a socket, with a kubeconfig for it: for pictures and walks. */
import { DENO_DIR } from "./deno_dir.ts";
import { type TestObject, TestServer } from "./two_servers.ts";

const APPS = ["cart", "checkout", "catalog", "payments", "search", "web"];
const MINUTE_MS = 60_000;

export interface Target extends AsyncDisposable {
  /** A folder that goes with the target. */
  readonly dir: string;
  /** Where it is served. */
  readonly url: string;
  /** What makes the program use it, and keep its files there. */
  readonly env: Readonly<Record<string, string>>;
}

export interface TargetOptions {
  /** The default of its contexts. */
  readonly namespace: string;
  /** Of the kubeconfig, the first the current one; `namespace` alone unless given. */
  readonly contexts?: readonly string[];
}

/** Serves `server` until the target goes, with it, and writes a kubeconfig that names it. */
export async function serveTarget(
  server: TestServer,
  { namespace, contexts = [namespace] }: TargetOptions,
): Promise<Target> {
  const { url, close } = await server.listen();
  const dir = await Deno.makeTempDir({ prefix: "orka-target-" });
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "served", cluster: { server: url } }],
    users: [{ name: "you", user: {} }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "served", user: "you", namespace } })),
    "current-context": contexts[0],
  };
  await Deno.writeTextFile(`${dir}/config`, JSON.stringify(config));
  return {
    dir,
    url,
    env: { HOME: dir, KUBECONFIG: `${dir}/config`, XDG_CACHE_HOME: dir, XDG_STATE_HOME: dir, DENO_DIR },
    async [Symbol.asyncDispose]() {
      await close();
      await server[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Objects are made 37 minutes apart, so that their ages differ. */
const STEP_MS = 37 * MINUTE_MS;

/** Three replicas of six apps in the namespace `shop`, and their Deployments; two pods wait. */
export async function shop(): Promise<TestServer> {
  const oldest = APPS.length * 3 + 1;
  const server = await TestServer.open("embedded", { startMs: Date.now() - oldest * STEP_MS });
  await server.namespaces("shop");
  for (let index = APPS.length * 3 - 1; index >= 0; index--) {
    await server.put(pod(APPS[Math.floor(index / 3)]!, index));
    if (index < APPS.length) await server.put(deployment(APPS[index]!));
    await server.clock.advance(STEP_MS);
  }
  return server;
}

function deployment(app: string): TestObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace: "shop", name: app, labels: { app } },
    spec: { replicas: 3 },
    status: { replicas: 3, readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 },
  };
}

function pod(app: string, index: number): TestObject {
  const waiting = index === 10 || index === 14;
  const suffix = (index * 7919 % 46656).toString(36).padStart(3, "0");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "shop",
      name: `${app}-6c9f7d5b8-${suffix}xq`,
      labels: { app },
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
        image: "",
        imageID: "",
        ...(waiting ? {} : { state: { running: {} } }),
      })),
    },
  };
}
