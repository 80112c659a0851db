/**
 * Where the session is: the connection, the trail of panes, the namespace; and every way from one place to another.
 *
 * 1. Exactly the current pane is shown (`Pane.show`); all others in history are hidden.
 * 2. A switch of context begins a new history: panes of one cluster are never shown over another.
 */
import { type Clock, OrkaError } from "../base/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import {
  apiVersion,
  categoryResources,
  findResource,
  resolveResource,
  type Resource,
  resourceKey,
} from "../kube/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import { eventsCommand } from "./command_line.ts";
import { Connection } from "./connection.ts";
import { checkContext, failureLines } from "./context_switch.ts";
import { Forwards } from "./forwards.ts";
import { KNOWN_KINDS } from "./known_kinds.ts";
import { NamespaceCheck } from "./namespace_check.ts";
import { checkExists, checkOneKind, objectSpelling } from "./object_spelling.ts";
import type { Overlay } from "./overlay.ts";
import type { ViewCommand } from "./palette_command.ts";
import type { Pane, PaneHost, ViewRequest } from "./pane.ts";
import { RightsGate } from "./key_gate.ts";
import { SessionMemory } from "./session_memory.ts";
import { WatchedVersions } from "./watched_versions.ts";
import { WriteMode } from "./write_mode.ts";
import type { Memory } from "../persist/mod.ts";
import type { Binding } from "./keymap.ts";
import { ContextsPane } from "./panes/contexts.ts";
import { DescribePane } from "./panes/describe.ts";
import { HelpPane } from "./panes/help.ts";
import { KindsPane } from "./panes/kinds.ts";
import { isObjectPane } from "./panes/object_pane.ts";
import { readObject } from "./panes/object_jumps.ts";
import { SearchPane } from "./panes/search.ts";
import { ResourcesPane } from "./panes/resources.ts";
import { YamlPane } from "./panes/yaml.ts";
import { yamlText } from "./panes/yaml_text.ts";
import { RecentNamespaces } from "./recent_namespaces.ts";
import type { SessionHost, SessionOptions } from "./session_options.ts";
import type { PassThrough } from "./term/mod.ts";
import type { NoticeLevel } from "./widgets/mod.ts";
import { History } from "./trail.ts";

export interface NavigatorOptions {
  readonly session: SessionOptions;
  readonly host: SessionHost;
  readonly clock: Clock;
  readonly invalidate: () => void;
  readonly repaint: () => void;
  readonly notify: (text: string, level: NoticeLevel) => void;
}

const FIRST_KIND = "pods";

export class Navigator implements PaneHost {
  readonly clock: Clock;
  readonly writes: WriteMode;
  readonly connection: Connection;
  readonly namespaces = new RecentNamespaces();
  readonly versions = new WatchedVersions();
  readonly unsent = new Set<string>();
  readonly #options: NavigatorOptions;
  #history = new History<Pane>();
  #shown: Pane | undefined;
  /** undefined until the connection says what the context's own is. */
  #namespace: string | null | undefined;
  /** What to open once connected, or once its kind is discovered. */
  #pending: ViewCommand | null;
  #engine: Engine | null = null;
  /** The engine whose server has answered, or was seen not to. */
  #answered: Engine | null = null;
  readonly #existing: NamespaceCheck;
  readonly #rights = new RightsGate(this);
  readonly #memory: SessionMemory;
  #life = new AbortController();
  readonly forwards = new Forwards({
    engine: () => this.engine,
    ops: () => this.ops(),
    memory: () => this.memory(),
    onChange: () => this.invalidate(),
    onFailure: (text) => this.notify(text, "error"),
  });
  #overlay: Overlay | null = null;
  readonly #seen = new Map<string, Resource>();
  /** The operations are loaded. */
  #hasOps = false;

  constructor(options: NavigatorOptions) {
    const { session, clock } = options;
    this.#options = options;
    this.clock = clock;
    this.writes = new WriteMode(session.writeRule);
    this.#namespace = session.namespace;
    this.#pending = { type: "view", kind: session.kind ?? FIRST_KIND };
    this.#memory = new SessionMemory({
      open: session.memory,
      clock,
      warn: (message) => this.notify(message, "warn"),
    });
    this.#existing = new NamespaceCheck(clock, () => this.invalidate());
    this.connection = new Connection({
      clock,
      connect: session.connect,
      onChange: () => this.#connectionChanged(),
    });
  }

  get readOnly(): boolean {
    return this.writes.readOnly;
  }

  get isProtected(): boolean {
    return this.writes.isProtected;
  }

  /** Why the server would refuse a key's deed on what is under the cursor, as far as that is known. */
  readonly whyRefused = (binding: Binding): string => {
    return this.#rights.why(binding, this.current?.targets?.()[0]);
  };

  get engine(): Engine | null {
    return this.connection.engine;
  }

  get current(): Pane | undefined {
    return this.#history.current;
  }

  /** What lies over the panes and has the keys. */
  get overlay(): Overlay | null {
    return this.#overlay;
  }

  get trail(): readonly Pane[] {
    return this.#history.trail;
  }

  /** Kinds looked at on this cluster so far. */
  get seenKinds(): readonly Resource[] {
    return [...this.#seen.values()];
  }

  /** null: all; undefined: not known yet. */
  get namespace(): string | null | undefined {
    return this.#namespace;
  }

  get targetName(): string {
    const { engine } = this;
    const context = this.connection.context ?? "";
    if (engine === null) return context === "" ? "the cluster" : `context ${context}`;
    return context === "" ? engine.target.server : `${context} (${engine.target.server})`;
  }

  get namedContext(): string {
    const several = (this.engine?.target.contexts.length ?? 0) > 1;
    return several ? this.engine?.target.context ?? "" : "";
  }

  get resources(): readonly Resource[] {
    return this.connection.discovered?.resources ?? [];
  }

  /** What the session waits to show, before the first pane is there. */
  get pendingKind(): string {
    return this.#pending?.kind ?? "";
  }

  async start(): Promise<void> {
    await this.connection.open(this.#options.session.context);
  }

  async close(): Promise<void> {
    this.#dismissOverlay();
    this.#life.abort();
    this.forwards.closeAll();
    this.#shown?.hide();
    this.#shown = undefined;
    await this.connection.close();
    await this.#memory.close();
  }

  // -- moving about

  back(): boolean {
    return this.#went(this.#history.pop());
  }

  cut(length: number): boolean {
    return this.#went(this.#history.cut(length));
  }

  historyBack(): boolean {
    return this.#went(this.#history.back());
  }

  historyForward(): boolean {
    return this.#went(this.#history.forward());
  }

  historyLast(): boolean {
    return this.#went(this.#history.last());
  }

  openHelp(): void {
    const { current } = this;
    if (current instanceof HelpPane) return void this.back();
    this.#push(new HelpPane(this, current?.scope ?? { contexts: ["any"], kind: "" }));
  }

  openContexts(): void {
    this.#root(
      new ContextsPane(this, {
        contexts: this.#options.session.contexts,
        current: () => this.connection.context ?? this.engine?.target.context ?? "",
        failure: (frame) => failureLines(this.connection.state, frame),
      }),
    );
  }

  openKinds(): void {
    this.#root(new KindsPane(this, () => this.resources));
  }

  openSearch(query: string): void {
    this.#push(new SearchPane(this, query));
  }

  openKind(resource: Resource): void {
    this.#root(
      new ResourcesPane(this, { spec: { resource, namespace: this.#scopeOf(resource, undefined) } }),
    );
  }

  /** Whether a command's kind, or the kind of the object that it spells, is known. */
  knows({ kind }: ViewCommand): boolean {
    return this.findKind(kind) !== undefined || objectSpelling(kind, (type) => this.findKind(type)) !== null;
  }

  /** Asks anew what is served, in the background. */
  rediscover(): void {
    this.#existing.forget();
    // what the server answers instead of kinds is shown where they are asked for
    this.connection.rediscover().catch(() => {});
  }

  /** `:kind …` as a person typed it: a kind that is not known may have come a moment ago. */
  enterCommand(command: ViewCommand): void {
    checkOneKind(command.kind);
    const isElsewhere = command.context !== undefined && command.context !== this.connection.context;
    if (isElsewhere || this.engine === null || this.knows(command)) return this.openCommand(command);
    if (categoryResources(command.kind, this.resources).length > 0) return this.openCommand(command);
    this.spawn(async () => {
      await this.connection.rediscover().catch(() => {});
      this.openCommand(command);
    });
  }

  /** `:kind …`. Throws OrkaError `unknown-kind` once discovery has answered. */
  openCommand(command: ViewCommand): void {
    const { context, ...rest } = command;
    if (context !== undefined && context !== this.connection.context) {
      return this.switchContext(context, rest);
    }
    if (this.engine === null) {
      this.#pending = rest;
      return this.notify(`No connection yet: ${command.kind} opens as soon as there is one`, "info");
    }
    const object = this.findKind(command.kind) === undefined
      ? objectSpelling(command.kind, (type) => this.findKind(type))
      : null;
    if (object !== null) return this.#openNamed({ ...command, kind: object.type }, object.name);
    this.#root(new ResourcesPane(this, this.#requestOf(command)));
    if (command.namespace !== undefined) this.#useNamespace(command.namespace);
  }

  isServed(resource: Resource): boolean {
    const { discovered } = this.connection;
    if (discovered === null || discovered.cached) return true;
    const isBroken = discovered.broken.some(({ groupVersion }) => groupVersion === apiVersion(resource));
    const key = resourceKey(resource);
    return isBroken || discovered.resources.some((served) => resourceKey(served) === key);
  }

  lacksNamespace(name: string): boolean {
    return this.#existing.lacks(name, this.engine);
  }

  openView(request: ViewRequest): void {
    this.#push(new ResourcesPane(this, request));
  }

  openObject(ref: ObjectRef, view: "yaml" | "describe"): void {
    const { current } = this;
    const pane = view === "yaml" ? new YamlPane(this, ref) : new DescribePane(this, ref);
    if (!isObjectPane(current) || !isSameObject(current.ref, ref)) return this.#push(pane);
    if (current.view === view) return;
    this.#history.replace(pane);
    this.#settle();
  }

  openPane(pane: Pane): void {
    this.#push(pane);
  }

  leavePane(pane: Pane): void {
    if (this.current === pane) this.back();
  }

  openOverlay(overlay: Overlay): void {
    const before = this.#overlay;
    this.#overlay = overlay;
    if (before !== overlay) before?.dismiss?.();
    this.invalidate();
  }

  closeOverlay(overlay: Overlay): void {
    if (this.#overlay === overlay) this.#overlay = null;
    this.invalidate();
  }

  openEvents(ref: ObjectRef): void {
    const resource = this.findKind("v1/Event");
    if (resource === undefined) return this.notify("The server serves no events", "warn");
    const fieldSelector = `involvedObject.kind=${ref.resource.kind},involvedObject.name=${ref.name}`;
    const namespace = ref.namespace === "" ? null : ref.namespace;
    const pane = new ResourcesPane(this, { spec: { resource, namespace, fieldSelector } });
    this.#push(Object.assign(pane, { command: () => eventsCommand(ref, { context: this.namedContext }) }));
  }

  /** Makes a namespace (null: all) the current one, and shows the current kind in it. */
  switchNamespace(namespace: string | null): void {
    this.#useNamespace(namespace);
    const { current } = this;
    if (!(current instanceof ResourcesPane) || current.namespace === undefined) {
      return this.notify(namespace === null ? "All namespaces" : `Namespace ${namespace}`, "info");
    }
    if (current.namespace === namespace) return;
    const { request } = current;
    const pane = new ResourcesPane(this, { ...request, spec: { ...request.spec, namespace } });
    // deep in a trail the other namespace has nothing to do with what led here
    if (this.trail.length > 1) return this.#root(pane);
    this.#history.replace(pane);
    this.#settle();
  }

  /** A name that the kubeconfig does not have costs nothing: the session stays where it is. */
  switchContext(name: string, then: ViewCommand = { type: "view", kind: FIRST_KIND }): void {
    this.spawn(async () => {
      const known = (await this.#options.session.contexts()).map((entry) => entry.name);
      checkContext(name, known);
      this.#pending = then;
      this.#connect(name);
    });
  }

  // -- what panes ask for

  invalidate(): void {
    this.#options.invalidate();
  }

  repaint(): void {
    this.#options.repaint();
  }

  notify(text: string, tone: NoticeLevel = "info"): void {
    this.#options.notify(text, tone);
  }

  copy(text: string, what: string): void {
    this.#options.host.copy(text);
    this.notify(`Copied ${what}`, "ok");
  }

  findKind(spelling: string): Resource | undefined {
    try {
      return findResource(spelling, this.resources) ?? findResource(spelling, KNOWN_KINDS);
    } catch {
      return undefined; // ambiguous: whoever asked names the kind in full
    }
  }

  spawn(work: () => Promise<void>): void {
    work().catch((error) => this.fail(error)).finally(() => this.invalidate());
  }

  /** Shows a failure as a notice; bugs too, for a session must go on. */
  fail(error: unknown): void {
    const hint = error instanceof OrkaError && error.hint ? ` (${error.hint})` : "";
    this.notify(`${error instanceof Error ? error.message : String(error)}${hint}`, "error");
  }

  editObject(ref: ObjectRef): void {
    this.spawn(async () => {
      const object = await readObject(this.engine, ref);
      if (object === null) return this.notify("No connection", "warn");
      const text = yamlText(object, { managedFields: false, secrets: "masked" });
      await this.#options.host.edit(text, `${ref.name}.yaml`);
    });
  }

  async lend<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await this.#options.host.lend(run);
    } finally {
      this.repaint();
    }
  }

  save(text: string, fileName: string): Promise<string> {
    return this.#options.host.save(text, fileName);
  }

  get lifetime(): AbortSignal {
    return this.#life.signal;
  }

  openForwards(): void {
    this.spawn(async () => {
      const { ForwardsPane } = await import("./panes/forwards.ts");
      this.repaint();
      this.#root(new ForwardsPane(this, this.forwards));
    });
  }

  async ops(): Promise<OpsDoor> {
    const given = this.#options.session.ops;
    if (given !== undefined) return await given();
    const isFirst = !this.#hasOps;
    const ops = await import("../ops/mod.ts");
    this.#hasOps = true;
    if (isFirst) this.repaint();
    return ops;
  }

  get passThrough(): PassThrough | undefined {
    return this.#options.host.passThrough;
  }

  edit(text: string, fileName: string): void {
    this.spawn(() => this.#options.host.edit(text, fileName));
  }

  editFile(path: string): Promise<void> {
    return this.#options.host.editFile(path);
  }

  memory(): Promise<Memory> {
    return this.#memory.open(this.engine?.target.server ?? "");
  }

  commandLine(plain: string): string {
    const { clusterFlags } = this.#options.session;
    return clusterFlags === undefined ? plain : plain.replace(/^orka /, () => `orka ${clusterFlags} `);
  }

  forgetRights(): void {
    this.#rights.forget();
  }

  /** `:write`: allows changes, or forbids them again. */
  toggleWrites(): void {
    this.writes.toggle(this.engine);
    const context = this.engine?.target.context ?? "";
    if (this.readOnly) return this.notify("Changes are off: the session is read-only", "info");
    this.notify(
      this.isProtected
        ? `Changes are on. ${context} is protected: before anything destructive its name has to be typed`
        : "Changes are on: :write turns them off",
      "warn",
    );
  }

  // -- inside

  #dismissOverlay(): void {
    const overlay = this.#overlay;
    this.#overlay = null;
    overlay?.dismiss?.();
  }

  #connect(context: string): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.forwards.closeAll();
    this.#dismissOverlay();
    this.#namespace = undefined;
    this.#history = new History();
    this.#seen.clear();
    this.versions.clear();
    this.#settle();
    this.spawn(() => this.connection.open(context));
  }

  #connectionChanged(): void {
    const { state } = this.connection;
    if (state.type === "open" && state.engine !== this.#engine) {
      this.#engine = state.engine;
      this.repaint();
      this.#opened(state.engine);
    }
    // the Worker loads code for its first request too
    if (state.type === "open" && this.connection.server !== null && state.engine !== this.#answered) {
      this.#answered = state.engine;
      this.repaint();
    }
    if (state.type === "failed") this.#connectionFailed(state.error.message);
    this.#openPending();
    this.invalidate();
  }

  #connectionFailed(message: string): void {
    this.repaint();
    if (this.current === undefined) this.openContexts();
    else if (!(this.current instanceof ContextsPane)) this.notify(message, "error");
  }

  /** A pane that outlived its engine (which crashed) holds on to the new one. */
  #opened(engine: Engine): void {
    const { target } = engine;
    this.#rights.forget();
    this.spawn(() => this.writes.opened(engine));
    this.#shown?.hide();
    this.#shown?.show();
    if (this.#namespace === undefined) this.#namespace = target.namespace || "default";
    for (const name of [target.namespace || "default", this.#namespace]) {
      if (name !== null) this.namespaces.use(name);
    }
  }

  /** Opens what waits, as soon as its kind is known. */
  #openPending(): void {
    const command = this.#pending;
    if (command === null || this.engine === null) return;
    const isKnown = this.knows(command);
    const { discovered } = this.connection;
    if (!isKnown && (discovered === null || discovered.cached)) return;
    this.#pending = null;
    try {
      this.openCommand(command);
    } catch (error) {
      this.fail(error);
      if (this.current === undefined) this.openKinds();
    }
  }

  /** `:pod/web-0`: the object in its kind's table, if there is such. */
  #openNamed(command: ViewCommand, name: string): void {
    const request = this.#requestOf(command);
    const { resource, namespace } = request.spec;
    if (resource.namespaced && namespace === null) {
      return this.notify(`Which namespace? :${command.kind}/${name} NAMESPACE`, "warn");
    }
    const ref: ObjectRef = { resource, namespace: namespace ?? "", name };
    this.spawn(async () => {
      await checkExists(this.engine, ref);
      this.#root(new ResourcesPane(this, request));
      this.openObject(ref, "describe");
    });
  }

  #requestOf({ kind, namespace, labelSelector, filter }: ViewCommand): ViewRequest {
    const resource = this.findKind(kind) ?? resolveResource(kind, this.resources);
    return {
      spec: {
        resource,
        namespace: this.#scopeOf(resource, namespace),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      },
      ...(filter === undefined ? {} : { filter }),
    };
  }

  #scopeOf(resource: Resource, namespace: string | null | undefined): string | null {
    if (!resource.namespaced) return null;
    return namespace !== undefined ? namespace : this.#namespace ?? null;
  }

  #useNamespace(namespace: string | null): void {
    this.#namespace = namespace;
    if (namespace !== null) this.namespaces.use(namespace);
  }

  #root(pane: Pane): void {
    this.#history.root(pane);
    this.#settle();
  }

  #push(pane: Pane): void {
    this.#history.push(pane);
    this.#settle();
  }

  #went(isDone: boolean): boolean {
    if (isDone) this.#settle();
    return isDone;
  }

  #settle(): void {
    const { current } = this;
    if (current !== this.#shown) {
      this.#shown?.hide();
      this.#shown = current;
      current?.show();
      if (current instanceof ResourcesPane) this.#seen.set(resourceKey(current.resource), current.resource);
      // where a trail began is where the next command starts; looking into an object does not move there
      const [root] = this.trail;
      if (root instanceof ResourcesPane && root.namespace !== undefined) this.#namespace = root.namespace;
    }
    this.invalidate();
  }
}

function isSameObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.resource.kind === b.resource.kind &&
    a.resource.group === b.resource.group;
}
