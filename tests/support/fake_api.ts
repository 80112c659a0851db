/**
 * A Kubernetes API server in memory, for tests: reads, lists, watches and discovery as the real one answers them, and
 * whatever can go wrong, when a test says so. It has no writes over HTTP: tests put and remove objects directly.
 *
 *     const api = new FakeApi();
 *     api.put({ apiVersion: "v1", kind: "Pod", metadata: { namespace: "default", name: "web" } });
 *     const client = createClient({ fetch: api.fetch });
 */
import { type Clock, systemClock } from "../../src/base/mod.ts";
import type { Fetch } from "../../src/client/mod.ts";
import {
  apiVersion,
  groupResource,
  type KubeObject,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type Resource,
  resourceKey,
} from "../../src/kube/mod.ts";
import { discoveryResponse } from "./fake_api_discovery.ts";
import { Faults, statusResponse } from "./faults.ts";
import { type Form, formOf, frameJson, listJson, type Stored } from "./fake_api_format.ts";
import { builtinKinds, type FakeColumn, type FakeKind, PLAIN_COLUMNS } from "./fake_api_kinds.ts";
import { type Change, OpenWatch } from "./fake_api_watch.ts";

export { at, column, type FakeColumn, fakeResource } from "./fake_api_kinds.ts";

export interface FakeApiOptions {
  /** Ages, time limits and delays go by it. */
  readonly clock?: Clock;
  /** Which aggregated discovery is spoken: v2 unless given, null for none. */
  readonly aggregated?: "v2" | "v2beta1" | null;
  /** False: no Tables, as some aggregated servers; lists come as objects. */
  readonly tables?: boolean;
}

/** What names an object to be removed. */
export interface FakeRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What `put` needs; the rest is made up. */
export interface FakeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<KubeObject["metadata"]> & { readonly name: string };
  readonly [field: string]: unknown;
}

export interface ListenOptions {
  /** Only this token is let in; all else is 401. */
  readonly token?: string;
  /** TLS: PEM of the server's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
}

interface Asked {
  readonly kind: FakeKind;
  readonly namespace: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** Snapshots that continue tokens point into, newest last. */
interface Continued {
  readonly rest: readonly Stored[];
  readonly version: number;
}

export class FakeApi {
  readonly faults: Faults;
  /** Every request that came, faults included. */
  readonly requests: { readonly method: string; readonly path: string; readonly headers: Headers }[] = [];
  readonly #clock: Clock;
  readonly #options: FakeApiOptions;
  readonly #kinds = new Map<string, FakeKind>();
  /** By kind key, then `namespace/name`. */
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #watches = new Set<OpenWatch>();
  readonly #brokenGroups = new Set<string>();
  #history: Change[] = [];
  #continued = new Map<string, Continued>();
  #version = 1000;
  #compacted = 0;
  #uids = 0;

  constructor(options: FakeApiOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.faults = new Faults(this.#clock);
    for (const kind of builtinKinds()) this.#kinds.set(resourceKey(kind.resource), kind);
  }

  /** Answers one request in process; the URL's origin is ignored. */
  readonly fetch: Fetch = async (request) => {
    const url = new URL(request.url);
    const path = url.pathname + url.search;
    this.requests.push({ method: request.method, path, headers: request.headers });
    request.signal.throwIfAborted();
    const watch = ["true", "1"].includes(url.searchParams.get("watch") ?? "");
    return await this.faults.before(request, path, watch) ?? this.#answer(request, url, watch);
  };

  get resourceVersion(): string {
    return String(this.#version);
  }

  /** Watches open now. */
  get watches(): number {
    return this.#watches.size;
  }

  get resources(): readonly Resource[] {
    return [...this.#kinds.values()].map((kind) => kind.resource);
  }

  /** The served resource with this plural, e.g. `pods`, `widgets.example.com`. */
  resource(name: string): Resource {
    const found = this.resources.find((r) => groupResource(r) === name);
    if (!found) throw new Error(`the fake server serves no ${name}`);
    return found;
  }

  /** Serves a custom kind; its columns are Name and Age unless given. */
  addResource(resource: Resource, columns: readonly FakeColumn[] = PLAIN_COLUMNS): void {
    this.#kinds.set(resourceKey(resource), { resource, columns, custom: true });
  }

  /** Stops serving a kind and ends its watches. */
  removeResource(resource: Resource): void {
    const key = resourceKey(resource);
    this.#kinds.delete(key);
    this.#objects.delete(key);
    for (const watch of [...this.#watches]) if (watch.request.kindKey === key) watch.end();
  }

  /** The server behind this group version (`metrics.k8s.io/v1beta1`) does not answer, until mended. */
  breakGroup(groupVersion: string): Disposable {
    this.#brokenGroups.add(groupVersion);
    return { [Symbol.dispose]: () => void this.#brokenGroups.delete(groupVersion) };
  }

  /** Creates or replaces; uid and creation time are kept or made up. Returns the object as stored. */
  put(object: FakeObject): KubeObject {
    return this.#store(object, null);
  }

  /** As `put`, but servers' answers carry `json` instead of the object: `null`, `{"metadata":7}`, `{"a":tru}`. */
  putRaw(object: FakeObject, json: string): KubeObject {
    return this.#store(object, json);
  }

  /** Deletes; false when it was not there. */
  remove(ref: FakeRef): boolean {
    const kind = this.#kindOf(ref.apiVersion, ref.kind);
    const key = resourceKey(kind.resource);
    const id = `${ref.namespace ?? ""}/${ref.name}`;
    const before = this.#objects.get(key)?.get(id);
    if (!before) return false;
    this.#objects.get(key)!.delete(id);
    const last = { ...before, object: versioned(before.object, ++this.#version) };
    this.#record({ version: this.#version, kindKey: key, before: last, after: null });
    return true;
  }

  /** The stored objects of a kind, in list order. */
  objects(resource: Resource): readonly KubeObject[] {
    return this.#sorted(resourceKey(resource)).map((stored) => stored.object);
  }

  /** Forgets history: watches from before now get 410 `Expired`. Continue tokens expire too. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history = [];
    this.expireContinues();
  }

  /** Lists that have begun get 410 for their next page. */
  expireContinues(): void {
    this.#continued = new Map();
  }

  /** Sends a bookmark to every watch that wants them. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark(this.#version);
  }

  /** Ends every watch in order, as a server does when their time is over. */
  endWatches(): void {
    for (const watch of [...this.#watches]) watch.end();
  }

  /** Breaks every watch in the middle of a frame; `reset` errors the body instead of ending it. */
  cutWatches(options: { readonly reset?: boolean } = {}): void {
    for (const watch of [...this.#watches]) watch.cut(options.reset ?? false);
  }

  /** An ERROR frame to every watch: 410 unless given. */
  failWatches(code = 410, message = "too old resource version"): void {
    for (const watch of [...this.#watches]) watch.error(code, message);
  }

  /** Any text as a line of every watch. */
  writeWatches(line: string): void {
    for (const watch of this.#watches) watch.line(line);
  }

  /** Serves on 127.0.0.1, on a free port. */
  async listen(options: ListenOptions = {}): Promise<{ url: string; close(): Promise<void> }> {
    const tls = options.cert !== undefined && options.key !== undefined
      ? { cert: options.cert, key: options.key }
      : null;
    const closing = new AbortController();
    const handler = (request: Request): Promise<Response> | Response => {
      const authorized = options.token === undefined ||
        request.headers.get("authorization") === `Bearer ${options.token}`;
      return authorized
        ? this.#overSocket(request, closing.signal)
        : statusResponse(401, { message: "Unauthorized" });
    };
    const base = { hostname: "127.0.0.1", port: 0, onListen() {} };
    const server = tls ? Deno.serve({ ...base, ...tls }, handler) : Deno.serve(base, handler);
    const { port } = server.addr as Deno.NetAddr;
    const close = async () => {
      this.endWatches();
      closing.abort();
      await server.shutdown();
    };
    return await Promise.resolve({ url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, close });
  }

  /**
   * A refused connection cannot be told over one: the socket's client sees a 503. The request's own signal is left
   * alone, as Deno.serve aborts it after every good answer too.
   */
  async #overSocket({ url, method, headers }: Request, signal: AbortSignal): Promise<Response> {
    try {
      return await this.fetch(new Request(url, { method, headers, signal }));
    } catch (error) {
      return statusResponse(503, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  #store(object: FakeObject, raw: string | null): KubeObject {
    const kind = this.#kindOf(object.apiVersion, object.kind);
    const key = resourceKey(kind.resource);
    const all = this.#objects.get(key) ?? new Map<string, Stored>();
    this.#objects.set(key, all);
    const id = `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const before = all.get(id) ?? null;
    const metadata = {
      uid: before?.object.metadata.uid ?? `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, "0")}`,
      creationTimestamp: before?.object.metadata.creationTimestamp ??
        new Date(this.#clock.now()).toISOString().replace(/\.\d+/, ""),
      ...object.metadata,
    };
    const after: Stored = { object: versioned({ ...object, metadata } as KubeObject, ++this.#version), raw };
    all.set(id, after);
    this.#record({ version: this.#version, kindKey: key, before, after });
    return after.object;
  }

  #record(change: Change): void {
    this.#history.push(change);
    for (const watch of [...this.#watches]) watch.change(change);
  }

  #kindOf(version: string, kind: string): FakeKind {
    const found = [...this.#kinds.values()]
      .find(({ resource }) => resource.kind === kind && apiVersion(resource) === version);
    if (!found) throw new Error(`the fake server serves no ${version} ${kind}: addResource first`);
    return found;
  }

  #sorted(key: string): Stored[] {
    const all = [...(this.#objects.get(key) ?? new Map<string, Stored>())];
    return all.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([, stored]) => stored);
  }

  #answer(request: Request, url: URL, watch: boolean): Response {
    const path = url.pathname.replace(/\/$/, "") || "/";
    if (path === "/version") return Response.json(VERSION);
    const state = {
      resources: this.resources,
      broken: this.#brokenGroups,
      aggregated: this.#options.aggregated === undefined ? "v2" as const : this.#options.aggregated,
    };
    const discovery = discoveryResponse(request, path, state);
    if (discovery) return discovery;
    const asked = this.#asked(path, url.searchParams);
    if (asked === null) return new Response("404 page not found\n", { status: 404 });
    if (this.#brokenGroups.has(apiVersion(asked.kind.resource))) {
      return statusResponse(503, { message: "service unavailable" });
    }
    if (request.method !== "GET") {
      return statusResponse(405, {
        message: "the server does not allow this method on the requested resource",
      });
    }
    const form = formOf(request, url.searchParams, this.#options.tables ?? true);
    if (form === null) return statusResponse(406, { message: "only application/json is served" });
    if (asked.name !== "") return this.#get(asked, form);
    return watch ? this.#watch(request, asked, form) : this.#list(asked, form);
  }

  /** The resource, namespace and name that a path means; null when nothing is served there. */
  #asked(path: string, query: URLSearchParams): Asked | null {
    const match = /^\/(?:api\/([^/]+)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/
      .exec(path);
    if (!match) return null;
    const [, core, grouped, namespace = "", plural, name = ""] = match.map((m) => m && decodeURIComponent(m));
    const kind = this.#kinds.get(`${core || grouped}/${plural}`);
    return kind ? { kind, namespace, name, query } : null;
  }

  #get({ kind, namespace, name }: Asked, form: Form): Response {
    const stored = this.#objects.get(resourceKey(kind.resource))?.get(`${namespace}/${name}`);
    if (!stored) {
      const { group, plural } = kind.resource;
      return statusResponse(404, {
        message: `${groupResource(kind.resource)} "${name}" not found`,
        details: { name, ...(group === "" ? {} : { group }), kind: plural },
      });
    }
    return jsonResponse(frameJson(kind, stored, { form, nowMs: this.#clock.now(), first: true }));
  }

  #list(asked: Asked, form: Form): Response {
    const token = asked.query.get("continue");
    const found = token === null ? this.#fresh(asked) : this.#continued.get(token) ?? null;
    if (found instanceof Response) return found;
    if (found === null) {
      return statusResponse(410, {
        message: "The provided continue parameter is too old to display a consistent list result.",
      });
    }
    const limit = Number(asked.query.get("limit") ?? 0) || Infinity;
    const page = found.rest.slice(0, limit);
    const rest = found.rest.slice(page.length);
    const meta = { resourceVersion: String(found.version) };
    const full = rest.length === 0
      ? meta
      : { ...meta, continue: this.#token(found, rest), ...remaining(asked, rest) };
    const nowMs = this.#clock.now();
    return jsonResponse(listJson(asked.kind, page, { form, meta: full, nowMs }));
  }

  #fresh(asked: Asked): Continued | Response {
    const selects = selector(asked);
    if (selects instanceof Response) return selects;
    return { rest: this.#sorted(resourceKey(asked.kind.resource)).filter(selects), version: this.#version };
  }

  #token(found: Continued, rest: readonly Stored[]): string {
    const token = btoa(JSON.stringify({ v: "meta.k8s.io/v1", rv: found.version, id: this.#continued.size }));
    this.#continued.set(token, { rest, version: found.version });
    return token;
  }

  #watch(request: Request, asked: Asked, form: Form): Response {
    const selects = selector(asked);
    if (selects instanceof Response) return selects;
    const { kind, query } = asked;
    const watch = new OpenWatch(
      {
        kind,
        kindKey: resourceKey(kind.resource),
        form,
        selects,
        bookmarks: query.get("allowWatchBookmarks") === "true",
        timeoutMs: Number(query.get("timeoutSeconds") ?? 0) * 1000,
        signal: request.signal,
      },
      this.#clock,
      (ended) => this.#watches.delete(ended),
    );
    this.#watches.add(watch);
    this.#replay(watch, query.get("resourceVersion") ?? "");
    return new Response(watch.body, { headers: { "content-type": "application/json" } });
  }

  /** What happened since the resourceVersion; all objects as ADDED when there is none. */
  #replay(watch: OpenWatch, resourceVersion: string): void {
    const from = Number(resourceVersion || "0");
    if (from > 0 && from < this.#compacted) {
      return watch.error(410, `too old resource version: ${from} (${this.#compacted})`);
    }
    if (from > 0) {
      for (const change of this.#history) if (change.version > from) watch.change(change);
      return;
    }
    const { kindKey } = watch.request;
    for (const after of this.#sorted(kindKey)) {
      watch.change({ version: this.#version, kindKey, before: null, after });
    }
  }
}

const VERSION = { major: "1", minor: "36", gitVersion: "v1.36.3", platform: "linux/amd64" };

/** Servers count what is left only for lists without selectors. */
function remaining({ query }: Asked, rest: readonly Stored[]): { remainingItemCount?: number } {
  const selected = query.get("labelSelector") || query.get("fieldSelector");
  return selected ? {} : { remainingItemCount: rest.length };
}

const FIELDS =
  /^(metadata\.(name|namespace)|involvedObject\.\w+|spec\.(nodeName|restartPolicy)|status\.phase|reason|type)$/;

function selector({ namespace, query }: Asked): ((stored: Stored) => boolean) | Response {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  const unknown = fields.find((field) => !FIELDS.test(field.path));
  if (unknown) return statusResponse(400, { message: `field label not supported: ${unknown.path}` });
  return ({ object }) =>
    (namespace === "" || object.metadata.namespace === namespace) &&
    matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object);
}

function versioned(object: KubeObject, version: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

function jsonResponse(body: string): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
