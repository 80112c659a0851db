/**
 * One suite, two servers: a test of `onServers` runs on the embedded API server in this process, on any machine,
 * and again on the real one where ORKA_TEST_KUBECONFIG names one. Each run has a namespace of its own, a front that
 * can misbehave (front.ts), and a clock that tests move.
 *
 *     onServers("a list is sorted", async (server) => {
 *       await server.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "web" } });
 *       const client = createClient({ fetch: server.fetch });
 *     });
 */
import { createObject, deleteObject, readObject } from "../../src/apply/mod.ts";
import { ManualClock, systemClock } from "../../src/base/mod.ts";
import { type Client, createClient, discover, type Fetch, WriteGate } from "../../src/client/mod.ts";
import { ApiServer, createMemoryStore } from "../../src/k1s/mod.ts";
import { apiVersion, groupResource, type KubeObject, type Resource } from "../../src/kube/mod.ts";
import { Front, type FrontOptions } from "./front.ts";
import { definitionOf, type KindOptions } from "./test_kinds.ts";
import { changeObject, type Ref, storedForm, type TestObject } from "./test_objects.ts";
import { PacedClock, realServer } from "./real_server.ts";
import { realCluster } from "./real_cluster.ts";
import { resource } from "./resources.ts";

export type { KindOptions, Ref, TestObject };

export interface ServerOptions extends FrontOptions {
  /** When the embedded server's clock begins, Unix ms; in 2023 unless given. */
  readonly startMs?: number;
}

/** What is behind the front. */
interface Behind {
  readonly fetch: Fetch;
  readonly isReal: boolean;
  /** Own namespace of the test. */
  readonly namespace: string;
  readonly clock: ManualClock;
  /** Forgets all history. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

export class TestServer extends Front implements AsyncDisposable {
  readonly isReal: boolean;
  readonly namespace: string;
  /** Moves when the test says so; the embedded server goes by it too. */
  readonly clock: ManualClock;
  /** The administrator's, past the front. */
  readonly admin: Client;
  readonly #behind: Behind;
  readonly #definitions: string[] = [];
  /** Under way: a test may end with what it watched, before the write is answered. */
  readonly #writes = new Set<Promise<unknown>>();
  #resources: readonly Resource[] = [];

  private constructor(behind: Behind, options: FrontOptions) {
    super(behind.fetch, { clock: behind.clock, ...options });
    this.#behind = behind;
    this.isReal = behind.isReal;
    this.namespace = behind.namespace;
    this.clock = behind.clock;
    this.admin = createClient({ fetch: behind.fetch, writes: new WriteGate({ isOpen: true }) });
  }

  static async open(kind: "embedded" | "real", options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(await (kind === "embedded" ? embedded(options) : real()), options);
    await server.rediscover();
    return server;
  }

  /** A client of the front, as what is tested has it. */
  client(): Client {
    return createClient({ fetch: this.fetch, clock: this.clock });
  }

  get resources(): readonly Resource[] {
    return this.#resources;
  }

  /** The served resource with this plural, e.g. `pods`, `deployments.apps`, in the preferred version. */
  resource(name: string): Resource {
    const found = this.#resources.find((r) => groupResource(r) === name && r.preferred);
    if (!found) throw new Error(`the server serves no ${name}`);
    return found;
  }

  async rediscover(): Promise<void> {
    this.#resources = (await discover(this.admin, { cacheDir: null })).resources;
  }

  /** Creates or replaces, in the test's namespace unless the object names another; the object as stored. */
  async put(object: TestObject): Promise<KubeObject> {
    return await this.#write(
      changeObject(this.admin, this.#kindOf(object), storedForm(object, this.namespace)),
    );
  }

  /** Several at a time; order is not kept. */
  async putAll(objects: readonly TestObject[]): Promise<void> {
    for (let from = 0; from < objects.length; from += 100) {
      await Promise.all(objects.slice(from, from + 100).map((object) => this.put(object)));
    }
  }

  /** Makes a namespace if it isn't there; embedded only, as a real cluster's are others' too. */
  async namespaces(...names: readonly string[]): Promise<void> {
    if (this.isReal) throw new Error("a test has one namespace of the real cluster");
    for (const name of names) {
      if (name !== "default") await this.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
  }

  /** Deletes at once; false when it was not there. */
  async remove(ref: Ref): Promise<boolean> {
    const resource = this.#kindOf(ref);
    const namespace = resource.namespaced ? ref.namespace ?? this.namespace : "";
    const target = { resource, namespace, name: ref.name };
    return await this.#write(deleteObject(this.admin, target, { graceSeconds: 0 }))
      .then(() => true, (error) => error.code === "not-found" ? false : Promise.reject(error));
  }

  async #write<T>(writing: Promise<T>): Promise<T> {
    this.#writes.add(writing);
    try {
      return await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  /** Serves a custom kind of a group of the test's own, by a definition; it goes with the test. */
  async serve(kind: string, options: KindOptions = {}): Promise<Resource> {
    const group = options.group ?? `${this.namespace}.example.com`;
    const definition = definitionOf(kind, group, options);
    await this.put(definition);
    if (!this.#definitions.includes(definition.metadata.name)) {
      this.#definitions.push(definition.metadata.name);
    }
    const plural = definition.metadata.name;
    const isServed = () => this.#resources.some((resource) => groupResource(resource) === plural);
    for (let left = 100; left > 0 && !isServed(); left--) {
      await this.clock.advance(20);
      await this.rediscover();
    }
    return this.resource(plural);
  }

  /** The version that the next watch starts from. */
  async resourceVersion(): Promise<string> {
    const list = await this.admin.json(`/api/v1/namespaces/${this.namespace}/pods?limit=1`) as KubeObject;
    return list.metadata.resourceVersion!;
  }

  /** Forgets history: a watch that begins before now is told 410 (by the front, where the server is the real one). */
  async compact(): Promise<void> {
    if (this.isReal) this.faults.fail({ watch: true, status: 410 });
    else await this.#behind.compact();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endWatches();
    await Promise.allSettled(this.#writes);
    for (const name of this.isReal ? this.#definitions : []) {
      await this.remove({ ...DEFINITION, name });
    }
    this.admin.close();
    await this.#behind.close();
  }

  #kindOf(ref: { readonly apiVersion: string; readonly kind: string }): Resource {
    const found = this.#resources.find((r) => r.kind === ref.kind && apiVersion(r) === ref.apiVersion);
    if (!found) throw new Error(`the server serves no ${ref.apiVersion} ${ref.kind}`);
    return found;
  }
}

const DEFINITION = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };

export type ServerTest = (server: TestServer) => Promise<void>;

/** A test on the embedded server, and on the real one where it is there. */
export function onServers(name: string, fn: ServerTest, options: FrontOptions = {}): void {
  onEmbedded(name, fn, options);
  if (realCluster() !== null) register(`${name} (real)`, "real", { fn, options });
}

/** A test on the embedded server alone: it needs time, scale or a whole cluster of its own. */
export function onEmbedded(name: string, fn: ServerTest, options: FrontOptions = {}): void {
  register(name, "embedded", { fn, options });
}

/** Past it a test fails: what waits for a frame that never comes would wait for ever. Real milliseconds. */
const LIMIT_MS = 90_000;

function register(
  name: string,
  kind: "embedded" | "real",
  { fn, options }: { readonly fn: ServerTest; readonly options: FrontOptions },
): void {
  Deno.test(name, async () => {
    await using server = await TestServer.open(kind, options);
    const late = Promise.withResolvers<never>();
    using _limit = systemClock.timer(
      LIMIT_MS,
      () => late.reject(new Error(`hangs: ${LIMIT_MS} ms are over`)),
    );
    await Promise.race([fn(server), late.promise]);
  });
}

/** As long as the names that the real cluster's namespaces get, so that tables are as wide. */
const EMBEDDED_NAMESPACE = "orka-00000";

async function embedded({ startMs }: ServerOptions): Promise<Behind> {
  const clock = new ManualClock(startMs);
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const storage = store.tenant("default");
  const server = await ApiServer.open({ storage, clock, caCertificate: "a certificate" });
  const admin = createClient({ fetch: server.handler, writes: new WriteGate({ isOpen: true }) });
  const object = { metadata: { name: EMBEDDED_NAMESPACE } };
  await createObject(admin, { resource: resource("Namespace"), namespace: "" }, { object });
  return {
    fetch: server.handler,
    isReal: false,
    namespace: EMBEDDED_NAMESPACE,
    clock,
    compact: async () => await store.compact(await storage.currentRevision()),
    async close() {
      await server.close();
      await store.close();
    },
  };
}

/** A namespace of the real cluster; tests wait for it to be complete, and nobody for its end. */
async function real(): Promise<Behind> {
  const { fetch, close } = await realServer(realCluster()!.kubeconfig);
  const admin = createClient({ fetch, writes: new WriteGate({ isOpen: true }) });
  const namespace = `orka-${crypto.randomUUID().slice(0, 5)}`;
  const target = { resource: resource("Namespace"), namespace: "", name: namespace };
  await createObject(admin, target, { object: { metadata: { name: namespace } } });
  // pods can be made from then on
  const account = { resource: resource("ServiceAccount"), namespace, name: "default" };
  while (await readObject(admin, account) === null) await systemClock.sleep(10);
  return {
    fetch,
    isReal: true,
    namespace,
    clock: new PacedClock(Date.now()),
    compact: () => Promise.resolve(),
    async close() {
      await deleteObject(admin, target);
      close();
    },
  };
}
