/** The kinds of the cluster: found by any spelling, before discovery has answered too. */
import { apiVersion, findResource, type Resource, resourceKey } from "../kube/mod.ts";
import type { Connection } from "./connection.ts";
import { KNOWN_KINDS } from "./known_kinds.ts";
import { objectSpelling } from "./object_spelling.ts";

export class ServedKinds {
  readonly #connection: Connection;
  readonly #seen = new Map<string, Resource>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get all(): readonly Resource[] {
    return this.#connection.discovered?.resources ?? [];
  }

  /** Those looked at on this cluster so far. */
  get seen(): readonly Resource[] {
    return [...this.#seen.values()];
  }

  see(resource: Resource): void {
    this.#seen.set(resourceKey(resource), resource);
  }

  /** Another cluster. */
  forget(): void {
    this.#seen.clear();
  }

  /** undefined when there is none (yet). */
  find(spelling: string): Resource | undefined {
    try {
      return findResource(spelling, this.all) ?? findResource(spelling, KNOWN_KINDS);
    } catch {
      return undefined; // ambiguous: whoever asked names the kind in full
    }
  }

  /** The type and name of `pod/web-0`; null for what is a kind itself, and for anything else. */
  objectOf(spelling: string): { readonly type: string; readonly name: string } | null {
    return this.find(spelling) === undefined ? objectSpelling(spelling, (type) => this.find(type)) : null;
  }

  /** Whether it spells a kind, or an object of one. */
  knows(spelling: string): boolean {
    return this.find(spelling) !== undefined || this.objectOf(spelling) !== null;
  }

  /** False once discovery has said that the kind is not served (any more). */
  serves(resource: Resource): boolean {
    const { discovered } = this.#connection;
    if (discovered === null || discovered.cached) return true;
    const isBroken = discovered.broken.some(({ groupVersion }) => groupVersion === apiVersion(resource));
    const key = resourceKey(resource);
    return isBroken || discovered.resources.some((served) => resourceKey(served) === key);
  }
}
