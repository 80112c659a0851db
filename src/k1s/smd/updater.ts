/**
 * Writes that know their writers. An apply merges what its manager wants, removes what that manager wanted before and
 * nobody else owns, and conflicts where it would change what others own; an update writes as it likes, and whoever
 * changes a field owns it. Source: KEP-555, https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { equal } from "../patch/mod.ts";
import type { TypeRef, Value } from "./atom.ts";
import { compareValues, type Comparison } from "./compare_values.ts";
import { FieldSet } from "./field_set.ts";
import { ConflictError, type ManagedSet, type Managers } from "./managers.ts";
import { mergeValues } from "./merge_values.ts";
import { reconcileFieldSet } from "./reconcile_field_set.ts";
import { removeItems } from "./remove_items.ts";
import { toFieldSet } from "./to_field_set.ts";

/** A value with its type: an object at one version. */
export interface Typed {
  readonly value: Value;
  readonly type: TypeRef;
}

export interface UpdaterOptions {
  /** The object at another version; undefined if that version exists no more, and then its managers are dropped. */
  readonly convert: (object: Typed, apiVersion: string) => Typed | undefined;
  /** What nobody owns at a version: removes such paths (status from the main resource, and the like). */
  readonly ignore?: ((set: FieldSet, apiVersion: string) => FieldSet) | undefined;
}

export interface Writing {
  readonly live: Typed;
  readonly managers: Managers;
  readonly manager: string;
  /** The version of `live` and of what is written. */
  readonly apiVersion: string;
}

export interface Written {
  readonly value: Value;
  readonly managers: Managers;
  /** Whether the value differs from the live one. */
  readonly changed: boolean;
}

export class Updater {
  readonly #convert: UpdaterOptions["convert"];
  readonly #ignore: NonNullable<UpdaterOptions["ignore"]>;

  constructor({ convert, ignore }: UpdaterOptions) {
    this.#convert = convert;
    this.#ignore = ignore ?? ((set) => set);
  }

  /** Takes the new value as it is; its manager owns what changed, others lose it. Errors: ValueError. */
  update(next: Value, { live, managers, manager, apiVersion }: Writing): Written {
    const object = { value: next, type: live.type };
    const reconciled = this.#reconcile(live, managers);
    const { others, comparison } = this.#disown(live, object, {
      managers: reconciled,
      manager,
      apiVersion,
      force: true,
    });
    const owned = others.get(manager)?.set ?? new FieldSet();
    const set = owned.difference(comparison.removed).union(comparison.modified).union(comparison.added);
    this.#own(others, manager, { set: this.#ignore(set, apiVersion), apiVersion, applied: false });
    return { value: next, managers: others, changed: !equal(live.value ?? null, next ?? null) };
  }

  /** Merges a config. Errors: ConflictError unless `force`; ValueError. */
  apply(config: Value, { live, managers, manager, apiVersion }: Writing, force: boolean): Written {
    const reconciled = new Map(this.#reconcile(live, managers));
    const last = reconciled.get(manager);
    const merged = { value: mergeValues(live.value, config, live.type), type: live.type };
    const set = this.#ignore(toFieldSet(config, live.type), apiVersion);
    reconciled.set(manager, { set, apiVersion, applied: true });
    const object = this.#prune(merged, { managers: reconciled, last, apiVersion });
    const { others } = this.#disown(live, object, { managers: reconciled, manager, apiVersion, force });
    return {
      value: object.value,
      managers: others,
      changed: !equal(live.value ?? null, object.value ?? null),
    };
  }

  #own(managers: Map<string, ManagedSet>, name: string, owned: ManagedSet): void {
    if (owned.set.isEmpty) managers.delete(name);
    else managers.set(name, owned);
  }

  /** Takes from all other managers what the write changes or removes. */
  #disown(live: Typed, next: Typed, step: Disowning) {
    const { manager, apiVersion, force } = step;
    const others = new Map(step.managers);
    const comparison = this.#filter(compareValues(live.value, next.value, live.type), apiVersion);
    const comparisons = new Map([[apiVersion, comparison]]);
    const conflicts = new Map<string, FieldSet>();
    const lost = new Map<string, FieldSet>();
    for (const [name, owned] of step.managers) {
      if (name === manager) continue;
      const at = comparisons.get(owned.apiVersion) ?? this.#compareAt(live, next, owned.apiVersion);
      if (!at) {
        others.delete(name);
        continue;
      }
      comparisons.set(owned.apiVersion, at);
      const changed = owned.set.intersection(at.modified.union(at.added));
      if (!changed.isEmpty) conflicts.set(name, changed);
      lost.set(name, changed.union(at.removed));
    }
    if (!force && conflicts.size > 0) throw new ConflictError(conflicts);
    for (const [name, set] of lost) {
      const owned = others.get(name)!;
      others.set(name, { ...owned, set: owned.set.difference(set) });
    }
    for (const [name, owned] of others) if (owned.set.isEmpty) others.delete(name);
    return { others, comparison };
  }

  #compareAt(live: Typed, next: Typed, apiVersion: string): Comparison | undefined {
    const [before, after] = [this.#convert(live, apiVersion), this.#convert(next, apiVersion)];
    if (!before || !after) return undefined;
    return this.#filter(compareValues(before.value, after.value, before.type), apiVersion);
  }

  #filter({ removed, modified, added }: Comparison, apiVersion: string): Comparison {
    const filter = (set: FieldSet) => this.#ignore(set, apiVersion);
    return { removed: filter(removed), modified: filter(modified), added: filter(added) };
  }

  /** Removes what the last apply had and this one doesn't, but what others own and what was never applied. */
  #prune(merged: Typed, { managers, last, apiVersion }: Pruning): Typed {
    if (!last || last.set.isEmpty) return merged;
    const converted = this.#convert(merged, last.apiVersion);
    if (!converted) return merged;
    const { type } = converted;
    const bare = { value: removeItems(converted.value, last.set.withNamedFields(type), type), type };
    const owned = this.#addBackOwned(converted, bare, last.apiVersion, managers);
    const pruned = this.#addBackDangling(converted, owned, last);
    return this.#convert(pruned, apiVersion) ?? merged;
  }

  /** Puts back what any manager owns, at the last apply's version first: conversion may need those fields. */
  #addBackOwned(merged: Typed, pruned: Typed, first: string, managers: Managers): Typed {
    const byVersion = new Map<string, FieldSet>();
    for (const { apiVersion, set } of managers.values()) {
      byVersion.set(apiVersion, byVersion.get(apiVersion)?.union(set) ?? set);
    }
    const versions = [first, ...[...byVersion.keys()].filter((version) => version !== first)];
    for (const version of versions) {
      const owned = byVersion.get(version);
      const [all, rest] = owned ? [this.#convert(merged, version), this.#convert(pruned, version)] : [];
      if (!owned || !all || !rest) continue;
      const named = (set: FieldSet) => set.withNamedFields(all.type);
      const kept = named(toFieldSet(rest.value, rest.type)).union(named(owned));
      const gone = named(toFieldSet(all.value, all.type)).difference(kept);
      [merged, pruned] = [all, { value: removeItems(all.value, gone, all.type), type: all.type }];
    }
    return pruned;
  }

  /** Puts back what the last apply didn't have: it dangles below what was removed. */
  #addBackDangling(merged: Typed, pruned: Typed, last: ManagedSet): Typed {
    const rest = this.#convert(pruned, last.apiVersion);
    if (!rest) return merged;
    const { type } = merged;
    const named = (set: FieldSet) => set.withNamedFields(type);
    const gone = named(toFieldSet(merged.value, type)).difference(named(toFieldSet(rest.value, rest.type)))
      .intersection(named(last.set));
    return { value: removeItems(merged.value, gone, type), type };
  }

  #reconcile(live: Typed, managers: Managers): Managers {
    const reconciled = new Map<string, ManagedSet>();
    for (const [name, owned] of managers) {
      const at = this.#convert(live, owned.apiVersion);
      if (at) reconciled.set(name, { ...owned, set: reconcileFieldSet(owned.set, at.type) });
    }
    return reconciled;
  }
}

interface Disowning {
  readonly managers: Managers;
  readonly manager: string;
  readonly apiVersion: string;
  readonly force: boolean;
}

interface Pruning {
  readonly managers: Managers;
  readonly last: ManagedSet | undefined;
  readonly apiVersion: string;
}
