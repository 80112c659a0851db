/**
 * `:kind …`, as a person typed it, to the view that it means. What can't be opened yet, for want of a connection or of
 * discovery, waits: the newest command only.
 */
import { categoryResources, resolveResource } from "../kube/mod.ts";
import type { ObjectRef } from "../engine/protocol.ts";
import type { Connection } from "./connection.ts";
import type { CurrentNamespace } from "./current_namespace.ts";
import { checkExists, checkOneKind } from "./object_spelling.ts";
import type { ViewCommand } from "./palette_command.ts";
import type { PaneHost, ViewRequest } from "./pane.ts";
import type { ServedKinds } from "./served_kinds.ts";

/** What commands need of the session. */
export interface CommandHost extends Pick<PaneHost, "engine" | "notify" | "spawn" | "openObject"> {
  readonly connection: Connection;
  readonly kinds: ServedKinds;
  readonly scope: CurrentNamespace;
  /** Begins a new trail with the view. */
  openRoot(request: ViewRequest): void;
  switchContext(name: string, then: ViewCommand): void;
}

export class ViewCommands {
  readonly #host: CommandHost;
  #pending: ViewCommand | null;

  /** `first` is opened once there is a connection. */
  constructor(host: CommandHost, first: ViewCommand) {
    this.#host = host;
    this.#pending = first;
  }

  /** The kind that waits to be shown; empty when none does. */
  get pendingKind(): string {
    return this.#pending?.kind ?? "";
  }

  /** Opens it with the next connection. */
  wait(command: ViewCommand): void {
    this.#pending = command;
  }

  /** A kind that is not known may have come a moment ago: the server is asked before it is refused. */
  enter(command: ViewCommand): void {
    const { connection, engine, kinds } = this.#host;
    checkOneKind(command.kind);
    if (this.#isElsewhere(command) || engine === null || kinds.knows(command.kind)) return this.open(command);
    if (categoryResources(command.kind, kinds.all).length > 0) return this.open(command);
    this.#host.spawn(async () => {
      await connection.rediscover().catch(() => {});
      this.open(command);
    });
  }

  /** Throws OrkaError `unknown-kind` once discovery has answered. */
  open(command: ViewCommand): void {
    const { engine, kinds, scope } = this.#host;
    const { context, ...here } = command;
    if (context !== undefined && this.#isElsewhere(command)) return this.#host.switchContext(context, here);
    if (engine === null) {
      this.#pending = here;
      return this.#host.notify(
        `No connection yet: ${command.kind} opens as soon as there is one`,
        "info",
      );
    }
    const object = kinds.objectOf(command.kind);
    if (object !== null) return this.#openNamed({ ...command, kind: object.type }, object.name);
    this.#host.openRoot(this.#requestOf(command));
    if (command.namespace !== undefined) scope.use(command.namespace);
  }

  /** Opens what waits, as soon as its kind is known. Throws as `open`. */
  openPending(): void {
    const command = this.#pending;
    const { connection: { discovered }, engine, kinds } = this.#host;
    if (command === null || engine === null) return;
    if (!kinds.knows(command.kind) && (discovered === null || discovered.cached)) return;
    this.#pending = null;
    this.open(command);
  }

  #isElsewhere({ context }: ViewCommand): boolean {
    return context !== undefined && context !== this.#host.connection.context;
  }

  /** `:pod/web-0`: the object in its kind's table, if there is such. */
  #openNamed(command: ViewCommand, name: string): void {
    const host = this.#host;
    const request = this.#requestOf(command);
    const { resource, namespace } = request.spec;
    if (resource.namespaced && namespace === null) {
      return host.notify(`Which namespace? :${command.kind}/${name} NAMESPACE`, "warn");
    }
    const ref: ObjectRef = { resource, namespace: namespace ?? "", name };
    host.spawn(async () => {
      await checkExists(host.engine, ref);
      host.openRoot(request);
      host.openObject(ref, "describe");
    });
  }

  #requestOf({ kind, namespace, labelSelector, filter }: ViewCommand): ViewRequest {
    const { kinds, scope } = this.#host;
    const resource = kinds.find(kind) ?? resolveResource(kind, kinds.all);
    return {
      spec: {
        resource,
        namespace: scope.scopeOf(resource, namespace),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      },
      ...(filter === undefined ? {} : { filter }),
    };
  }
}
