/**
 * Where the session is: the connection, the trail of panes, the namespace; and every way from one place to another.
 *
 * A switch of context begins a new history: panes of one cluster are never shown over another.
 */
import type { EditFreshness } from "../change/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import { eventsCommand } from "./command_line.ts";
import { Connection } from "./connection.ts";
import { checkContext, failureLines } from "./context_switch.ts";
import { CurrentNamespace } from "./current_namespace.ts";
import { Forwards } from "./forwards.ts";
import { RightsGate } from "./key_gate.ts";
import type { Binding } from "./keymap.ts";
import { NamespaceCheck } from "./namespace_check.ts";
import type { ViewCommand } from "./palette_command.ts";
import { PaneHistory } from "./pane_history.ts";
import type { Pane, PaneHost, ViewRequest } from "./pane.ts";
import { ContextsPane } from "./panes/contexts.ts";
import { DescribePane } from "./panes/describe.ts";
import { HelpPane } from "./panes/help.ts";
import { KindsPane } from "./panes/kinds.ts";
import { isObjectPane } from "./panes/object_pane.ts";
import { ResourcesPane } from "./panes/resources.ts";
import { SearchPane } from "./panes/search.ts";
import { YamlPane } from "./panes/yaml.ts";
import { ServedKinds } from "./served_kinds.ts";
import { type ServiceOptions, SessionServices } from "./session_services.ts";
import { ViewCommands } from "./view_commands.ts";
import { WatchedVersions } from "./watched_versions.ts";
import { WriteMode } from "./write_mode.ts";

const FIRST_VIEW = { type: "view", kind: "pods" } as const;

export class Navigator extends SessionServices implements PaneHost {
  readonly writes: WriteMode;
  readonly connection: Connection;
  readonly history: PaneHistory;
  readonly kinds: ServedKinds;
  readonly scope: CurrentNamespace;
  readonly commands: ViewCommands;
  readonly versions = new WatchedVersions();
  readonly forwards = new Forwards({
    engine: () => this.engine,
    ops: () => this.ops(),
    memory: () => this.memory(),
    onChange: () => this.invalidate(),
    onFailure: (text) => this.notify(text, "error"),
  });
  readonly #rights = new RightsGate(this);
  readonly #existing: NamespaceCheck;
  #life = new AbortController();
  #engine: Engine | null = null;
  /** The engine whose server has answered, or was seen not to. */
  #answered: Engine | null = null;

  constructor(options: ServiceOptions) {
    super(options);
    const { session, clock } = options;
    this.writes = new WriteMode(session.writeRule);
    this.connection = new Connection({
      clock,
      connect: session.connect,
      onChange: () => this.#connectionChanged(),
    });
    this.history = new PaneHistory({
      onShown: (pane) => this.#shown(pane),
      onMove: () => this.invalidate(),
    });
    this.kinds = new ServedKinds(this.connection);
    this.scope = new CurrentNamespace(session.namespace);
    this.commands = new ViewCommands(this, { ...FIRST_VIEW, kind: session.kind ?? FIRST_VIEW.kind });
    this.#existing = new NamespaceCheck(clock, () => this.invalidate());
  }

  get engine(): Engine | null {
    return this.connection.engine;
  }

  get current(): Pane | undefined {
    return this.history.current;
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

  get freshness(): EditFreshness | undefined {
    return this.session.freshness;
  }

  get lifetime(): AbortSignal {
    return this.#life.signal;
  }

  async start(): Promise<void> {
    await this.connection.open(this.session.context);
  }

  override async close(): Promise<void> {
    this.overlays.dismiss();
    this.#life.abort();
    this.forwards.closeAll();
    this.history.close();
    await this.connection.close();
    await super.close();
  }

  // -- what may be changed

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

  /** Resolves when `whyRefused` knows of a deed that changes something; null when there is nothing to wait for. */
  settleRight(binding: Binding): Promise<void> | null {
    return binding.mutates ? this.#rights.settle(binding, this.current?.targets?.()[0]) : null;
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

  // -- what the cluster has

  findKind(spelling: string): Resource | undefined {
    return this.kinds.find(spelling);
  }

  isServed(resource: Resource): boolean {
    return this.kinds.serves(resource);
  }

  lacksNamespace(name: string): boolean {
    return this.#existing.lacks(name, this.engine);
  }

  /** Asks anew what is served, in the background. */
  rediscover(): void {
    this.#existing.forget();
    // what the server answers instead of kinds is shown where they are asked for
    this.connection.rediscover().catch(() => {});
  }

  // -- ways that begin a trail

  openRoot(request: ViewRequest): void {
    this.history.root(new ResourcesPane(this, request));
  }

  openKind(resource: Resource): void {
    this.openRoot({ spec: { resource, namespace: this.scope.scopeOf(resource, undefined) } });
  }

  openContexts(): void {
    this.history.root(
      new ContextsPane(this, {
        contexts: this.session.contexts,
        current: () => this.connection.context ?? this.engine?.target.context ?? "",
        failure: (frame) => failureLines(this.connection.state, frame),
      }),
    );
  }

  openKinds(): void {
    this.history.root(new KindsPane(this, () => this.kinds.all));
  }

  openForwards(): void {
    this.spawn(async () => {
      const { ForwardsPane } = await import("./panes/forwards.ts");
      this.repaint();
      this.history.root(new ForwardsPane(this, this.forwards));
    });
  }

  // -- ways that lead on

  openPane(pane: Pane): void {
    this.history.push(pane);
  }

  leavePane(pane: Pane): void {
    if (this.current === pane) this.history.up();
  }

  openView(request: ViewRequest): void {
    this.history.push(new ResourcesPane(this, request));
  }

  openObject(ref: ObjectRef, view: "yaml" | "describe"): void {
    const { current } = this;
    const pane = view === "yaml" ? new YamlPane(this, ref) : new DescribePane(this, ref);
    if (!isObjectPane(current) || !isSameObject(current.ref, ref)) return this.history.push(pane);
    if (current.view !== view) this.history.replace(pane);
  }

  openEvents(ref: ObjectRef): void {
    const resource = this.findKind("v1/Event");
    if (resource === undefined) return this.notify("The server serves no events", "warn");
    const fieldSelector = `involvedObject.kind=${ref.resource.kind},involvedObject.name=${ref.name}`;
    const namespace = ref.namespace === "" ? null : ref.namespace;
    const pane = new ResourcesPane(this, { spec: { resource, namespace, fieldSelector } });
    const command = () => eventsCommand(ref, { context: this.namedContext });
    this.history.push(Object.assign(pane, { command }));
  }

  openSearch(query: string): void {
    this.history.push(new SearchPane(this, query));
  }

  openHelp(): void {
    const { current } = this;
    if (current instanceof HelpPane) return this.leavePane(current);
    this.history.push(new HelpPane(this, current?.scope ?? { contexts: ["any"], kind: "" }));
  }

  // -- ways to another namespace or cluster

  /** Makes a namespace (null: all) the current one, and shows the current kind in it. */
  switchNamespace(namespace: string | null): void {
    this.scope.use(namespace);
    const { current } = this;
    if (!(current instanceof ResourcesPane) || current.namespace === undefined) {
      return this.notify(namespace === null ? "All namespaces" : `Namespace ${namespace}`, "info");
    }
    if (current.namespace === namespace) return;
    const { request } = current;
    const pane = new ResourcesPane(this, { ...request, spec: { ...request.spec, namespace } });
    // deep in a trail the other namespace has nothing to do with what led here
    if (this.history.trail.length > 1) this.history.root(pane);
    else this.history.replace(pane);
  }

  /** A name that the kubeconfig does not have costs nothing: the session stays where it is. */
  switchContext(name: string, then: ViewCommand = FIRST_VIEW): void {
    this.spawn(async () => {
      const known = (await this.session.contexts()).map((entry) => entry.name);
      checkContext(name, known);
      this.commands.wait(then);
      this.#leaveCluster();
      await this.connection.open(name);
    });
  }

  #leaveCluster(): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.forwards.closeAll();
    this.overlays.dismiss();
    this.scope.forget();
    this.kinds.forget();
    this.versions.clear();
    this.history.forget();
  }

  // -- what the connection tells

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

  #opened(engine: Engine): void {
    this.#rights.forget();
    this.spawn(() => this.writes.opened(engine));
    this.history.renew();
    this.scope.begin(engine.target.namespace || "default");
  }

  #connectionFailed(message: string): void {
    this.repaint();
    if (this.current === undefined) this.openContexts();
    else if (!(this.current instanceof ContextsPane)) this.notify(message, "error");
  }

  #openPending(): void {
    try {
      this.commands.openPending();
    } catch (error) {
      this.fail(error);
      if (this.current === undefined) this.openKinds();
    }
  }

  #shown(pane: Pane | undefined): void {
    if (pane instanceof ResourcesPane) this.kinds.see(pane.resource);
    // where a trail began is where the next command starts; looking into an object does not move there
    const [root] = this.history.trail;
    if (root instanceof ResourcesPane && root.namespace !== undefined) this.scope.follow(root.namespace);
  }
}

function isSameObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.resource.kind === b.resource.kind &&
    a.resource.group === b.resource.group;
}
