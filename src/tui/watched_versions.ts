/** Versions of the objects that were looked at in this session, for their history: in memory, and gone with it. */
import type { KubeObject } from "../kube/mod.ts";

export interface WatchedVersion {
  /** When it was seen, epoch ms. */
  readonly atMs: number;
  readonly object: KubeObject;
}

/** A pod of 6 KB has at most 180 KB of versions here, all objects together some 10 MB. */
const MOST_VERSIONS = 30;
const MOST_OBJECTS = 60;

/** 1. The oldest version of an object goes first, and the object that was seen longest ago. */
export class WatchedVersions {
  readonly #versions = new Map<string, WatchedVersion[]>();

  /** Called with whatever comes; a version that is known already costs nothing. */
  add(object: KubeObject, atMs: number): void {
    const { uid, resourceVersion } = object.metadata;
    if (!uid) return;
    const versions = this.#versions.get(uid) ?? [];
    if (versions.at(-1)?.object.metadata.resourceVersion === resourceVersion) return;
    versions.push({ atMs, object });
    if (versions.length > MOST_VERSIONS) versions.shift();
    this.#versions.delete(uid);
    this.#versions.set(uid, versions);
    if (this.#versions.size > MOST_OBJECTS) this.#versions.delete(this.#versions.keys().next().value!);
  }

  /** Oldest first. */
  of(uid: string): readonly WatchedVersion[] {
    return this.#versions.get(uid) ?? [];
  }

  clear(): void {
    this.#versions.clear();
  }
}
