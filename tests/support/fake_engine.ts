/**
 * An engine in memory for tests of the session: kinds with rows, feeds that can be put into any state, no clock and
 * no network. Answers come in a microtask, as a Worker's never come in the same turn.
 */
import { type ErrorCode, OrkaError, toWire, type WireError } from "../../src/base/mod.ts";
import type {
  Cell,
  Client,
  Column,
  Discovered,
  Engine,
  FeedStatus,
  Filter,
  Metrics,
  ObjectRef,
  ObjectUpdate,
  Row,
  SearchHit,
  SearchOptions,
  SearchUpdate,
  SearchView,
  ServerStatus,
  Target,
  View,
  ViewSpec,
  WindowSpec,
  WindowUpdate,
} from "../../src/engine/protocol.ts";
import {
  groupResource,
  type KubeObject,
  type Resource,
  resourceKey,
  resourcePath,
} from "../../src/kube/mod.ts";
import { admitsKind, matchText, readQuery, textPrefix, type TextTerm } from "../../src/search/mod.ts";

/** One kind as the fake serves it. */
export interface FakeKind {
  readonly resource: Resource;
  readonly columns: readonly Column[];
  readonly cells: (object: KubeObject) => readonly Cell[];
}

interface Open {
  readonly spec: ViewSpec;
  window: WindowSpec;
  generation: number;
  sent: readonly Row[];
  columnsSent: boolean;
  statusSent: FeedStatus | null;
  refreshes: number;
  readonly onUpdate: (update: WindowUpdate) => void;
}

const LIVE: FeedStatus = {
  phase: "live",
  loaded: 0,
  expected: null,
  freshMs: 0,
  retryMs: null,
  error: null,
  dropped: 0,
};

export function wireError(code: ErrorCode, message: string, hint?: string): WireError {
  return toWire(new OrkaError(code, message, { hint }));
}

export class FakeEngine implements Engine {
  readonly target: Target;
  /** Views opened and closed so far, refreshes asked for, as `open pods load-3`. */
  readonly log: string[] = [];
  writesAllowed = false;
  readonly #kinds: FakeKind[];
  readonly #objects = new Map<string, KubeObject[]>();
  readonly #statuses = new Map<string, FeedStatus>();
  readonly #views = new Set<Open>();
  readonly #watches = new Set<() => void>();
  readonly #serverListeners = new Set<(status: ServerStatus) => void>();
  readonly #discoveryListeners = new Set<(discovered: Discovered) => void>();
  #server: ServerStatus = { reachable: true, version: "v1.36.3", error: null, answeredMs: 0 };
  #epoch = 0;

  constructor(target: Partial<Target> & { readonly kinds: readonly FakeKind[] }) {
    this.#kinds = [...target.kinds];
    this.target = {
      server: target.server ?? "https://127.0.0.1:6443",
      context: target.context ?? "test",
      cluster: target.cluster ?? "test",
      user: target.user ?? "admin",
      namespace: target.namespace ?? "default",
      contexts: target.contexts ?? ["test", "viewer"],
    };
  }

  /** Views and object followers open now. */
  get openCount(): number {
    return this.#views.size + this.#watches.size;
  }

  // -- what a test does to the cluster

  /** Adds objects, or replaces those of the same namespace and name. */
  put(...objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const kind = this.#kinds.find(({ resource }) => resource.kind === object.kind);
      if (!kind) throw new Error(`the fake serves no ${object.kind}`);
      const key = groupResource(kind.resource);
      const list = this.#objects.get(key) ?? [];
      const at = list.findIndex((other) => sameName(other, object));
      if (at < 0) list.push(object);
      else list[at] = object;
      this.#objects.set(key, list);
    }
    this.#changed();
  }

  remove(kind: string, name: string, namespace = ""): void {
    const list = this.#objects.get(kind) ?? [];
    const left = list.filter((o) => o.metadata.name !== name || (o.metadata.namespace ?? "") !== namespace);
    this.#objects.set(kind, left);
    this.#changed();
  }

  /** Puts the feed of a kind (`pods`, `deployments.apps`) into a state. */
  status(kind: string, status: Partial<FeedStatus>): void {
    this.#statuses.set(kind, { ...LIVE, ...this.#statuses.get(kind), ...status });
    this.#changed();
  }

  server(status: Partial<ServerStatus>): void {
    this.#server = { ...this.#server, ...status };
    for (const listener of this.#serverListeners) listener(this.#server);
  }

  serve(kind: FakeKind): void {
    this.#kinds.push(kind);
    for (const listener of this.#discoveryListeners) listener(this.#discovered());
  }

  // -- Engine

  onServerStatus(listener: (status: ServerStatus) => void): Disposable {
    this.#serverListeners.add(listener);
    queueMicrotask(() => this.#serverListeners.has(listener) && listener(this.#server));
    return { [Symbol.dispose]: () => void this.#serverListeners.delete(listener) };
  }

  onDiscovered(listener: (discovered: Discovered) => void): Disposable {
    this.#discoveryListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#discoveryListeners.delete(listener) };
  }

  discover(): Promise<Discovered> {
    return Promise.resolve(this.#discovered());
  }

  openView(spec: ViewSpec, window: WindowSpec, onUpdate: (update: WindowUpdate) => void): View {
    const open: Open = {
      spec,
      window,
      onUpdate,
      generation: 0,
      sent: [],
      columnsSent: false,
      statusSent: null,
      refreshes: 0,
    };
    const name = `${groupResource(spec.resource)} ${spec.namespace ?? "*"}`;
    this.#views.add(open);
    this.log.push(`open ${name}`);
    this.#answer(open);
    return {
      setWindow: (next) => {
        open.window = next;
        open.generation++;
        this.#answer(open);
        return open.generation;
      },
      rows: ({ limit } = {}) => Promise.resolve(this.#select(open).matched.slice(0, limit)),
      refresh: () => void this.log.push(`refresh ${name}`),
      close: () => {
        if (this.#views.delete(open)) this.log.push(`close ${name}`);
      },
    };
  }

  openObject(
    ref: ObjectRef,
    { events }: { readonly events: boolean },
    onUpdate: (update: ObjectUpdate) => void,
  ): Disposable {
    let last: KubeObject | null = null;
    const key = groupResource(ref.resource);
    const tell = () => {
      const found = this.#find(ref);
      last = found ?? last;
      const about = events ? this.#eventsOf(ref) : [];
      onUpdate({
        object: last,
        deleted: !found && last !== null,
        events: about,
        status: this.#status(key, 1),
      });
    };
    this.#watches.add(tell);
    queueMicrotask(() => this.#watches.has(tell) && tell());
    return { [Symbol.dispose]: () => void this.#watches.delete(tell) };
  }

  openSearch(
    query: string,
    options: SearchOptions,
    onUpdate: (update: SearchUpdate) => void,
  ): SearchView {
    let generation = 0;
    let text = query;
    const tell = () => onUpdate(this.#found(text, { ...options, generation }));
    const later = () => queueMicrotask(() => this.#watches.has(tell) && tell());
    this.#watches.add(tell);
    this.log.push(`search ${query}`);
    later();
    return {
      setQuery: (next) => {
        text = next;
        generation++;
        later();
        return generation;
      },
      close: () => {
        if (this.#watches.delete(tell)) this.log.push("close search");
      },
    };
  }

  /** Answers what `read` does; nothing can be changed on a fake. */
  get client(): Client {
    const refused = () => Promise.reject(new OrkaError("server", "the fake engine only reads"));
    return {
      target: this.target,
      // a dry run answers with the object as it is
      json: (path) => this.read(path.replace(/\?dryRun=All$/, "")),
      request: refused,
      open: refused,
      close() {},
    };
  }

  allowWrites(isAllowed: boolean): void {
    this.writesAllowed = isAllowed;
  }

  read(path: string): Promise<unknown> {
    this.log.push(`read ${path}`);
    for (const { resource } of this.#kinds) {
      const all = this.#objects.get(groupResource(resource)) ?? [];
      const [collection = ""] = path.split("?");
      const namespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(collection)?.[1];
      if (collection === resourcePath(resource, { namespace })) {
        const about = /involvedObject\.name%3D([^%&]+)/.exec(path)?.[1];
        const items = all.filter((o) => namespace === undefined || o.metadata.namespace === namespace);
        return Promise.resolve({ items: items.filter((o) => about === undefined || aboutName(o) === about) });
      }
      const found = all.find((o) => resourcePath(resource, o.metadata) === path);
      if (found) return Promise.resolve(found);
    }
    return Promise.reject(new OrkaError("not-found", `${path} not found`, { status: 404 }));
  }

  metrics(): Promise<Metrics> {
    return Promise.resolve({});
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.log.push("dispose");
    this.#views.clear();
    this.#watches.clear();
    return Promise.resolve();
  }

  // -- inside

  /** All objects of all kinds, ranked by the text of the query alone; its kinds, names and namespaces select. */
  #found(text: string, { limit, generation }: SearchOptions & { generation: number }): SearchUpdate {
    const parsed = readQuery(text);
    const query = parsed.ok ? parsed.query : [];
    const terms = query.filter((term): term is TextTerm => term.type === "text");
    const hits: SearchHit[] = [];
    for (const kind of parsed.ok ? this.#kinds.filter(({ resource }) => admitsKind(query, resource)) : []) {
      for (const object of this.#objects.get(groupResource(kind.resource)) ?? []) {
        const { uid, namespace, name, createdMs } = rowOf(object, kind);
        const prefix = textPrefix(kind.resource, namespace);
        const found = matchText(terms, { text: prefix + name, name: prefix.length }, { marks: true });
        const wanted = query.every((term) =>
          term.type !== "namespace" || term.values.some((value) => value.text === namespace) !== term.negated
        );
        if (found === null || !wanted) continue;
        const marks = found.marks.filter((mark) => mark >= prefix.length).map((mark) => mark - prefix.length);
        hits.push({
          resource: kind.resource,
          uid,
          namespace,
          name,
          createdMs,
          score: found.score,
          marks: { kind: [], namespace: [], name: marks },
          why: [],
        });
      }
    }
    hits.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
    return {
      generation,
      hits: hits.slice(0, limit),
      matched: hits.length,
      atLeast: false,
      indexed: [...this.#objects.values()].flat().length,
      kinds: this.#kinds.map(({ resource }) => ({
        resource,
        namespace: null,
        status: this.#status(groupResource(resource), 0),
      })),
      problem: parsed.ok ? null : parsed.problem,
      notes: [],
      tookMs: 0,
    };
  }

  #discovered(): Discovered {
    return { resources: this.#kinds.map((kind) => kind.resource), broken: [], cached: false };
  }

  #find(ref: ObjectRef): KubeObject | undefined {
    const list = this.#objects.get(groupResource(ref.resource)) ?? [];
    return list.find((o) => o.metadata.name === ref.name && (o.metadata.namespace ?? "") === ref.namespace);
  }

  #eventsOf(ref: ObjectRef): readonly KubeObject[] {
    return (this.#objects.get("events") ?? []).filter((event) => {
      const about = event["involvedObject"] as { name?: string; kind?: string } | undefined;
      return about?.name === ref.name && about.kind === ref.resource.kind;
    });
  }

  #status(kind: string, loaded: number): FeedStatus {
    return { ...LIVE, loaded, ...this.#statuses.get(kind) };
  }

  #changed(): void {
    for (const open of this.#views) this.#answer(open);
    for (const tell of this.#watches) queueMicrotask(() => this.#watches.has(tell) && tell());
  }

  #answer(open: Open): void {
    queueMicrotask(() => this.#views.has(open) && this.#send(open));
  }

  #send(open: Open): void {
    const kind =
      this.#kinds.find(({ resource }) => resourceKey(resource) === resourceKey(open.spec.resource)) ??
        this.#kinds[0]!;
    const status = this.#status(groupResource(kind.resource), 0);
    const isHidden = ["connecting", "denied", "unauthorized", "failed"].includes(status.phase);
    const { total, matched } = isHidden ? { total: 0, matched: [] } : this.#select(open);
    const rows = matched.slice(open.window.from, open.window.to);
    const changed = rows.flatMap((row, at) => same(row, open.sent[at]) ? [] : [[at, row] as const]);
    const sendsColumns = !open.columnsSent && !isHidden;
    open.onUpdate({
      epoch: ++this.#epoch,
      generation: open.generation,
      from: open.window.from,
      length: rows.length,
      total,
      matched: matched.length,
      changed,
      ...(sendsColumns ? { columns: kind.columns } : {}),
      ...(same(status, open.statusSent) ? {} : { status: { ...status, loaded: status.loaded || total } }),
    });
    open.sent = rows;
    open.statusSent = status;
    open.columnsSent ||= sendsColumns;
  }

  #select({ spec, window }: Open): { total: number; matched: readonly Row[] } {
    const kind = this.#kinds.find(({ resource }) => resourceKey(resource) === resourceKey(spec.resource));
    if (!kind) return { total: 0, matched: [] };
    const objects = (this.#objects.get(groupResource(spec.resource)) ?? []).filter((object) =>
      inSpec(object, spec)
    );
    const rows = objects.map((object) => rowOf(object, kind));
    const matched = rows.filter((row) => passes(row, window.filter)).sort(orderOf(window, kind.columns));
    return { total: rows.length, matched };
  }
}

function aboutName(event: KubeObject): string | undefined {
  return (event["involvedObject"] as { name?: string } | undefined)?.name;
}

function sameName(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function rowOf(object: KubeObject, kind: FakeKind): Row {
  const { metadata } = object;
  return {
    uid: metadata.uid ?? `${kind.resource.plural}/${metadata.namespace ?? ""}/${metadata.name}`,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    cells: kind.cells(object),
    labels: metadata.labels ?? {},
    createdMs: Date.parse(metadata.creationTimestamp ?? "") || 0,
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

function inSpec(object: KubeObject, spec: ViewSpec): boolean {
  if (spec.namespace !== null && (object.metadata.namespace ?? "") !== spec.namespace) return false;
  if (spec.labelSelector && !hasLabels(object.metadata.labels ?? {}, spec.labelSelector)) return false;
  return (spec.fieldSelector ?? "").split(",").filter((term) => term !== "").every((term) => {
    const [path = "", value] = term.split("=");
    const at = path.split(".").reduce<unknown>(
      (o, key) => (o as Record<string, unknown> | undefined)?.[key],
      object,
    );
    return String(at ?? "") === value;
  });
}

function hasLabels(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector.split(",").every((term) => {
    const [key = "", value] = term.split(/==?/);
    return value === undefined ? key in labels : labels[key] === value;
  });
}

function passes(row: Row, filter: Filter | null): boolean {
  if (filter === null) return true;
  if (filter.type === "labels") return hasLabels(row.labels, filter.selector);
  const text = [row.namespace, row.name, ...row.cells].join(" ");
  if (filter.type === "query") return passesQuery(row, filter.query);
  if (filter.type === "regex") return new RegExp(filter.pattern, "i").test(text) !== filter.inverse;
  return new RegExp([...filter.pattern].map((c) => c.replace(/\W/g, "\\$&")).join(".*"), "i").test(row.name);
}

/** Names, namespaces and text of a query; its other terms hold for every row here. */
function passesQuery(row: Row, text: string): boolean {
  const parsed = readQuery(text);
  return parsed.ok && parsed.query.every((term) => {
    if (term.type === "text") return matchText([term], { text: row.name, name: 0 }) !== null;
    if (term.type !== "namespace" && term.type !== "name") return true;
    const own = term.type === "name" ? row.name : row.namespace;
    return term.values.some((value) => value.text === own) !== term.negated;
  });
}

function orderOf({ sort }: WindowSpec, columns: readonly Column[]): (a: Row, b: Row) => number {
  const byName = (a: Row, b: Row) => compare(a.namespace, b.namespace) || compare(a.name, b.name);
  if (sort === null) return byName;
  const at = columns.findIndex((column) => column.name === sort.column);
  if (at < 0) return byName;
  const key = (row: Row) => row.cells[at] ?? "";
  // a column of times shows ages: the youngest, which is the latest, is the least
  const sign = (sort.descending ? -1 : 1) * (columns[at]!.cell === "time" ? -1 : 1);
  return (a, b) => sign * compare(key(a), key(b)) || byName(a, b);
}

function compare(a: Cell, b: Cell): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
