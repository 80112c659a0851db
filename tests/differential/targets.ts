/** The two servers: the embedded one in process, and the real one that a kubeconfig names. */
import { parse } from "yaml";
import { ApiServer, createMemoryStore } from "../../src/k1s/mod.ts";
import type { Json, JsonObject } from "../../src/k1s/registry/mod.ts";
import { CLUSTER_PLURALS, definitions, FIXED, KINDS, pathOf } from "./kinds.ts";
import type { Target } from "./player.ts";
import type { Step } from "./step.ts";

const JSON_HEADERS = { "content-type": "application/json", "user-agent": "differential/1" };

async function create(target: Target, path: string, object: Json): Promise<void> {
  const body = JSON.stringify(object).replaceAll("$NS", target.namespace);
  const response = await target.request(path.replaceAll("$NS", target.namespace), {
    method: "POST",
    headers: JSON_HEADERS,
    body,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot set up ${path}: ${response.status} ${text}`);
}

/** What every sequence finds: its namespace, the custom kinds, and objects that it only changes as dry runs. */
async function setUp(target: Target): Promise<void> {
  await create(target, "/api/v1/namespaces", { metadata: { name: "$NS" } });
  for (const definition of definitions) {
    await create(target, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
  }
  for (const { path, object } of FIXED) await create(target, path, object);
}

/** A fresh embedded server, set up. */
export class EmbeddedTarget implements Target, AsyncDisposable {
  readonly namespace = "orka-differential-00000";
  readonly quietMs = 20;
  readonly #server: ApiServer;
  readonly #store: ReturnType<typeof createMemoryStore>;

  private constructor(server: ApiServer, store: ReturnType<typeof createMemoryStore>) {
    this.#server = server;
    this.#store = store;
  }

  static async open(): Promise<EmbeddedTarget> {
    const store = createMemoryStore({ upkeepMs: 0 });
    const server = await ApiServer.open({ storage: store.tenant("t"), caCertificate: "CA" });
    const target = new EmbeddedTarget(server, store);
    await setUp(target);
    return target;
  }

  request(path: string, init: RequestInit): Promise<Response> {
    return this.#server.handler(new Request(`http://k1s${path}`, init));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    await this.#store.close();
  }
}

/** The real server, with a namespace of the run's own that is emptied between sequences. */
export class RealTarget implements Target, AsyncDisposable {
  readonly quietMs = 150;
  readonly namespace: string;
  readonly #origin: string;
  readonly #client: Deno.HttpClient;

  private constructor(origin: string, client: Deno.HttpClient) {
    const letters = crypto.randomUUID().replaceAll("-", "").slice(0, 5);
    this.namespace = `orka-differential-${letters}`;
    this.#origin = origin;
    this.#client = client;
  }

  static async open(kubeconfig: string): Promise<RealTarget> {
    const config = parse(await Deno.readTextFile(kubeconfig));
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const text = (object: JsonObject, name: string) =>
      typeof object[`${name}-data`] === "string"
        ? atob(String(object[`${name}-data`]))
        : Deno.readTextFileSync(String(object[name]));
    const client = Deno.createHttpClient({
      caCerts: [text(cluster, "certificate-authority")],
      cert: text(user, "client-certificate"),
      key: text(user, "client-key"),
    });
    const target = new RealTarget(cluster.server, client);
    await setUp(target);
    await target.#ready();
    return target;
  }

  request(path: string, init: RequestInit): Promise<Response> {
    return fetch(`${this.#origin}${path}`, { ...init, client: this.#client });
  }

  /** Waits until the custom kinds are served and the namespace has its service account and certificates. */
  async #ready(): Promise<void> {
    const wanted = [
      ...KINDS.map((kind) => pathOf(kind)),
      "/api/v1/namespaces/$NS/serviceaccounts/default",
      "/api/v1/namespaces/$NS/configmaps/kube-root-ca.crt",
    ];
    const endMs = performance.now() + 30_000;
    for (const path of wanted) {
      for (;;) {
        const response = await this.request(path.replaceAll("$NS", this.namespace), {});
        await response.body?.cancel();
        if (response.ok) break;
        if (performance.now() > endMs) throw new Error(`${path} is not served`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    // the collector and the caches learn of new kinds a moment later
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }

  /** Takes away what a sequence left. */
  async clean(steps: readonly Step[]): Promise<void> {
    const used = KINDS.filter(({ dry, plural }) => !dry && steps.some(({ path }) => path.includes(plural)));
    for (let round = 0; round < 50; round++) {
      let left = 0;
      for (const kind of used) left += await this.#cleanKind(pathOf(kind), kind.cluster === true);
      if (left === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    throw new Error("the namespace does not get empty");
  }

  async #cleanKind(template: string, cluster: boolean): Promise<number> {
    const path = template.replaceAll("$NS", this.namespace);
    const response = await this.request(path, { headers: { accept: PARTIAL } });
    if (!response.ok) throw new Error(`cannot list ${path}: ${response.status} ${await response.text()}`);
    const { items } = await response.json() as { items: { metadata: JsonObject }[] | null };
    let left = 0;
    for (const { metadata } of items ?? []) {
      const name = String(metadata.name);
      if (name === "kube-root-ca.crt" || name === "default") continue;
      if (cluster && !name.startsWith(this.namespace)) continue;
      left++;
      if (Array.isArray(metadata.finalizers)) {
        const body = JSON.stringify({ metadata: { finalizers: null } });
        const headers = { "content-type": "application/merge-patch+json" };
        await (await this.request(`${path}/${name}`, { method: "PATCH", headers, body })).body?.cancel();
      }
      const body = JSON.stringify({ gracePeriodSeconds: 0, propagationPolicy: "Background" });
      await (await this.request(`${path}/${name}`, { method: "DELETE", headers: JSON_HEADERS, body })).body
        ?.cancel();
    }
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const plural of CLUSTER_PLURALS) {
        const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}`;
        await (await this.request(path.replaceAll("$NS", this.namespace), { method: "DELETE" })).body
          ?.cancel();
      }
      await (await this.request(`/api/v1/namespaces/${this.namespace}`, { method: "DELETE" })).body?.cancel();
    } finally {
      this.#client.close();
    }
  }
}

const PARTIAL = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
