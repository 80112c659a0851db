/** The namespace that commands mean when they name none, and those used before it. */
import type { Resource } from "../kube/mod.ts";
import { RecentNamespaces } from "./recent_namespaces.ts";

export class CurrentNamespace {
  readonly recent = new RecentNamespaces();
  #name: string | null | undefined;

  /** undefined: the context's own, not known until it is connected to. */
  constructor(name: string | null | undefined) {
    this.#name = name;
  }

  /** null: all; undefined: not known yet. */
  get name(): string | null | undefined {
    return this.#name;
  }

  /** Makes it the current one. */
  use(name: string | null): void {
    this.#name = name;
    if (name !== null) this.recent.use(name);
  }

  /** Looking at a trail that began elsewhere goes there; what was used before stays as it is. */
  follow(name: string | null): void {
    this.#name = name;
  }

  /** A context was connected to: its own namespace holds unless the person named one. */
  begin(own: string): void {
    if (this.#name === undefined) this.#name = own;
    this.recent.use(own);
    if (this.#name !== null) this.recent.use(this.#name);
  }

  /** Another context: its own is not known yet. */
  forget(): void {
    this.#name = undefined;
  }

  /** Where a view of the kind looks; `asked` undefined: as the session stands. */
  scopeOf(resource: Resource, asked: string | null | undefined): string | null {
    if (!resource.namespaced) return null;
    return asked !== undefined ? asked : this.#name ?? null;
  }
}
